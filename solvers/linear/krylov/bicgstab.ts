import type { CsrMatrix } from '../csr.ts'
import type { LinearOperator } from '../operator.ts'
import { identityPreconditioner } from '../preconditioners/preconditioner.ts'
import { type Cycle, solveByCycles } from './cycles.ts'
import type { KrylovOptions, KrylovResult } from './result.ts'
import { addScaled, dot, norm } from './vectors.ts'

/**
 * x with A·x = b for any square A in little memory, by BiCGSTAB with the preconditioner on the right (van der Vorst, SIAM J.
 * Sci. Stat. Comput. 13, 1992). An iteration has two products with A. Where it breaks down it starts anew from the true
 * residual, as long as that decreases.
 *
 *     const { x, status } = bicgstab(A, b, { rtol: 1e-8, preconditioner: incompleteLU(A) })
 *
 * @param A n×n
 * @param b [n]; not changed
 * @throws RangeError where the sizes do not fit. A failure of the method is a status.
 */
export const bicgstab = (
  A: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: KrylovOptions = {},
): KrylovResult => solveByCycles({ name: 'bicgstab', symmetric: false, cycle }, A, b, options)

/** Cosines of angles below this are rounding. */
const negligible = 2 ** -50

function cycle(A: LinearOperator, { preconditioner }: KrylovOptions): Cycle {
  const n = A.rows
  const M = preconditioner ?? identityPreconditioner(n)
  const [shadow, p, v, t, pHat, sHat] = Array.from({ length: 6 }, () => new Float64Array(n))
  return (r, d, target, budget, step) => {
    shadow.set(r)
    p.set(r)
    const shadowSize = norm(shadow)
    let rho = dot(shadow, r)
    for (let k = 0; k < budget; k++) {
      M.apply(p, pHat)
      A.apply(pHat, v)
      const shadowV = dot(shadow, v)
      if (!(Math.abs(shadowV) > negligible * shadowSize * norm(v))) return 'breakdown'
      const alpha = rho / shadowV
      if (!Number.isFinite(alpha)) return 'breakdown'
      // r becomes s = r − α·v.
      addScaled(d, alpha, pHat)
      addScaled(r, -alpha, v)
      const half = norm(r)
      if (half <= target) {
        step(half)
        return 'reached'
      }
      M.apply(r, sHat)
      A.apply(sHat, t)
      const tSize = norm(t)
      const ts = dot(t, r)
      if (!(Math.abs(ts) > negligible * tSize * half)) {
        step(half)
        return 'breakdown'
      }
      const omega = ts / tSize / tSize
      if (!Number.isFinite(omega)) return 'breakdown'
      addScaled(d, omega, sHat)
      addScaled(r, -omega, t)
      const size = norm(r)
      step(size)
      if (size <= target) return 'reached'
      const next = dot(shadow, r)
      if (!(Math.abs(next) > negligible * shadowSize * size)) return 'breakdown'
      const beta = (next / rho) * (alpha / omega)
      for (let i = 0; i < n; i++) p[i] = r[i] + beta * (p[i] - omega * v[i])
      rho = next
    }
    return 'limit'
  }
}
