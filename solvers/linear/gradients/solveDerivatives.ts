import type { CsrMatrix } from '../csr.ts'
import { applyCsr, applyCsrTransposed } from '../csr.ts'
import { norm } from '../krylov/vectors.ts'
import { unitRoundoff } from '../rounding.ts'
import type { LinearSolver, Solution } from './linearSolver.ts'

/** A direction in the space of matrices (on A's pattern) and right-hand sides; what is left out is zero. */
export interface SolveTangent {
  /** Ȧ [nonzeros] */
  readonly A?: Float64Array
  /** ḃ [n] */
  readonly b?: Float64Array
}

export interface SolveGradient {
  /** b̄ = λ [n] */
  readonly b: Float64Array
  /** Ā = −λxᵀ on A's pattern [nonzeros] */
  readonly A: Float64Array
  /** How the adjoint solve went; the forward solve's status is another. */
  readonly status: string
  readonly message: string
  readonly relativeResidual: number
  /** How far the computed gradient is at most from the true one, in the 2- and Frobenius norm, where ‖A⁻¹‖ was given. */
  readonly errorBound?: { readonly b: number; readonly A: number }
}

export interface SolveVjpOptions {
  /** The matrix is a symmetric one: Ā = −½(λxᵀ + xλᵀ), its derivative within the symmetric matrices. */
  readonly symmetric?: boolean
  /** An upper bound of ‖A⁻¹‖₂, with the right-hand side: then the gradient comes with a bound of its error. */
  readonly certify?: { readonly inverseNorm: number; readonly b: Float64Array }
  /** Where the adjoint solve starts, such as λ at the step before. */
  readonly initialGuess?: Float64Array
}

/**
 * The gradient of a loss by A and b, from its gradient g by x = A⁻¹b: one solve with the transpose,
 *
 *     Aᵀ·λ = g,    b̄ = λ,    Ā = −λxᵀ on A's pattern.
 *
 * Its error is set by the two residuals: ‖δĀ‖ ≤ ‖δλ‖‖x‖ + ‖λ‖‖δx‖ + ‖δλ‖‖δx‖ with ‖δx‖ ≤ ‖A⁻¹‖‖b − Ax‖ and
 * ‖δλ‖ ≤ ‖A⁻¹‖‖g − Aᵀλ‖, residuals computed anew and with their rounding.
 *
 *     const solver = krylovSolver(A, { method: 'conjugateGradient' })
 *     const { x } = solver.solve(b)
 *     const gradient = solveVjp(A, solver, x, lossGradient(x), { certify: { inverseNorm: 1 / alpha, b } })
 *
 * @param x [n], as computed
 * @param g [n]
 */
export function solveVjp(
  A: CsrMatrix,
  solver: LinearSolver,
  x: Float64Array,
  g: Float64Array,
  { symmetric = false, certify, initialGuess }: SolveVjpOptions = {},
): SolveGradient {
  const { x: lambda, status, message, relativeResidual } = solver.solveTransposed(g, initialGuess)
  const gradient = {
    b: lambda,
    A: symmetric
      ? onPattern(A, (i, j) => -0.5 * (lambda[i] * x[j] + lambda[j] * x[i]))
      : onPattern(A, (i, j) => -lambda[i] * x[j]),
    status,
    message,
    relativeResidual,
  }
  if (!certify) return gradient
  const { inverseNorm, b } = certify
  const deltaX = inverseNorm * residualBound(A, x, b, false)
  const deltaLambda = inverseNorm * residualBound(A, lambda, g, true)
  const [sizeX, sizeLambda] = [norm(x), norm(lambda)]
  // The products −λ_i·x_j themselves are rounded, too.
  const rounding = 4 * unitRoundoff * sizeX * sizeLambda
  return {
    ...gradient,
    errorBound: {
      b: deltaLambda,
      A: deltaLambda * sizeX + sizeLambda * deltaX + deltaLambda * deltaX + rounding,
    },
  }
}

