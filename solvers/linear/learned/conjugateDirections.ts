import type { CsrMatrix } from '../csr.ts'
import { type Cycle, solveByCycles } from '../krylov/cycles.ts'
import type { KrylovOptions, KrylovResult } from '../krylov/result.ts'
import { addScaled, dot, norm } from '../krylov/vectors.ts'
import type { LinearOperator } from '../operator.ts'
import { identityPreconditioner } from '../preconditioners/index.ts'

export interface ConjugateDirectionsOptions extends KrylovOptions {
  /** direction ← a search direction for the residual r, of norm 1; any vector will do. */
  readonly propose: (r: Float64Array, direction: Float64Array) => void
  /** How many former directions a new one is made conjugate to. Default 20. */
  readonly memory?: number
}

/**
 * x with A·x = b for a symmetric positive definite A, along directions that someone proposes, such as a network. In each
 * iteration the proposal and the preconditioned residual M⁻¹r are made A-orthogonal to the directions before, and to each
 * other, and an exact line search follows along both, α = (r·d)/(d·Ad): so the energy error never grows, and falls at least as
 * in steepest descent however bad the proposal. An iteration has two products with A.
 *
 * @throws RangeError where the sizes do not fit. A failure of the method is a status.
 */
export const conjugateDirections = (
  A: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: ConjugateDirectionsOptions,
): KrylovResult =>
  solveByCycles(
    { name: 'conjugateDirections', symmetric: true, cycle: A => cycle(A, options) },
    A,
    b,
    options,
  )

function cycle(
  A: LinearOperator,
  { propose, preconditioner, memory = 20 }: ConjugateDirectionsOptions,
): Cycle {
  const n = A.rows
  const M = preconditioner ?? identityPreconditioner(n)
  const vectors = () => Array.from({ length: Math.max(2, memory) }, () => new Float64Array(n))
  const [directions, products] = [vectors(), vectors()]
  const curvatures = new Float64Array(directions.length)
  const candidate = new Float64Array(n)
  return (r, d, target, budget, step) => {
    let count = 0

    /** A line search along the candidate, made conjugate to the last directions; false where nothing is left of it. */
    function search(): boolean {
      const before = norm(candidate)
      if (!(before > 0 && before < Number.POSITIVE_INFINITY)) return false
      const from = Math.max(0, count - directions.length + 1)
      for (let k = from; k < count; k++) {
        const slot = k % directions.length
        addScaled(candidate, -dot(candidate, products[slot]) / curvatures[slot], directions[slot])
      }
      const size = norm(candidate)
      if (!(size > 1e-12 * before)) return false
      const slot = count % directions.length
      const [p, Ap] = [directions[slot], products[slot]]
      for (let i = 0; i < n; i++) p[i] = candidate[i] / size
      A.apply(p, Ap)
      curvatures[slot] = dot(p, Ap)
      if (!(curvatures[slot] > 0)) return false
      const alpha = dot(r, p) / curvatures[slot]
      addScaled(d, alpha, p)
      addScaled(r, -alpha, Ap)
      count++
      return true
    }

    for (let k = 0; k < budget; k++) {
      const size = norm(r)
      for (let i = 0; i < n; i++) candidate[i] = r[i] / size
      // The proposal reads the normalised residual from d's place in the next slot, which is free until `search`.
      const normalised = products[count % directions.length]
      normalised.set(candidate)
      propose(normalised, candidate)
      search()
      M.apply(r, candidate)
      if (!search()) return curvatures[count % directions.length] <= 0 ? 'not positive definite' : 'breakdown'
      const left = norm(r)
      step(left)
      if (left <= target) return 'reached'
    }
    return 'limit'
  }
}
