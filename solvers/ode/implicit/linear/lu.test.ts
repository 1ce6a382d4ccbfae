import { describe, expect, it } from 'vitest'
import { createComplexLu } from './complexLu.ts'
import {
  bandedLayout,
  createLu,
  denseLayout,
  type MatrixLayout,
  multiplyAdd,
  multiplyTransposedAdd,
} from './index.ts'

/** Reproducible numbers in (−1, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
}

const largest = (v: Float64Array) => v.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

const layouts: [string, MatrixLayout][] = [
  ...[1, 2, 3, 7, 11, 12, 13, 40].map((n): [string, MatrixLayout] => [`dense ${n}`, denseLayout(n)]),
  ['tridiagonal', bandedLayout(30, 1, 1)],
  ['a band of 2 below and 5 above', bandedLayout(25, 2, 5)],
  ['a band of 4 below and 0 above', bandedLayout(25, 4, 0)],
  ['a band as wide as the matrix', bandedLayout(4, 3, 3)],
]

/** A random matrix in the layout, zero outside of it; the diagonal is small, so that pivoting matters. */
function randomMatrix(layout: MatrixLayout, random: () => number): Float64Array {
  const { n, lower, upper } = layout
  const a = new Float64Array(layout.length)
  for (let i = 0; i < n; i++)
    for (let j = Math.max(0, i - lower); j <= Math.min(n - 1, i + upper); j++)
      a[layout.index(i, j)] = i === j && n > 1 && lower > 0 ? 0.1 * random() : random()
  if (lower === 0 || upper === 0) for (let i = 0; i < n; i++) a[layout.index(i, i)] += 2
  return a
}

describe.each(layouts)('LU of a matrix: %s', (_name, layout) => {
  const { n } = layout
  const random = randomNumbers(n + 17)
  const a = randomMatrix(layout, random)
  const x = Float64Array.from({ length: n }, random)

  it.each([
    ['A·x = b', false],
    ['Aᵀ·x = b', true],
  ])('solves %s', (_equation, transposed) => {
    const lu = createLu(layout)
    lu.values.set(a)
    expect(lu.factor()).toBe(-1)
    const b = new Float64Array(n)
    const multiply = transposed ? multiplyTransposedAdd : multiplyAdd
    multiply(layout, a, x, 1, b)
    const solution = b.slice()
    if (transposed) lu.solveTransposed(solution)
    else lu.solve(solution)
    const residual = b.slice()
    multiply(layout, a, solution, -1, residual)
    expect(largest(residual)).toBeLessThan(1e-13 * n * Math.max(1, largest(solution)))
  })

  it.each([
    ['A·x = b', false],
    ['Aᵀ·x = b', true],
  ])('solves %s with complex A', (_equation, transposed) => {
    const lu = createComplexLu(layout)
    const c = randomMatrix(layout, random)
    const y = Float64Array.from({ length: n }, random)
    lu.real.set(a)
    lu.imaginary.set(c)
    expect(lu.factor()).toBe(-1)
    const multiply = transposed ? multiplyTransposedAdd : multiplyAdd
    const [re, im] = [new Float64Array(n), new Float64Array(n)]
    multiply(layout, a, x, 1, re)
    multiply(layout, c, y, -1, re)
    multiply(layout, a, y, 1, im)
    multiply(layout, c, x, 1, im)
    if (transposed) lu.solveTransposed(re, im)
    else lu.solve(re, im)
    expect(largest(re.map((value, m) => value - x[m]))).toBeLessThan(1e-9)
    expect(largest(im.map((value, m) => value - y[m]))).toBeLessThan(1e-9)
  })

  it('names the pivot of a singular matrix, and finds NaN', () => {
    const lu = createLu(layout)
    lu.values.fill(0)
    expect(lu.factor()).toBe(0)
    lu.values.set(a)
    lu.values[layout.index(n - 1, n - 1)] = Number.NaN
    expect(lu.factor()).toBeGreaterThanOrEqual(0)
    const complex = createComplexLu(layout)
    expect(complex.factor()).toBe(0)
  })
})