/**
 * The tangent of x = A⁻¹b: ẋ = A⁻¹(ḃ − Ȧx).
 * @param x [n], as computed
 * @returns ẋ as `x`, with its solve's status
 */
export function solveJvp(
  A: CsrMatrix,
  solver: LinearSolver,
  x: Float64Array,
  tangent: SolveTangent,
): Solution {
  const right = new Float64Array(A.rows)
  if (tangent.A) applyCsr({ ...A, values: tangent.A }, x, right)
  for (let i = 0; i < right.length; i++) right[i] = (tangent.b?.[i] ?? 0) - right[i]
  return solver.solve(right)
}

export interface SolveHessianProduct {
  /** λ̇ [n]: the tangent of b̄ */
  readonly b: Float64Array
  /** −(λ̇xᵀ + λẋᵀ) on A's pattern [nonzeros]: the tangent of Ā */
  readonly A: Float64Array
  /** ẋ [n] */
  readonly x: Float64Array
  /** 'converged' where both solves have. */
  readonly status: string
  readonly message: string
}

/**
 * The product of the Hessian of L(x(A, b)) by (A, b) with a tangent, by two more solves:
 *
 *     ẋ = A⁻¹(ḃ − Ȧx),    λ̇ = A⁻ᵀ(∇²L·ẋ − Ȧᵀλ),    Ā̇ = −(λ̇xᵀ + λẋᵀ).
 *
 * @param x [n], as computed
 * @param lambda [n]: `b` of the gradient
 * @param hessianOfLoss ẋ → ∇²L·ẋ; null where L is linear in x
 */
export function solveHvp(
  A: CsrMatrix,
  solver: LinearSolver,
  x: Float64Array,
  lambda: Float64Array,
  tangent: SolveTangent,
  hessianOfLoss: ((tangent: Float64Array) => Float64Array) | null,
): SolveHessianProduct {
  const forward = solveJvp(A, solver, x, tangent)
  const right = new Float64Array(A.columns)
  if (tangent.A) applyCsrTransposed({ ...A, values: tangent.A }, lambda, right)
  const curvature = hessianOfLoss?.(forward.x)
  for (let i = 0; i < right.length; i++) right[i] = (curvature?.[i] ?? 0) - right[i]
  const adjoint = solver.solveTransposed(right)
  const failed = [forward, adjoint].find(({ status }) => status !== 'converged')
  return {
    b: adjoint.x,
    A: onPattern(A, (i, j) => -(adjoint.x[i] * x[j] + lambda[i] * forward.x[j])),
    x: forward.x,
    status: failed?.status ?? 'converged',
    message: (failed ?? adjoint).message,
  }
}

function onPattern(
  { rows, rowPointers, columnIndices }: CsrMatrix,
  entry: (i: number, j: number) => number,
): Float64Array {
  const values = new Float64Array(columnIndices.length)
  for (let i = 0; i < rows; i++) {
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) values[p] = entry(i, columnIndices[p])
  }
  return values
}

/** An upper bound of ‖b − op(A)x‖₂: the computed residual, and γ(|A||x| + |b|) for its rounding (Higham, 2002, eq. 12.5). */
function residualBound(A: CsrMatrix, x: Float64Array, b: Float64Array, transposed: boolean): number {
  const apply = transposed ? applyCsrTransposed : applyCsr
  const r = new Float64Array(b.length)
  const size = new Float64Array(b.length)
  apply(A, x, r)
  apply({ ...A, values: A.values.map(Math.abs) }, x.map(Math.abs), size)
  // No sum here has more terms than the matrix has rows.
  const gamma = (A.rows + 2) * unitRoundoff
  for (let i = 0; i < b.length; i++) r[i] = Math.abs(b[i] - r[i]) + gamma * (size[i] + Math.abs(b[i]))
  return norm(r) * (1 + 2 * gamma)
}
