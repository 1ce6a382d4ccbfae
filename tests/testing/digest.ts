/**
 * A hash of numbers by their bits, in hexadecimal: FNV-1a over words of 64 bits, with the high half of the state folded
 * into the low one, since products carry upwards only. Each step is a bijection of the state, so sequences that differ in
 * one place have different digests. All NaNs count as one: their payloads are the engine's own.
 */
export function digest(arrays: Iterable<ArrayLike<number>>): string {
  let state = 0xcbf29ce484222325n
  for (const array of arrays) {
    for (const word of new BigUint64Array(Float64Array.from(array).buffer)) {
      const notNumber = (word & infinity) === infinity && (word & fraction) !== 0n
      state = BigInt.asUintN(64, (state ^ (notNumber ? quietNaN : word)) * 0x100000001b3n)
      state ^= state >> 32n
    }
  }
  return state.toString(16).padStart(16, '0')
}

const infinity = 0x7ff0000000000000n
const fraction = 0x000fffffffffffffn
const quietNaN = 0x7ff8000000000000n
