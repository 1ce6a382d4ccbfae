import {
  bandWidth,
  emitBandCholesky,
  emitBandCholeskySolve,
  emitBandLU,
  emitBandSolve,
  emitTridiagonalLU,
  emitTridiagonalSolve,
  tridiagonalLength,
} from '../../../kernels/structured/index.ts'
import { logProduct } from './denseFactors.ts'
import { type FactorResult, notFactored, toFactors } from './factors.ts'
import { eachEntry, type Matrix } from './matrixForm.ts'
import { factorPacked, kernels, solvePacked } from './scratch.ts'

const tridiagonalLU = kernels((module, n, pivoting) =>
  emitTridiagonalLU(module, { n, pivoting: pivoting === 1 }),
)
const tridiagonalSolve = kernels((module, n, pivoting, columns, transposed) =>
  emitTridiagonalSolve(module, { n, pivoting: pivoting === 1, columns, transposed: transposed === 1 }),
)
const bandLU = kernels((module, n, lower, upper) => emitBandLU(module, { n, lower, upper }))
const bandSolve = kernels((module, n, lower, upper, columns, transposed) =>
  emitBandSolve(module, { n, lower, upper, columns, transposed: transposed === 1 }),
)
const bandCholesky = kernels((module, n, lower) => emitBandCholesky(module, { n, lower }))
const bandCholeskySolve = kernels((module, n, lower, columns) =>
  emitBandCholeskySolve(module, { n, lower, columns }),
)

/** How far below and above the diagonal A has entries that are not zero. */
export function bandwidths(A: Matrix): { readonly lower: number; readonly upper: number } {
  let [lower, upper] = [0, 0]
  eachEntry(A, (i, j, p) => {
    if (A.values[p] === 0) return
    if (i - j > lower) lower = i - j
    if (j - i > upper) upper = j - i
  })
  return { lower, upper }
}

/** A tridiagonal A: by Thomas' algorithm where `dominant`, which needs no exchanges, else with them. */
export function factorTridiagonal(
  matrix: Matrix,
  dominant: boolean,
  explanation: readonly string[],
): FactorResult {
  const n = matrix.rows
  const factors = new Float64Array(tridiagonalLength(n))
  eachEntry(matrix, (i, j, p) => {
    // Stored zeros may lie anywhere.
    if (matrix.values[p] !== 0) factors[i === j ? n + i : i > j ? j : 2 * n + i] = matrix.values[p]
  })
  const pivoting = Number(!dominant)
  const status = factorPacked(tridiagonalLU(n, pivoting), factors)
  if (status > 0) return singular(status, explanation)
  return toFactors({
    structure: 'tridiagonal',
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      solvePacked(tridiagonalSolve(n, pivoting, columns, Number(transposed)), factors, X)
    },
    logDeterminant() {
      const { logarithm, sign } = logProduct(factors.subarray(n, 2 * n))
      const exchanges = factors.subarray(4 * n).reduce((sum, exchanged) => sum + exchanged, 0)
      return { logarithm, sign: exchanges % 2 ? (-sign as 1 | -1) : sign }
    },
  })
}

/** A banded A: LU with partial pivoting. */
export function factorBanded(
  matrix: Matrix,
  { lower, upper }: { readonly lower: number; readonly upper: number },
  explanation: readonly string[],
): FactorResult {
  const n = matrix.rows
  const width = bandWidth({ lower, upper })
  const factors = new Float64Array(n * width + n)
  eachEntry(matrix, (i, j, p) => {
    if (matrix.values[p] !== 0) factors[i * width + j - i + lower] = matrix.values[p]
  })
  const status = factorPacked(bandLU(n, lower, upper), factors)
  if (status > 0) return singular(status, explanation)
  return toFactors({
    structure: 'banded',
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      solvePacked(bandSolve(n, lower, upper, columns, Number(transposed)), factors, X)
    },
    logDeterminant() {
      const { logarithm, sign } = logProduct(Array.from({ length: n }, (_, k) => factors[k * width + lower]))
      let exchanges = 0
      for (let k = 0; k < n; k++) if (factors[n * width + k] !== k) exchanges++
      return { logarithm, sign: exchanges % 2 ? (-sign as 1 | -1) : sign }
    },
  })
}

/** A symmetric positive definite banded A: L·Lᵀ; the lower triangle is read. */
export function factorBandedPositiveDefinite(
  matrix: Matrix,
  lower: number,
  explanation: readonly string[],
): FactorResult {
  const n = matrix.rows
  const width = lower + 1
  const factors = new Float64Array(n * width)
  eachEntry(matrix, (i, j, p) => {
    if (matrix.values[p] !== 0 && j <= i) factors[i * width + j - i + lower] = matrix.values[p]
  })
  const status = factorPacked(bandCholesky(n, lower), factors)
  if (status > 0) {
    const message = `A is not positive definite: the pivot of row ${status} is not positive`
    return notFactored('not positive definite', message, status - 1, explanation)
  }
  return toFactors({
    structure: 'banded',
    matrix,
    explanation,
    solveInPlace(X, columns) {
      solvePacked(bandCholeskySolve(n, lower, columns), factors, X)
    },
    logDeterminant() {
      const { logarithm } = logProduct(Array.from({ length: n }, (_, k) => factors[k * width + lower]))
      return { logarithm: 2 * logarithm, sign: 1 }
    },
  })
}

const singular = (status: number, explanation: readonly string[]) =>
  notFactored(
    'singular',
    `A is singular to working precision: nothing is left to divide by in column ${status}`,
    status - 1,
    explanation,
  )
