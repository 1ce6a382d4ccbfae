import type { MatrixLayout } from './layout.ts'
import type { LuFactors } from './luFactors.ts'

/**
 * LU of a banded matrix with partial pivoting, O(n·lower·(lower + upper)) (Golub & Van Loan, *Matrix Computations*,
 * 4.3.5). Row i of U has lower + upper columns right of its diagonal, as pivoting fills in; multipliers lie apart.
 */
export function createBandedLu(layout: MatrixLayout): LuFactors {
  const { n, lower, upper, length, width: inputWidth } = layout
  const width = 2 * lower + upper + 1
  const reach = lower + upper
  const values = new Float64Array(length)
  const u = new Float64Array(n * width)
  const multipliers = new Float64Array(n * lower)
  const pivots = new Int32Array(n)
  /** Where column 0 of row i would lie. */
  const origin = (i: number) => i * width - i + lower

  function exchange(b: Float64Array, i: number, j: number): void {
    const value = b[i]
    b[i] = b[j]
    b[j] = value
  }

  return {
    values,
    factor() {
      u.fill(0)
      for (let i = 0; i < n; i++)
        for (let d = 0; d < inputWidth; d++) u[i * width + d] = values[i * inputWidth + d]
      for (let k = 0; k < n; k++) {
        const lastRow = Math.min(n - 1, k + lower)
        const lastColumn = Math.min(n - 1, k + reach)
        const rowK = origin(k)
        let pivot = k
        let largest = -1
        for (let i = k; i <= lastRow; i++) {
          const size = Math.abs(u[origin(i) + k])
          if (size > largest) {
            largest = size
            pivot = i
          }
        }
        if (!(largest > 0 && largest < Infinity)) return k
        pivots[k] = pivot
        if (pivot !== k) {
          const rowP = origin(pivot)
          for (let j = k; j <= lastColumn; j++) exchange(u, rowK + j, rowP + j)
        }
        const inverse = 1 / u[rowK + k]
        for (let i = k + 1; i <= lastRow; i++) {
          const row = origin(i)
          const multiplier = u[row + k] * inverse
          multipliers[k * lower + i - k - 1] = multiplier
          if (multiplier !== 0)
            for (let j = k + 1; j <= lastColumn; j++) u[row + j] -= multiplier * u[rowK + j]
        }
      }
      return -1
    },
    solve(b) {
      for (let k = 0; k < n; k++) {
        if (pivots[k] !== k) exchange(b, k, pivots[k])
        const x = b[k]
        const lastRow = Math.min(n - 1, k + lower)
        for (let i = k + 1, at = k * lower; i <= lastRow; i++, at++) b[i] -= multipliers[at] * x
      }
      for (let k = n - 1; k >= 0; k--) {
        const row = origin(k)
        const lastColumn = Math.min(n - 1, k + reach)
        let sum = b[k]
        for (let j = k + 1; j <= lastColumn; j++) sum -= u[row + j] * b[j]
        b[k] = sum / u[row + k]
      }
    },
    solveTransposed(b) {
      for (let k = 0; k < n; k++) {
        const row = origin(k)
        const x = b[k] / u[row + k]
        b[k] = x
        const lastColumn = Math.min(n - 1, k + reach)
        for (let j = k + 1; j <= lastColumn; j++) b[j] -= u[row + j] * x
      }
      for (let k = n - 1; k >= 0; k--) {
        const lastRow = Math.min(n - 1, k + lower)
        for (let i = k + 1, at = k * lower; i <= lastRow; i++, at++) b[k] -= multipliers[at] * b[i]
        if (pivots[k] !== k) exchange(b, k, pivots[k])
      }
    },
  }
}
