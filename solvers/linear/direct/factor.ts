import { factorSparse, type SparseFactorOptions } from '../sparse/factorSparse.ts'
import { factorSparseTriangular } from '../sparse/factorTriangular.ts'
import { bandwidths, factorBanded, factorBandedPositiveDefinite, factorTridiagonal } from './bandFactors.ts'
import { factorGeneral, factorPositiveDefinite, factorSymmetric, factorTriangular } from './denseFactors.ts'
import { type FactorResult, isFactored, type NotFactored, notFactored } from './factors.ts'
import { type DenseMatrix, denseMatrix, isSparse, type Matrix } from './matrixForm.ts'
import { asymmetry, hasPositiveDiagonal, isColumnDominant, notFiniteEntry } from './properties.ts'

/** What a caller knows of a matrix; it is checked. */
export type StructureTag =
  | 'auto'
  | 'general'
  | 'symmetric'
  | 'spd'
  | 'lower triangular'
  | 'upper triangular'
  | 'tridiagonal'
  | 'banded'

export interface FactorOptions extends SparseFactorOptions {
  /**
   * 'auto', the default, looks at the entries and takes the cheapest factorisation that is safe. Any other tag is checked first, and
   * a matrix that is not of that structure is a result with the reason.
   */
  readonly structure?: StructureTag
  /** Symmetric is what differs from its mirror by at most this share of the largest entry. Default 0: to the last bit. */
  readonly symmetryTolerance?: number
  /** Prints why the matrix was factored as it was; the result has it as `explanation` in any case. Default false. */
  readonly explain?: boolean
}

/**
 * Factors a square matrix for solutions, adjoints, tangents, determinants. A singular matrix is a result:
 *
 *     const factors = factor(new Float64Array([4, 1, 1, 3]))
 *     if (factors.status !== 'factored') throw new Error(factors.message)
 *     factors.solve(new Float64Array([1, 2]))   // 1/11, 7/11
 *     factors.structure                         // 'spd', as factors.explanation explains
 *
 * @param matrix [n × n] row-major, or a dense or CSR matrix; it must not change while the factors are used
 * @throws RangeError where the matrix is not square
 */
export function factor(matrix: Matrix | Float64Array, options: FactorOptions = {}): FactorResult {
  const A = matrix instanceof Float64Array ? denseMatrix(matrix) : matrix
  if (A.rows !== A.columns) {
    throw new RangeError(
      `factor: the matrix is ${A.rows}×${A.columns}, not square; see leastSquares and minimumNorm`,
    )
  }
  const result = checked(A, options)
  if (options.explain) for (const line of result.explanation) console.log(line)
  return result
}

function checked(A: Matrix, options: FactorOptions): FactorResult {
  const bad = notFiniteEntry(A)
  if (bad) {
    const place = `(${bad.row}, ${bad.column})`
    return notFactored('not finite', `entry ${place} of A is ${bad.value}`, bad.row)
  }
  const { structure = 'auto' } = options
  return structure === 'auto' ? automatic(A, options) : tagged(A, structure, options)
}

/** The most that a band may have of the matrix's width to be worth its own kernels. */
const narrow = 1 / 4

