/** The binary encoding of WebAssembly: integers in LEB128, floats little-endian, vectors preceded by their length. */

/** Bytes, nested so that an expression can hold its operands without copying them. */
export type Code = readonly (number | Code | Uint8Array)[]

/** Where bytes are put one behind the other: grown as needed, and used again. */
let scratch = new Uint8Array(1 << 16)

const grow = (size: number) => {
  const larger = new Uint8Array(2 * size)
  larger.set(scratch)
  scratch = larger
}

/** The bytes of nested code, in order. */
export function flatten(code: Code): Uint8Array<ArrayBuffer> {
  const end = append(code, 0)
  return scratch.slice(0, end)
}

/** Puts the code at `start`, and returns its end. */
function append(code: Code, start: number): number {
  let end = start
  for (let i = 0; i < code.length; i++) {
    const part = code[i]
    if (typeof part === 'number') {
      if (end === scratch.length) grow(end)
      scratch[end++] = part
    } else if (part instanceof Uint8Array) {
      if (end + part.length > scratch.length) grow(end + part.length)
      scratch.set(part, end)
      end += part.length
    } else end = append(part, end)
  }
  return end
}

/** One byte each, made once: most numbers in code are small. */
const smallNumbers: readonly (readonly number[])[] = Array.from({ length: 128 }, (_, value) => [value])

/** Unsigned LEB128 of a whole number below 2^53. */
export function unsigned(value: number): readonly number[] {
  if (value >= 0 && value < 128 && Number.isInteger(value)) return smallNumbers[value]
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`WebAssembly needs an unsigned integer here, got ${value}`)
  }
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}

/** Signed LEB128. */
export function signed(value: bigint): readonly number[] {
  if (value >= 0n && value < 64n) return smallNumbers[Number(value)]
  const bytes: number[] = []
  let rest = value
  for (;;) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)
    bytes.push(done ? low : low | 0x80)
    if (done) return bytes
  }
}

const eight = new DataView(new ArrayBuffer(8))
const eightBytes = (): number[] => {
  const bytes: number[] = []
  for (let i = 0; i < 8; i++) bytes.push(eight.getUint8(i))
  return bytes
}

/** The eight bytes of a float64. */
export function float64(value: number): number[] {
  eight.setFloat64(0, value, true)
  return eightBytes()
}

/** The eight bytes of an int64. */
export function int64(value: bigint): number[] {
  eight.setBigInt64(0, value, true)
  return eightBytes()
}

/** A vector: its length, then its elements. */
export const vector = (elements: readonly Code[]): Code => [unsigned(elements.length), elements]

const utf8 = new TextEncoder()

/** A name: its length in bytes, then UTF-8. */
export function text(value: string): Code {
  const bytes: number[] = []
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code >= 128) {
      const encoded = utf8.encode(value)
      return [unsigned(encoded.length), encoded]
    }
    bytes.push(code)
  }
  return [unsigned(bytes.length), bytes]
}

/** A section or subsection: its number, its size in bytes, its content. */
export function section(id: number, content: Code): Code {
  const bytes = flatten(content)
  return [id, unsigned(bytes.length), bytes]
}
