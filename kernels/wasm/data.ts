import { flatten, section, signed, unsigned, vector } from './encoding.ts'

export interface Segment {
  readonly address: number
  readonly bytes: Uint8Array
}

/** A built module with bytes that are in its memory from the start. */
export function withData(module: Uint8Array, segments: readonly Segment[]): Uint8Array<ArrayBuffer> {
  const codes = segments.map(({ address, bytes }) => [
    0x00,
    // Addresses above 2^31 are written as the negative i32 with the same bits.
    [0x41, signed(BigInt(address | 0)), 0x0b],
    [unsigned(bytes.length), Array.from(bytes)],
  ])
  const data = flatten(section(11, vector(codes)))
  const at = endOfCode(module)
  const result = new Uint8Array(module.length + data.length)
  result.set(module.subarray(0, at))
  result.set(data, at)
  result.set(module.subarray(at), at + data.length)
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
