import { signed, unsigned } from './encoding.ts'

export interface Segment {
  readonly address: number
  readonly bytes: Uint8Array
}

/** A built module with bytes that are in its memory from the start. */
export function withData(module: Uint8Array, segments: readonly Segment[]): Uint8Array<ArrayBuffer> {
  const content = joined([
    unsigned(segments.length),
    ...segments.flatMap(({ address, bytes }) => [
      // Addresses above 2^31 are written as the negative i32 with the same bits.
      [0x00, 0x41, ...signed(BigInt(address | 0)), 0x0b, ...unsigned(bytes.length)],
      bytes,
    ]),
  ])
  const at = endOfCode(module)
  const head = [0x0b, ...unsigned(content.length)]
  return joined([module.subarray(0, at), head, content, module.subarray(at)])
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

/** Data come behind the code, and before the section of names, a custom section: their number is 0. */
function endOfCode(module: Uint8Array): number {
  let at = 8
  while (at < module.length && module[at] !== 0) {
    let size = 0
    let scale = 1
    do {
      at++
      size += (module[at] & 0x7f) * scale
      scale *= 128
    } while (module[at] >= 128)
    at += 1 + size
  }
  return at
}
