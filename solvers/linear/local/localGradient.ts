import { type LocalMatrix, localMatrix } from './localMatrix.ts'
import type { RightSide, RowOracle, SparseVector } from './rowOracle.ts'
import { solveWindow } from './window.ts'
import {
  adjointByWindow,
  checkTolerance,
  costOf,
  growUntil,
  type LocalCost,
  type LocalOptions,
} from './windowSolves.ts'

export interface LocalGradient extends LocalCost {
  /** λ̂, the gradient by b, by index. */
  readonly b: SparseVector
  /** ‖λ − λ̂‖₁ is at most this. */
  readonly bErrorBound: number
  /** The gradient by A at the nonzeros that were touched: −λ̂_j·x̂_k at (rows[p], columns[p]). */
  readonly A: {
    readonly rows: Float64Array
    readonly columns: Float64Array
    readonly values: Float64Array
  }
  /** Σ |Ā_jk − computed| over all nonzeros of A, touched or not, is at most this, rounding included. */
  readonly AErrorBound: number
  /** cᵀx, and a bound of its error. */
  readonly value: number
  readonly valueErrorBound: number
}

/**
 * The gradient of cᵀx by A and b, A·x = b, that touches only what matters: λ̂ = A⁻ᵀc on a window around c's entries, x̂ on
 * the same window and as many rings more as it takes, and −λ̂_j·x̂_k on the nonzeros of λ̂'s rows. With e_k the window's bound
 * of |x_k − x̂_k| and s = c − Aᵀλ̂, the error over all nonzeros of the matrix, in the ℓ¹ norm, is at most
 *
 *     Σ_j |λ̂_j|·Σ_{k∈row j} e_k + (‖s‖₁/δ)·max_j Σ_{k∈row j} |x_k|,    |x_k| ≤ ‖b‖∞/δ.
 *
 * For a loss ℓ of a few entries of x, c is its gradient by them (at their values by `windowEntries`).
 *
 *     const { A, b } = localGradient(oracle, rightSide, new Map([[i, 1]]), { tolerance: 1e-6 })
 *
 * @param c the cotangent of x: few entries
 * @param options `tolerance` is for AErrorBound
 * @throws NotDominantError where a row that is met contradicts the declared δ
 */
export function localGradient(
  oracle: RowOracle,
  b: RightSide,
  c: SparseVector,
  options: LocalOptions,
): LocalGradient {
  checkTolerance('localGradient', options)
  const matrix = localMatrix(oracle)
  for (const index of c.keys()) matrix.numberOf(index)
  const delta = oracle.dominance
  const { tolerance } = options

  // ‖s‖₁·(‖b‖∞/δ) is the functional's bound: half of the tolerance is for its share.
  const share = delta / oracle.maximumRowLength
  const adjoint = adjointByWindow(matrix, b, c, {
    ...options,
    tolerance: (tolerance / 2) * Math.min(1, share),
  })
  const { residual, adjoint: lambda, adjointErrorBound } = adjoint.value
  const far = ((residual / delta) * oracle.maximumRowLength * b.maximum) / delta

  const full = ((sumOf(lambda) * oracle.maximumRowLength * b.maximum) / delta) * 2
  const near = growUntil(matrix, { ...options, tolerance: tolerance / 2 }, full, window => {
    const rtol = Math.max(1e-15, Math.min(1e-2, tolerance / full / Math.sqrt(window.size)))
    const { x, errorBounds, floor } = solveWindow(window, b, rtol)
    const bound = weightedError(matrix, lambda, errorBounds)
    return { bound, floor: floor * sumOf(lambda) * oracle.maximumRowLength, value: { x, errorBounds } }
  })
  const { x, errorBounds } = near.value
  const A = products(matrix, lambda, x)
  const rounding = A.values.reduce((sum, value) => sum + Math.abs(value), 0) * 2 ** -52
  const statuses = [adjoint.status, near.status]
  return {
    ...costOf(matrix, statuses.find(status => status !== 'converged') ?? 'converged'),
    b: lambda,
    bErrorBound: adjointErrorBound,
    A,
    AErrorBound: (weightedError(matrix, lambda, errorBounds) + far + rounding) * (1 + 1e-12),
    value: adjoint.value.value,
    valueErrorBound: adjoint.value.errorBound,
  }
}

function sumOf(lambda: SparseVector): number {
  let sum = 0
  for (const value of lambda.values()) sum += Math.abs(value)
  return sum
}

/** Σ_j |λ̂_j|·Σ_{k∈row j} e_k. */
function weightedError(matrix: LocalMatrix, lambda: SparseVector, errorBounds: Float64Array): number {
  let sum = 0
  for (const [index, value] of lambda) {
    let row = 0
    for (const k of matrix.columns(matrix.numberOf(index))) row += errorBounds[k]
    sum += Math.abs(value) * row
  }
  return sum
}

/** −λ̂_j·x̂_k on the nonzeros of λ̂'s rows. */
function products(matrix: LocalMatrix, lambda: SparseVector, x: Float64Array): LocalGradient['A'] {
  const rows: number[] = []
  const columns: number[] = []
  const values: number[] = []
  for (const [index, value] of lambda) {
    for (const k of matrix.columns(matrix.numberOf(index))) {
      rows.push(index)
      columns.push(matrix.indexOf(k))
      values.push(-value * x[k])
    }
  }
  return {
    rows: Float64Array.from(rows),
    columns: Float64Array.from(columns),
    values: Float64Array.from(values),
  }
}
