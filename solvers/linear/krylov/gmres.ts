import type { CsrMatrix } from '../csr.ts'
import type { LinearOperator } from '../operator.ts'
import { identityPreconditioner } from '../preconditioners/preconditioner.ts'
import { type Cycle, solveByCycles } from './cycles.ts'
import type { KrylovOptions, KrylovResult } from './result.ts'
import { addScaled, dot, norm } from './vectors.ts'

export interface GmresOptions extends KrylovOptions {
  /** Steps between restarts, m; n·(m + 3) numbers are kept. Default 30. */
  readonly restart?: number
}

/**
 * x with A·x = b for any square A, by GMRES(m) with the preconditioner on the right, so that what is minimised is the
 * residual of A·x = b itself (Saad & Schultz, SIAM J. Sci. Stat. Comput. 7, 1986; Saad, alg. 9.5). Orthogonalisation is
 * modified Gram–Schmidt.
 *
 *     const { x, status } = gmres(A, b, { rtol: 1e-8, restart: 50, preconditioner: incompleteLU(A) })
 *
 * @param A n×n
 * @param b [n]; not changed
 * @throws RangeError where the sizes do not fit. A failure of the method is a status.
 */
export function gmres(
  A: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: GmresOptions = {},
): KrylovResult {
  const { restart = 30 } = options
  if (!(Number.isInteger(restart) && restart >= 1)) {
    throw new RangeError(`gmres: restart must be a whole number from 1, not ${restart}`)
  }
  const length = Math.min(restart, b.length)
  return solveByCycles(
    { name: 'gmres', symmetric: false, cycle: (A, o) => cycle(A, o, length) },
    A,
    b,
    options,
  )
}

function cycle(A: LinearOperator, { preconditioner }: KrylovOptions, restart: number): Cycle {
  const n = A.rows
  const M = preconditioner ?? identityPreconditioner(n)
  const basis = Array.from({ length: restart + 1 }, () => new Float64Array(n))
  const z = new Float64Array(n)
  /** Column k of the Hessenberg matrix, rotated to upper triangular form, at k·(restart + 1). */
  const H = new Float64Array(restart * (restart + 1))
  const [cosines, sines, y] = Array.from({ length: 3 }, () => new Float64Array(restart))
  const g = new Float64Array(restart + 1)
  return (r, d, target, budget, step) => {
    const size = norm(r)
    for (let i = 0; i < n; i++) basis[0][i] = r[i] / size
    g[0] = size
    let steps = 0
    let singular = false
    while (steps < Math.min(restart, budget)) {
      const k = steps
      const column = H.subarray(k * (restart + 1), (k + 1) * (restart + 1))
      M.apply(basis[k], z)
      const w = basis[k + 1]
      A.apply(z, w)
      const before = norm(w)
      if (!Number.isFinite(before)) break
      for (let j = 0; j <= k; j++) {
        column[j] = dot(w, basis[j])
        addScaled(w, -column[j], basis[j])
      }
      const remainder = norm(w)
      // Less than rounding has left: the subspace is invariant.
      const invariant = remainder <= 2 ** -52 * before
      column[k + 1] = invariant ? 0 : remainder
      if (!invariant) for (let i = 0; i < n; i++) w[i] /= remainder
      for (let j = 0; j < k; j++) rotate(column, j, cosines[j], sines[j])
      const radius = hypotenuse(column[k], column[k + 1])
      singular = radius <= 2 ** -52 * before
      if (singular) break
      cosines[k] = column[k] / radius
      sines[k] = column[k + 1] / radius
      rotate(column, k, cosines[k], sines[k])
      g[k + 1] = 0
      rotate(g, k, cosines[k], sines[k])
      steps++
      step(Math.abs(g[k + 1]))
      if (Math.abs(g[k + 1]) <= target || invariant) break
    }
    for (let i = steps - 1; i >= 0; i--) {
      y[i] = g[i]
      for (let j = i + 1; j < steps; j++) y[i] -= H[j * (restart + 1) + i] * y[j]
      y[i] /= H[i * (restart + 1) + i]
    }
    // r is free: it takes V·y.
    r.fill(0)
    for (let j = 0; j < steps; j++) addScaled(r, y[j], basis[j])
    M.apply(r, d)
    if (singular || steps === 0) return 'breakdown'
    return Math.abs(g[steps]) <= target ? 'reached' : 'limit'
  }
}

/** (u_j, u_{j+1}) ← (c·u_j + s·u_{j+1}, −s·u_j + c·u_{j+1}). */
function rotate(u: Float64Array, j: number, c: number, s: number): void {
  const [a, b] = [u[j], u[j + 1]]
  u[j] = c * a + s * b
  u[j + 1] = -s * a + c * b
}

const hypotenuse = (a: number, b: number): number => {
  const largest = Math.max(Math.abs(a), Math.abs(b))
  if (largest === 0) return 0
  return largest * Math.sqrt((a / largest) * (a / largest) + (b / largest) * (b / largest))
}
