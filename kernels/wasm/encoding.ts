/** The binary encoding of WebAssembly: integers in LEB128, floats little-endian, vectors preceded by their length. */

/** Bytes, nested so that an expression can hold its operands without copying them. */
export type Code = readonly (number | Code)[]

/** The bytes of nested code, in order. */
export function flatten(code: Code, out: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === 'number') out.push(part)
    else flatten(part, out)
  }
  return out
}

/** Unsigned LEB128 of a whole number below 2^53. */
export function unsigned(value: number): number[] {
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
export function signed(value: bigint): number[] {
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

/** The eight bytes of a float64. */
export const float64 = (value: number): number[] => [...new Uint8Array(new Float64Array([value]).buffer)]

/** The eight bytes of an int64. */
export const int64 = (value: bigint): number[] => [
  ...new Uint8Array(new BigInt64Array([BigInt.asIntN(64, value)]).buffer),
]

/** A vector: its length, then its elements. */
export const vector = (elements: readonly Code[]): Code => [unsigned(elements.length), elements]

/** A name: its length in bytes, then UTF-8. */
export const text = (value: string): Code => {
  const bytes = [...new TextEncoder().encode(value)]
  return [unsigned(bytes.length), bytes]
}

/** A section or subsection: its number, its size in bytes, its content. */
export function section(id: number, content: Code): Code {
  const bytes = flatten(content)
  return [id, unsigned(bytes.length), bytes]
}
