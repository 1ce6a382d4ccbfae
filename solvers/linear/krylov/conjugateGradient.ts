import type { CsrMatrix } from '../csr.ts'
import type { LinearOperator } from '../operator.ts'
import { identityPreconditioner } from '../preconditioners/preconditioner.ts'
import { type Cycle, solveByCycles } from './cycles.ts'
import type { KrylovOptions, KrylovResult } from './result.ts'
import { addScaled, dot, norm, scaleAndAdd } from './vectors.ts'

/**
 * x with A·x = b for a symmetric positive definite A, by preconditioned conjugate gradients (Hestenes & Stiefel, 1952;
 * Saad, Iterative Methods for Sparse Linear Systems, alg. 9.1). The preconditioner must be symmetric positive definite and
 * the same in every iteration.
 *
 *     const { x, status } = conjugateGradient(A, b, { rtol: 1e-8, preconditioner: incompleteCholesky(A) })
 *
 * @param A n×n
 * @param b [n]; not changed
 * @throws RangeError where the sizes do not fit. A failure of the method is a status.
 */
export const conjugateGradient = (
  A: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: KrylovOptions = {},
): KrylovResult =>
  solveByCycles(
    { name: 'conjugateGradient', symmetric: true, cycle: (A, o) => cycle(A, o, false) },
    A,
    b,
    options,
  )

/**
 * Conjugate gradients for a preconditioner that changes from one iteration to the next, such as a learned one or an inner
 * iteration: β = z₊·(r₊ − r)/(r·z), the form of Polak & Ribière (Golub & Ye, SIAM J. Sci. Comput. 21, 1999). As above.
 */
export const flexibleConjugateGradient = (
  A: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: KrylovOptions = {},
): KrylovResult =>
  solveByCycles(
    { name: 'flexibleConjugateGradient', symmetric: true, cycle: (A, o) => cycle(A, o, true) },
    A,
    b,
    options,
  )

function cycle(A: LinearOperator, { preconditioner }: KrylovOptions, flexible: boolean): Cycle {
  const n = A.rows
  const M = preconditioner ?? identityPreconditioner(n)
  const z = new Float64Array(n)
  const p = new Float64Array(n)
  const Ap = new Float64Array(n)
  return (r, d, target, budget, step) => {
    M.apply(r, z)
    p.set(z)
    let rz = dot(r, z)
    for (let k = 0; k < budget; k++) {
      if (!(rz > 0)) return rz <= 0 ? 'preconditioner not positive definite' : 'breakdown'
      A.apply(p, Ap)
      const curvature = dot(p, Ap)
      if (!(curvature > 0)) return curvature <= 0 ? 'not positive definite' : 'breakdown'
      const alpha = rz / curvature
      if (!Number.isFinite(alpha)) return 'breakdown'
      addScaled(d, alpha, p)
      addScaled(r, -alpha, Ap)
      const size = norm(r)
      step(size)
      if (size <= target) return 'reached'
      M.apply(r, z)
      const next = dot(r, z)
      // r₊ − r = −α·Ap
      const beta = flexible ? (-alpha * dot(z, Ap)) / rz : next / rz
      scaleAndAdd(p, beta, z)
      rz = next
    }
    return 'limit'
  }
}