function automatic(A: Matrix, options: FactorOptions): FactorResult {
  const n = A.rows
  const explanation = [
    `structure: auto, ${n}×${n}, ${isSparse(A) ? `${A.values.length} entries stored` : 'dense'}`,
  ]
  const say = (line: string) => explanation.push(line)
  const band = bandwidths(A)
  const { lower, upper } = band
  if (lower <= 1 && upper <= 1 && n > 2) {
    const dominant = isColumnDominant(A)
    say(
      `all entries lie on three diagonals: tridiagonal; ${dominant ? 'dominant by columns: no' : 'not dominant: with'} exchanges`,
    )
    return factorTridiagonal(A, dominant, explanation)
  }
  const isNarrow = isSparse(A) ? lower + upper <= 16 : lower + upper + 1 <= narrow * n
  const different = asymmetry(A, options.symmetryTolerance ?? 0)
  const maybePositive = !different && hasPositiveDiagonal(A)
  if (isNarrow) {
    say(`all entries lie within ${lower} below and ${upper} above the diagonal: banded`)
    if (maybePositive) {
      const cholesky = factorBandedPositiveDefinite(A, lower, [
        ...explanation,
        'symmetric with a positive diagonal: Cholesky',
      ])
      if (isFactored(cholesky)) return cholesky
      say(`symmetric with a positive diagonal: Cholesky was tried; ${cholesky.message}`)
    }
    return factorBanded(A, band, [...explanation, 'LU with partial pivoting'])
  }
  if (upper === 0)
    return triangular(A, 'lower', [...explanation, 'nothing above the diagonal: lower triangular'])
  if (lower === 0)
    return triangular(A, 'upper', [...explanation, 'nothing below the diagonal: upper triangular'])
  if (isSparse(A)) return factorSparse(A, options, explanation, different)
  if (different) {
    say(
      `entry (${different.row}, ${different.column}) differs from its mirror by ${different.difference}: not symmetric, LU`,
    )
    return factorGeneral(A, explanation)
  }
  if (maybePositive) {
    const cholesky = factorPositiveDefinite(A, [
      ...explanation,
      'symmetric with a positive diagonal: Cholesky',
    ])
    if (isFactored(cholesky)) return cholesky
    say(`symmetric with a positive diagonal: Cholesky was tried; ${cholesky.message}`)
  } else say('symmetric, but not all of the diagonal is positive: not positive definite')
  return factorSymmetric(A, [...explanation, 'L·D·Lᵀ with Bunch–Kaufman pivoting'])
}

const triangular = (A: Matrix, part: 'lower' | 'upper', explanation: readonly string[]): FactorResult =>
  isSparse(A) ? factorSparseTriangular(A, part, explanation) : factorTriangular(A, part, explanation)

/** A symmetric structure is asked for: null, or what is not symmetric. */
function requireSymmetric(
  A: Matrix,
  options: FactorOptions,
  explanation: readonly string[],
): NotFactored | null {
  const different = asymmetry(A, options.symmetryTolerance ?? 0)
  if (!different) return null
  const { row, column, difference } = different
  const message = `A is not symmetric: entry (${row}, ${column}) differs from its mirror by ${difference}; factor (A + Aᵀ)/2, allow it by symmetryTolerance, or choose 'general'`
  return notFactored('not symmetric', message, row, explanation)
}

function tagged(A: Matrix, structure: Exclude<StructureTag, 'auto'>, options: FactorOptions): FactorResult {
  const explanation = [`structure: ${structure}, as asked for`]
  const fail = (what: string) =>
    notFactored('not of the structure', `A is not ${structure}: ${what}`, 0, explanation)
  switch (structure) {
    case 'tridiagonal': {
      const band = bandwidths(A)
      if (band.lower > 1 || band.upper > 1)
        return fail(`it has entries ${Math.max(band.lower, band.upper)} off the diagonal`)
      return factorTridiagonal(A, isColumnDominant(A), explanation)
    }
    case 'banded': {
      const band = bandwidths(A)
      return factorBanded(A, band, [
        ...explanation,
        `${band.lower} below and ${band.upper} above the diagonal`,
      ])
    }
    case 'lower triangular':
      if (bandwidths(A).upper > 0) return fail('it has entries above the diagonal')
      return isSparse(A)
        ? factorSparse(A, options, explanation, null)
        : factorTriangular(A, 'lower', explanation)
    case 'upper triangular':
      if (bandwidths(A).lower > 0) return fail('it has entries below the diagonal')
      return isSparse(A)
        ? factorSparse(A, options, explanation, null)
        : factorTriangular(A, 'upper', explanation)
    case 'general':
      return isSparse(A)
        ? factorSparse(A, options, explanation, null, 'general')
        : factorGeneral(A, explanation)
    default: {
      const different = requireSymmetric(A, options, explanation)
      if (different) return different
      if (isSparse(A)) return factorSparse(A, options, explanation, null, structure)
      return (structure === 'spd' ? factorPositiveDefinite : factorSymmetric)(A as DenseMatrix, explanation)
    }
  }
}
