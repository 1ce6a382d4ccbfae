import { addScaled, dot, norm } from '../linear/krylov/vectors.ts'
import { checkPoint, type DifferentiableMap } from './differentiableMap.ts'
import {
  type ImplicitDerivatives,
  implicitDerivatives,
  type LinearSystemOptions,
} from './implicitDerivatives.ts'

export interface FixedPointOptions {
  /** ‖f(z) − z‖ ≤ atol + rtol·‖z‖. Default 1e-12. */
  readonly rtol?: number
  /** Default 1e-14. */
  readonly atol?: number
  /** Evaluations of f. Default 1000. */
  readonly maxIterations?: number
  /** m: how many differences are combined; 0 is Picard's iteration z ← f(z). Default 5. */
  readonly depth?: number
  /** How the systems with ∂f/∂z − 1 of the derivatives are solved. */
  readonly linear?: LinearSystemOptions
}

export interface ImplicitSolution {
  /** [n] the best found, also where it is not converged. */
  readonly z: Float64Array
  readonly status: 'converged' | 'iteration limit' | 'stagnated' | 'singular' | 'not finite'
  /** What happened, and what may help. */
  readonly message: string
  readonly iterations: number
  /** ‖f(z) − z‖ of a fixed point, ‖f(z)‖ of a root, at the z that is returned. */
  readonly residual: number
  /** Of z by θ, at the z that is returned: exact where it is converged. */
  readonly derivatives: ImplicitDerivatives
}

/** A difference of residuals whose part outside the span of the newer ones is smaller than this tells nothing. */
const dependent = 1e-8

/**
 * z with z = f(z, θ): a deep equilibrium layer (Bai, Kolter & Koltun, NeurIPS 2019), found by Anderson acceleration (Walker & Ni,
 * SIAM J. Numer. Anal. 49, 2011). No iterate is kept for the gradient: it is that of the fixed point itself, by one solve.
 *
 *     const f = compileMap((z, W, x) => tf.tanh(tf.add(tf.dot(W, z), x)), [
 *       { name: 'z', shape: [3] }, { name: 'W', shape: [3, 3] }, { name: 'x', shape: [3] },
 *     ])
 *     const { z, status, derivatives } = fixedPoint(f, new Float64Array(3), [W, x])
 *     const { parameters: [gradientW, gradientX] } = derivatives.vjp(gradientZ)
 *
 * @param z0 [n] where the iteration starts; not changed
 * @throws RangeError where sizes do not fit. A failure of the iteration is a status.
 */
export function fixedPoint(
  map: DifferentiableMap,
  z0: Float64Array,
  theta: readonly Float64Array[] = [],
  options: FixedPointOptions = {},
): ImplicitSolution {
  const { rtol = 1e-12, atol = 1e-14, maxIterations = 1000, depth = 5 } = options
  checkPoint('fixedPoint', map, z0, theta)
  if (!(Number.isInteger(depth) && depth >= 0)) {
    throw new RangeError(`fixedPoint: depth must be a whole number from 0, not ${depth}`)
  }
  const n = map.size
  const z = z0.slice()
  const r = new Float64Array(n)
  const [previousZ, previousR, best] = Array.from({ length: 3 }, () => new Float64Array(n))
  const history = differences(n, Math.min(depth, n))
  let [residual, iterations, sinceBest, shorter] = [Number.POSITIVE_INFINITY, 0, 0, 0]
  let status: ImplicitSolution['status'] = 'iteration limit'
  map.setParameters(theta)
  while (iterations < maxIterations) {
    map.evaluate(z, r)
    iterations++
    for (let i = 0; i < n; i++) r[i] -= z[i]
    const size = norm(r)
    if (size < residual) {
      residual = size
      best.set(z)
      sinceBest = 0
    } else sinceBest++
    if (size <= atol + rtol * norm(z)) {
      status = 'converged'
      break
    }
    // Beyond where f is defined, or far worse than before: halfway back to the best, without what was learned outside.
    if (!(size < 1e8 * residual)) {
      if (++shorter > 30 || residual === Number.POSITIVE_INFINITY) {
        status = 'not finite'
        break
      }
      for (let i = 0; i < n; i++) z[i] = (Number.isFinite(z[i]) ? z[i] : best[i]) / 2 + best[i] / 2
      history.clear()
      continue
    }
    if (sinceBest > 20 + 10 * depth && residual <= 1e-6 * (1 + norm(z))) {
      status = 'stagnated'
      break
    }
    if (iterations > 1 && sinceBest > 0 && sinceBest % (5 + 2 * depth) === 0) history.clear()
    else if (iterations > 1) history.add(z, previousZ, r, previousR)
    previousZ.set(z)
    previousR.set(r)
    history.step(z, r)
  }
  const derivatives = implicitDerivatives(map, 1, best, theta, options.linear)
  return { z: best, status, message: message(status, residual), iterations, residual, derivatives }
}

function message(status: ImplicitSolution['status'], residual: number): string {
  const size = `‖f(z) − z‖ = ${residual.toExponential(1)}`
  if (status === 'converged') return `converged: ${size}`
  if (status === 'not finite')
    return `f is not finite near where the iteration goes; start elsewhere, or bound f (best: ${size})`
  if (status === 'stagnated')
    return `the residual no longer falls: rounding in f allows no more than ${size}; ask for less by rtol`
  return `not converged: ${size}; more iterations, a greater depth, another z0, or findRoot on f(z) − z may help`
}

/** The last `depth` differences of z and of r = f(z) − z, the newest last. */
function differences(n: number, depth: number) {
  const kept: { z: Float64Array; r: Float64Array }[] = []
  return {
    clear: (): void => {
      kept.length = 0
    },
    add(z: Float64Array, previousZ: Float64Array, r: Float64Array, previousR: Float64Array): void {
      if (depth === 0) return
      const oldest = kept.length === depth ? kept.shift() : undefined
      const entry = oldest ?? { z: new Float64Array(n), r: new Float64Array(n) }
      for (let i = 0; i < n; i++) {
        entry.z[i] = z[i] - previousZ[i]
        entry.r[i] = r[i] - previousR[i]
      }
      kept.push(entry)
    },
    /** z ← z + r − Σ γⱼ(Δzⱼ + Δrⱼ), γ = argmin ‖r − Σ γⱼΔrⱼ‖; r is overwritten. Newer differences come first in the basis. */
    step(z: Float64Array, r: Float64Array): void {
      const basis: { q: Float64Array; direction: Float64Array }[] = []
      for (const { z: dz, r: dr } of kept.toReversed()) {
        // q and its preimage Δz + Δr are transformed alike, so that γ needs no triangular system.
        const q = dr.slice()
        const direction = dz.map((value, i) => value + dr[i])
        const before = norm(q)
        for (const other of basis) {
          const share = dot(q, other.q)
          addScaled(q, -share, other.q)
          addScaled(direction, -share, other.direction)
        }
        const remainder = norm(q)
        if (!(remainder > dependent * before)) continue
        for (let i = 0; i < n; i++) {
          q[i] /= remainder
          direction[i] /= remainder
        }
        basis.push({ q, direction })
      }
      addScaled(z, 1, r)
      for (const { q, direction } of basis) {
        const share = dot(r, q)
        addScaled(r, -share, q)
        addScaled(z, -share, direction)
      }
    },
  }
}
