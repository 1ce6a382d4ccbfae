import { createLu, type MatrixLayout } from './linear/index.ts'
import type { RangeOfMass } from './rangeOfMass.ts'

/**
 * The same as `createRangeOfMass` for a matrix whose symmetric part is positive definite, and which therefore is regular: by LU in its
 * layout, so that a band stays one; null for others. Mass matrices of finite elements are of this kind, and may be large.
 */
export function positiveRange(layout: MatrixLayout, mass: Float64Array): RangeOfMass | null {
  const { n } = layout
  if (!isPositive(layout, mass)) return null
  const lu = createLu(layout)
  lu.values.set(mass)
  if (lu.factor() >= 0) return null
  return {
    rank: n,
    leftNull: new Float64Array(0),
    rightNull: new Float64Array(0),
    solve(b, x) {
      x.set(b)
      lu.solve(x)
    },
    solveTransposed(x, b) {
      b.set(x)
      lu.solveTransposed(b)
    },
  }
}

/** Whether Cholesky's factorisation of ½(M + Mᵀ) − δ·I exists, δ what rounding may have made of a zero. */
function isPositive({ n, lower, upper, index }: MatrixLayout, mass: Float64Array): boolean {
  const band = Math.max(lower, upper)
  const width = band + 1
  const L = new Float64Array(n * width)
  const at = (i: number, j: number) => i * width + j - i + band
  const entry = (i: number, j: number) => (j - i > upper || i - j > lower ? 0 : mass[index(i, j)])
  const largest = mass.reduce((size, value) => Math.max(size, Math.abs(value)), 0)
  const negligible = largest * n * Number.EPSILON
  for (let i = 0; i < n; i++) {
    for (let j = Math.max(0, i - band); j <= i; j++) {
      let sum = (entry(i, j) + entry(j, i)) / 2
      for (let k = Math.max(0, i - band); k < j; k++) sum -= L[at(i, k)] * L[at(j, k)]
      if (i > j) L[at(i, j)] = sum / L[at(j, j)]
      else if (sum > negligible) L[at(i, i)] = Math.sqrt(sum - negligible)
      else return false
    }
  }
  return true
}
