/** Random matrices and slow, obvious algebra for the tests of this folder. */

/** Uniform in (−1, 1), the same at each run: mulberry32. */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}

export const randomArray = (length: number, next: () => number): Float64Array =>
  Float64Array.from({ length }, next)

/** A (rows×columns), transposed. */
export const transpose = (a: Float64Array, rows: number, columns: number): Float64Array =>
  Float64Array.from({ length: rows * columns }, (_, e) => a[(e % rows) * columns + Math.floor(e / rows)])

/** C (or zero) + A (m×k) · B (k×n), by the definition: each sum in the order of its terms. C is overwritten. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  c = new Float64Array(m * n),
): Float64Array {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) c[i * n + j] += a[i * k + p] * b[p * n + j]
    }
  }
  return c
}

export const largest = (x: Float64Array): number =>
  x.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)

/** max |AX − B| relative to max|A|·max|X|·n: a few units of rounding for a backward stable solve. */
export function residual(
  a: Float64Array,
  x: Float64Array,
  b: Float64Array,
  n: number,
  columns: number,
): number {
  const ax = multiply(a, x, n, n, columns)
  return largest(ax.map((entry, e) => entry - b[e])) / (n * largest(a) * largest(x))
}
