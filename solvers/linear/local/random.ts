/** Reproducible numbers, uniform in [0, 1), 53 bits of them: two draws of mulberry32 each. */
export function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0
  function bits(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  return () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53
}
