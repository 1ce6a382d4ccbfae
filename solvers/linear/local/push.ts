import { type FunctionalEstimate, functionalEstimate } from './functionalCertificate.ts'
import { growableVector } from './growable.ts'
import { localMatrix } from './localMatrix.ts'
import type { RightSide, RowOracle, SparseVector } from './rowOracle.ts'

export interface PushOptions {
  /** |cᵀx − value| aimed at. */
  readonly tolerance: number
  /** Default 1e7. */
  readonly maximumPushes?: number
}

export interface PushResult extends FunctionalEstimate {
  /** By the certificate, not by the iteration's own count. */
  readonly status: 'converged' | 'too many pushes' | 'limit of rounding'
  readonly pushes: number
  /** Unknowns with a residual or a λ̂: independent of n. */
  readonly touched: number
  readonly rowAccesses: number
}

/**
 * cᵀx, A·x = b, by pushing the adjoint residual s = c − Aᵀλ̂ along rows of A, largest entries first: p = s_j/a_jj, λ̂_j += p,
 * s_j = 0, s_k −= a_jk·p (the local push of Andersen, Chung & Lang, 2006, for a row-dominant A). Each push lowers ‖s‖₁ by
 * |p|·δ at least, so their number does not depend on n, but grows as 1/δ² on a mesh: a window needs 1/√δ.
 *
 * One entry x_i is c = e_i. The transposed oracle (then A is column-dominant) pushes x̂ itself, with c = b.
 *
 *     push(csrOracle(A), denseRightSide(b), new Map([[i, 1]]), { tolerance: 1e-8 }).value // x_i
 *
 * @throws NotDominantError where a row that is met contradicts the declared δ
 */
export function push(
  oracle: RowOracle,
  b: RightSide,
  c: SparseVector,
  { tolerance, maximumPushes = 1e7 }: PushOptions,
): PushResult {
  if (!(tolerance > 0)) throw new RangeError(`push: tolerance must be positive, not ${tolerance}`)
  const matrix = localMatrix(oracle)
  const s = growableVector()
  const lambda = growableVector()
  let total = 0
  let largest = 0
  for (const [index, value] of c) {
    s.set(matrix.numberOf(index), value)
    total += Math.abs(value)
    largest = Math.max(largest, Math.abs(value))
  }
  const perUnit = b.maximum / oracle.dominance
  let pushes = 0
  let threshold = largest
  const stack: number[] = []

  /** Pushes until ‖s‖₁ ≤ target. */
  function pushUntil(target: number): void {
    while (total > target && pushes < maximumPushes) {
      for (let j = 0; j < matrix.count(); j++) if (Math.abs(s.get(j)) > threshold) stack.push(j)
      if (stack.length === 0) {
        threshold /= 2
        // ‖s‖₁ was kept up to date by differences; here it is added up again.
        total = 0
        for (let j = 0; j < matrix.count(); j++) total += Math.abs(s.get(j))
      }
      while (stack.length > 0 && total > target && pushes < maximumPushes) {
        const j = stack.pop()!
        if (Math.abs(s.get(j)) > threshold) pushRow(j)
      }
      stack.length = 0
    }
  }

  function pushRow(j: number): void {
    const columns = matrix.columns(j)
    const values = matrix.values(j)
    const own = s.get(j)
    const p = own / matrix.diagonal(j)
    lambda.add(j, p)
    s.set(j, 0)
    total -= Math.abs(own)
    for (let q = 0; q < columns.length; q++) {
      const k = columns[q]
      if (k === j) continue
      const former = s.get(k)
      const next = former - values[q] * p
      s.set(k, next)
      total += Math.abs(next) - Math.abs(former)
      if (Math.abs(next) > threshold) stack.push(k)
    }
    pushes++
  }

  const certified = (): FunctionalEstimate => {
    const support: number[] = []
    for (let j = 0; j < matrix.count(); j++) if (lambda.get(j) !== 0) support.push(j)
    return functionalEstimate(matrix, b, c, support, lambda.get)
  }
  let aim = tolerance
  pushUntil(perUnit > 0 ? aim / perUnit : total)
  let estimate = certified()
  // The certificate has a rounding term that the iteration knows nothing of: it goes on as long as that is not all.
  while (
    estimate.errorBound > tolerance &&
    estimate.roundingBound < tolerance / 2 &&
    pushes < maximumPushes
  ) {
    aim /= 2
    pushUntil(aim / perUnit)
    estimate = certified()
  }
  const status =
    estimate.errorBound <= tolerance
      ? 'converged'
      : pushes >= maximumPushes
        ? 'too many pushes'
        : 'limit of rounding'
  return { ...estimate, status, pushes, touched: matrix.count(), rowAccesses: matrix.rowAccesses() }
}
