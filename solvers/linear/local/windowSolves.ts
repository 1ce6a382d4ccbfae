import { norm } from '../krylov/vectors.ts'
import { type FunctionalEstimate, functionalEstimate } from './functionalCertificate.ts'
import { type LocalMatrix, localMatrix } from './localMatrix.ts'
import type { RightSide, RowOracle, SparseVector } from './rowOracle.ts'
import { growWindow, ringsToGo, solveWindow, solveWindowTransposed } from './window.ts'

export interface LocalOptions {
  /** The error bound aimed at, absolute. */
  readonly tolerance: number
  /** Of a window at most. Default 2e5. */
  readonly maximumUnknowns?: number
}

/** 'too many unknowns': the influence of what is far decays too slowly; use a global solve. */
export type LocalStatus = 'converged' | 'too many unknowns' | 'limit of rounding'

/** What a local solve cost: independent of n. */
export interface LocalCost {
  readonly status: LocalStatus
  /** Unknowns that were met. */
  readonly touched: number
  readonly rowAccesses: number
}

export interface WindowEntries extends LocalCost {
  /** x̂ at the targets, by index. */
  readonly values: SparseVector
  /** |x_k − x̂_k| is at most this, rounding included, by index. */
  readonly errorBounds: SparseVector
}

/**
 * Entries of x = A⁻¹b, from a window around them that grows until the bounds hold: A_ΩΩ·x̂ = b_Ω by a Krylov method, which
 * takes ∝ 1/√δ products with a window of radius ∝ 1/√δ.
 *
 *     windowEntries(oracle, b, [i], { tolerance: 1e-8 }).values.get(i)
 *
 * @throws NotDominantError where a row that is met contradicts the declared δ
 */
export function windowEntries(
  oracle: RowOracle,
  b: RightSide,
  targets: readonly number[],
  options: LocalOptions,
): WindowEntries {
  checkTolerance('windowEntries', options)
  const matrix = localMatrix(oracle)
  const numbers = targets.map(index => matrix.numberOf(index))
  const delta = oracle.dominance
  const full = b.maximum / delta
  const { tolerance } = options
  const result = growUntil(matrix, options, full, window => {
    // An ∞-norm of the residual of tolerance·δ/4 leaves the rest to the window's edge.
    const rtol = relativeTolerance((tolerance * delta) / 4, b.maximum * Math.sqrt(window.size))
    const { x, errorBounds, floor } = solveWindow(window, b, rtol)
    return { bound: Math.max(0, ...numbers.map(k => errorBounds[k])), floor, value: { x, errorBounds } }
  })
  const { x, errorBounds } = result.value
  const at = (values: Float64Array) => new Map(targets.map((index, k) => [index, values[numbers[k]]]))
  return { ...costOf(matrix, result.status), values: at(x), errorBounds: at(errorBounds) }
}

export type WindowFunctional = FunctionalEstimate & LocalCost

/**
 * cᵀx, A·x = b, and its gradient by b: A_ΩΩᵀ·λ̂ = c on a window around c's entries that grows until the certificate
 * ‖c − Aᵀλ̂‖₁·‖b‖∞/δ holds.
 *
 *     windowFunctional(oracle, b, new Map([[i, 1]]), { tolerance: 1e-8 }) // { value, errorBound, adjoint, … }
 *
 * @throws NotDominantError where a row that is met contradicts the declared δ
 */
export function windowFunctional(
  oracle: RowOracle,
  b: RightSide,
  c: SparseVector,
  options: LocalOptions,
): WindowFunctional {
  checkTolerance('windowFunctional', options)
  const matrix = localMatrix(oracle)
  for (const index of c.keys()) matrix.numberOf(index)
  const { status, value } = adjointByWindow(matrix, b, c, options)
  return { ...value, ...costOf(matrix, status) }
}

/** λ̂ by growing windows of a matrix that has met c's entries. */
export function adjointByWindow(matrix: LocalMatrix, b: RightSide, c: SparseVector, options: LocalOptions) {
  const delta = matrix.oracle.dominance
  const entries = Float64Array.from(c.values())
  const full = (entries.reduce((sum, value) => sum + Math.abs(value), 0) * b.maximum) / delta
  return growUntil(matrix, options, full, window => {
    const right = new Float64Array(window.size)
    for (const [index, value] of c) right[matrix.numberOf(index)] = value
    const budget = b.maximum > 0 ? (options.tolerance * delta) / (4 * b.maximum) : 1
    const rtol = relativeTolerance(budget, norm(entries) * Math.sqrt(window.size))
    const lambda = solveWindowTransposed(window, right, rtol)
    const support: number[] = []
    lambda.forEach((value, j) => {
      if (value !== 0) support.push(j)
    })
    const value = functionalEstimate(matrix, b, c, support, j => lambda[j])
    return { bound: value.errorBound, floor: value.roundingBound, value }
  })
}

/**
 * Windows of more and more rings until `attempt`'s bound is at most the tolerance.
 * @param full the bound of no window at all
 * @param attempt gives `floor`, too: what remains of the bound in the largest window
 */
export function growUntil<T>(
  matrix: LocalMatrix,
  { tolerance, maximumUnknowns = 2e5 }: LocalOptions,
  full: number,
  attempt: (window: ReturnType<typeof growWindow>) => {
    readonly bound: number
    readonly floor: number
    readonly value: T
  },
): { readonly status: LocalStatus; readonly value: T } {
  let rings = 2
  let window = growWindow(matrix, rings)
  for (;;) {
    const { bound, floor, value } = attempt(window)
    if (bound <= tolerance) return { status: 'converged', value }
    // The window is everything, or a larger one would not help.
    if (matrix.count() === window.size || (floor > tolerance && bound < 4 * floor))
      return { status: 'limit of rounding', value }
    if (matrix.count() > maximumUnknowns) return { status: 'too many unknowns', value }
    // Half of the tolerance is the Krylov residual's.
    const more = ringsToGo(rings, full, bound, tolerance / 2)
    rings += more
    window = growWindow(matrix, more - 1)
  }
}

export const costOf = (matrix: LocalMatrix, status: LocalStatus): LocalCost => ({
  status,
  touched: matrix.count(),
  rowAccesses: matrix.rowAccesses(),
})

const relativeTolerance = (absolute: number, scale: number): number =>
  scale > 0 ? Math.min(0.1, Math.max(1e-15, absolute / scale)) : 0.1

export function checkTolerance(where: string, { tolerance }: LocalOptions): void {
  if (!(tolerance > 0)) throw new RangeError(`${where}: tolerance must be positive, not ${tolerance}`)
}
