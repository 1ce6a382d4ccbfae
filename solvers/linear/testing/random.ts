/** Reproducible random numbers for tests: uniform in [0, 1), 32 bits (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Uniform in [−1, 1). */
export function randomVector(n: number, seed: number): Float64Array {
  const uniform = random(seed)
  return Float64Array.from({ length: n }, () => 2 * uniform() - 1)
}
