import type { Factors } from './factors.ts'
import { eachEntry, type Matrix, multiplyMatrix, withValues } from './matrixForm.ts'

/** Derivatives of X = A⁻¹B by the factors of A: no further factorisation for any order. Gradients by A lie on its pattern. */

export interface SolveCotangents {
  /** Ā, as the values of A: −Σ_c λ_ic·x_jc at each stored entry (i, j) */
  readonly A: Float64Array
  /** B̄ = Λ [n × columns] */
  readonly B: Float64Array
}

/** A direction in the space of matrices (as the values of A) and right-hand sides; what is left out is zero. */
export interface SolveTangents {
  readonly A?: Float64Array
  /** [n × columns] */
  readonly B?: Float64Array
}

export interface DerivativeOptions {
  /** Columns of B and X. Default 1. */
  readonly columns?: number
  /** A is a symmetric matrix: Ā = −½(λxᵀ + xλᵀ), its derivative within the symmetric matrices. Default false. */
  readonly symmetric?: boolean
}

/**
 * The gradients of a loss by A and B from its gradient by X: one solve, AᵀΛ = X̄, then B̄ = Λ, Ā = −ΛXᵀ on A's pattern.
 *
 *     const X = factors.solve(B)
 *     const gradient = solveCotangents(factors, X, lossGradient(X))
 *
 * @param X [n × columns], as solved for
 * @param cotangent X̄ [n × columns]
 */
export function solveCotangents(
  factors: Factors,
  X: Float64Array,
  cotangent: Float64Array,
  { columns = 1, symmetric = false }: DerivativeOptions = {},
): SolveCotangents {
  const Lambda = factors.solveTransposed(cotangent, columns)
  return { A: outer(factors.matrix, Lambda, X, columns, symmetric, -1), B: Lambda }
}

/**
 * The tangent of X: Ẋ = A⁻¹(Ḃ − ȦX).
 * @param X [n × columns], as solved for
 */
export function solveTangent(
  factors: Factors,
  X: Float64Array,
  tangents: SolveTangents,
  { columns = 1 }: DerivativeOptions = {},
): Float64Array {
  return factors.solve(
    difference(tangents.B, product(factors, tangents.A, X, columns, false), X.length),
    columns,
  )
}

export interface SolveSecondOrder extends SolveCotangents {
  /** Ẋ [n × columns] */
  readonly X: Float64Array
}

/**
 * The tangents of the gradients, the product of the Hessian of a loss with a direction:
 *
 *     Ẋ = A⁻¹(Ḃ − ȦX),    Λ̇ = A⁻ᵀ(X̄̇ − ȦᵀΛ),    Ā̇ = −(Λ̇Xᵀ + ΛẊᵀ).
 *
 * @param gradient B̄ = Λ of `solveCotangents`
 * @param cotangentTangent Ẋ → the tangent of X̄, such as ∇²L·Ẋ; null where the loss is linear in X
 */
export function solveSecondOrder(
  factors: Factors,
  X: Float64Array,
  Lambda: Float64Array,
  tangents: SolveTangents,
  cotangentTangent: ((tangent: Float64Array) => Float64Array) | null,
  { columns = 1, symmetric = false }: DerivativeOptions = {},
): SolveSecondOrder {
  const Xdot = solveTangent(factors, X, tangents, { columns })
  const right = difference(
    cotangentTangent?.(Xdot),
    product(factors, tangents.A, Lambda, columns, true),
    X.length,
  )
  const LambdaDot = factors.solveTransposed(right, columns)
  const first = outer(factors.matrix, LambdaDot, X, columns, symmetric, -1)
  const second = outer(factors.matrix, Lambda, Xdot, columns, symmetric, -1)
  return { A: first.map((entry, p) => entry + second[p]), B: LambdaDot, X: Xdot }
}

/**
 * The gradient of log |det A|, A⁻ᵀ on A's pattern, as the values of A.
 *
 * By n solves, a block of columns at a time: O(n³) for a dense matrix.
 */
export function logDeterminantGradient(factors: Factors): Float64Array {
  const { size: n, matrix } = factors
  const gradient = new Float64Array(matrix.values.length)
  const block = Math.min(n, 64)
  /** Stored entries by column: their rows and places. */
  const entries: { i: number; p: number }[][] = Array.from({ length: n }, () => [])
  eachEntry(matrix, (i, j, p) => entries[j].push({ i, p }))
  for (let first = 0; first < n; first += block) {
    const columns = Math.min(block, n - first)
    const unit = new Float64Array(n * columns)
    for (let c = 0; c < columns; c++) unit[(first + c) * columns + c] = 1
    const inverse = factors.solveTransposed(unit, columns)
    for (let c = 0; c < columns; c++)
      for (const { i, p } of entries[first + c]) gradient[p] = inverse[i * columns + c]
  }
  return gradient
}

/** The tangent of log |det A|: tr(A⁻¹Ȧ). @param tangent Ȧ, as the values of A */
export function logDeterminantTangent(factors: Factors, tangent: Float64Array): number {
  return logDeterminantGradient(factors).reduce((sum, entry, p) => sum + entry * tangent[p], 0)
}

/** scale·Σ_c u_ic·v_jc at each stored entry, or its symmetric part. */
export function outer(
  A: Matrix,
  U: Float64Array,
  V: Float64Array,
  columns: number,
  symmetric: boolean,
  scale: number,
): Float64Array {
  const values = new Float64Array(A.values.length)
  eachEntry(A, (i, j, p) => {
    let sum = 0
    for (let c = 0; c < columns; c++) sum += U[i * columns + c] * V[j * columns + c]
    if (symmetric) {
      let mirrored = 0
      for (let c = 0; c < columns; c++) mirrored += U[j * columns + c] * V[i * columns + c]
      sum = 0.5 * (sum + mirrored)
    }
    values[p] = scale * sum
  })
  return values
}

const product = (
  { matrix }: Factors,
  values: Float64Array | undefined,
  X: Float64Array,
  columns: number,
  transposed: boolean,
): Float64Array | undefined => values && multiplyMatrix(withValues(matrix, values), X, columns, transposed)

function difference(a: Float64Array | undefined, b: Float64Array | undefined, length: number): Float64Array {
  const result = a ? a.slice() : new Float64Array(length)
  if (b) for (let i = 0; i < length; i++) result[i] -= b[i]
  return result
}
