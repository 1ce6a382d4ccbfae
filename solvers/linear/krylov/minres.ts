import type { CsrMatrix } from '../csr.ts'
import type { LinearOperator } from '../operator.ts'
import { identityPreconditioner } from '../preconditioners/preconditioner.ts'
import { type Cycle, solveByCycles } from './cycles.ts'
import type { KrylovOptions, KrylovResult } from './result.ts'
import { addScaled, dot, norm } from './vectors.ts'

/**
 * x with A·x = b for a symmetric A that need not be definite, by MINRES: Lanczos vectors, and the smallest residual over
 * their span (Paige & Saunders, SIAM J. Numer. Anal. 12, 1975). The preconditioner must be symmetric positive definite;
 * what is smallest is then the residual's M⁻¹-norm.
 *
 *     const { x, status } = minres(saddlePoint, b, { rtol: 1e-8 })
 *
 * @param A n×n
 * @param b [n]; not changed
 * @throws RangeError where the sizes do not fit. A failure of the method is a status.
 */
export const minres = (
  A: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: KrylovOptions = {},
): KrylovResult => solveByCycles({ name: 'minres', symmetric: true, cycle }, A, b, options)

function cycle(A: LinearOperator, { preconditioner }: KrylovOptions): Cycle {
  const n = A.rows
  const M = preconditioner ?? identityPreconditioner(n)
  const [former, current, next, z, Az] = Array.from({ length: 5 }, () => new Float64Array(n))
  const directions = Array.from({ length: 3 }, () => new Float64Array(n))
  return (r, d, target, budget, step) => {
    // u_k = β_k·M·v_k are the Lanczos vectors, z_k = M⁻¹u_k: v_k = z_k/β_k.
    let [u0, u1, u2] = [former, current, next]
    let [w0, w1, w2] = directions
    u0.fill(0)
    w1.fill(0)
    w2.fill(0)
    u1.set(r)
    M.apply(u1, z)
    const square = dot(u1, z)
    if (!(square > 0)) return square <= 0 ? 'preconditioner not positive definite' : 'breakdown'
    let beta = Math.sqrt(square)
    let formerBeta = 0
    let phi = beta
    let [cosine, sine, formerCosine, formerSine] = [1, 0, 1, 0]
    for (let k = 0; k < budget; k++) {
      for (let i = 0; i < n; i++) z[i] /= beta
      A.apply(z, Az)
      const alpha = dot(z, Az)
      const formerRatio = k === 0 ? 0 : beta / formerBeta
      for (let i = 0; i < n; i++) {
        u2[i] = Az[i] - (alpha / beta) * u1[i] - formerRatio * u0[i]
      }
      // The last column of the tridiagonal matrix, (…, β, α, β₊), under the two former rotations and a new one.
      const above = k === 0 ? 0 : beta
      const rotated = formerCosine * above
      const epsilon = formerSine * above
      const delta = cosine * rotated + sine * alpha
      const gammaBar = -sine * rotated + cosine * alpha
      // z holds v_k, of which w_k is made, before it is overwritten by M⁻¹u_{k+1}.
      ;[w0, w1, w2] = [w1, w2, w0]
      for (let i = 0; i < n; i++) w2[i] = z[i] - epsilon * w0[i] - delta * w1[i]
      M.apply(u2, z)
      const nextSquare = dot(u2, z)
      if (!(nextSquare >= 0)) return nextSquare < 0 ? 'preconditioner not positive definite' : 'breakdown'
      const nextBeta = Math.sqrt(nextSquare)
      const gamma = Math.sqrt(gammaBar * gammaBar + nextSquare)
      if (!(gamma > 0)) return 'breakdown'
      formerCosine = cosine
      formerSine = sine
      cosine = gammaBar / gamma
      sine = nextBeta / gamma
      const tau = cosine * phi
      if (!Number.isFinite(tau)) return 'breakdown'
      for (let i = 0; i < n; i++) w2[i] /= gamma
      addScaled(d, tau, w2)
      // r_k = s²·r_{k−1} − φ_{k−1}·s·c·M·v_{k+1}: the residual itself, whatever the preconditioner's norm.
      const along = nextBeta > 0 ? (-phi * sine * cosine) / nextBeta : 0
      for (let i = 0; i < n; i++) r[i] = sine * sine * r[i] + along * u2[i]
      phi *= -sine
      const size = norm(r)
      step(size)
      if (size <= target || nextBeta === 0) return 'reached'
      formerBeta = beta
      beta = nextBeta
      ;[u0, u1, u2] = [u1, u2, u0]
    }
    return 'limit'
  }
}
