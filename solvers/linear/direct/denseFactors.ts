import { emitCholesky, emitCholeskySolve, emitLU, emitLUSolve } from '../../../kernels/dense/index.ts'
import { log } from '../../../kernels/elementary/numbers.ts'
import { emitLDLT, emitLDLTSolve, emitTriangleSolve } from '../../../kernels/structured/index.ts'
import { type FactorResult, type LogDeterminant, notFactored, toFactors } from './factors.ts'
import type { DenseMatrix } from './matrixForm.ts'
import { copyWithRoom, factorPacked, kernels, solvePacked } from './scratch.ts'

const lu = kernels((module, n) => emitLU(module, { n }))
const luSolve = kernels((module, n, columns, transposed) =>
  emitLUSolve(module, { n, columns, transposed: transposed === 1 }),
)
const cholesky = kernels((module, n) => emitCholesky(module, { n }))
const choleskySolve = kernels((module, n, columns) => emitCholeskySolve(module, { n, columns }))
const ldlt = kernels((module, n) => emitLDLT(module, { n }))
const ldltSolve = kernels((module, n, columns) => emitLDLTSolve(module, { n, columns }))
const triangle = kernels((module, n, upper, columns, transposed) =>
  emitTriangleSolve(module, { n, part: upper ? 'upper' : 'lower', columns, transposed: transposed === 1 }),
)

/** A, with room for n pivots behind it. */
const packedOf = ({ rows, values }: DenseMatrix): Float64Array => copyWithRoom(values, rows)

/** Σ log |dᵢ| over numbers that are not zero, and the sign of their product. */
export function logProduct(numbers: Iterable<number>): LogDeterminant {
  let logarithm = 0
  let negative = false
  for (const number of numbers) {
    logarithm += log(Math.abs(number))
    if (number < 0) negative = !negative
  }
  return { logarithm, sign: negative ? -1 : 1 }
}

function* diagonal(values: Float64Array, n: number): Generator<number> {
  for (let k = 0; k < n; k++) yield values[k * (n + 1)]
}

/** P·A = L·U with partial pivoting. */
export function factorGeneral(matrix: DenseMatrix, explanation: readonly string[]): FactorResult {
  const n = matrix.rows
  const packed = packedOf(matrix)
  const status = n === 0 ? 0 : factorPacked(lu(n), packed)
  if (status > 0) {
    const message = `A is singular to working precision: nothing is left to divide by in column ${status}`
    return notFactored('singular', message, status - 1, explanation)
  }
  return toFactors({
    structure: 'general',
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      solvePacked(luSolve(n, columns, Number(transposed)), packed, X)
    },
    logDeterminant() {
      const { logarithm, sign } = logProduct(diagonal(packed, n))
      let exchanges = 0
      for (let k = 0; k < n; k++) if (packed[n * n + k] !== k) exchanges++
      return { logarithm, sign: exchanges % 2 ? (-sign as 1 | -1) : sign }
    },
  })
}

/** A = L·Lᵀ; the lower triangle is read. */
export function factorPositiveDefinite(matrix: DenseMatrix, explanation: readonly string[]): FactorResult {
  const n = matrix.rows
  const packed = packedOf(matrix)
  const status = n === 0 ? 0 : factorPacked(cholesky(n), packed)
  if (status > 0) {
    const message = `A is not positive definite: the pivot of row ${status} is not positive`
    return notFactored('not positive definite', message, status - 1, explanation)
  }
  return toFactors({
    structure: 'spd',
    matrix,
    explanation,
    solveInPlace(X, columns) {
      solvePacked(choleskySolve(n, columns), packed, X)
    },
    logDeterminant: () => ({ logarithm: 2 * logProduct(diagonal(packed, n)).logarithm, sign: 1 }),
  })
}

/** P·A·Pᵀ = L·D·Lᵀ by Bunch and Kaufman's pivots; the lower triangle is read. */
export function factorSymmetric(matrix: DenseMatrix, explanation: readonly string[]): FactorResult {
  const n = matrix.rows
  const packed = packedOf(matrix)
  const status = n === 0 ? 0 : factorPacked(ldlt(n), packed)
  if (status > 0) {
    const message = `A is singular to working precision: nothing is left to divide by in column ${status}`
    return notFactored('singular', message, status - 1, explanation)
  }
  return toFactors({
    structure: 'symmetric',
    matrix,
    explanation,
    solveInPlace(X, columns) {
      solvePacked(ldltSolve(n, columns), packed, X)
    },
    logDeterminant: () => logProduct(blockDeterminants(packed, n)),
  })
}

/** Determinants of D's blocks, each as factors that do not overflow: d₁·d₂ − c² = c·c·((d₁/c)·(d₂/c) − 1). */
function* blockDeterminants(ldlt: Float64Array, n: number): Generator<number> {
  for (let k = 0; k < n; k++) {
    const d = ldlt[k * (n + 1)]
    if (ldlt[n * n + k] >= 0) yield d
    else {
      const c = ldlt[k * (n + 1) + 1]
      yield* [c, c, (d / c) * (ldlt[++k * (n + 1)] / c) - 1]
    }
  }
}

/** A itself, a triangle: substitution alone. */
export function factorTriangular(
  matrix: DenseMatrix,
  part: 'lower' | 'upper',
  explanation: readonly string[],
): FactorResult {
  const n = matrix.rows
  for (let k = 0; k < n; k++) {
    const pivot = matrix.values[k * (n + 1)]
    if (pivot !== 0 && Math.abs(pivot) < Number.POSITIVE_INFINITY) continue
    return notFactored(
      'singular',
      `A is singular: entry ${k + 1} of its diagonal is ${pivot}`,
      k,
      explanation,
    )
  }
  const packed = matrix.values.slice()
  return toFactors({
    structure: part === 'lower' ? 'lower triangular' : 'upper triangular',
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      solvePacked(triangle(n, Number(part === 'upper'), columns, Number(transposed)), packed, X)
    },
    logDeterminant: () => logProduct(diagonal(packed, n)),
  })
}
