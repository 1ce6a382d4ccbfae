import { addScaled, norm } from '../linear/krylov/vectors.ts'
import { checkPoint, type DifferentiableMap } from './differentiableMap.ts'
import type { ImplicitSolution } from './fixedPoint.ts'
import { implicitDerivatives, type LinearSystemOptions, stateSolver } from './implicitDerivatives.ts'

export interface RootOptions {
  /** ‖Newton's step‖ ≤ atol + rtol·‖z‖, or f(z) = 0. Default 1e-13. */
  readonly rtol?: number
  /** Default 1e-14. */
  readonly atol?: number
  /** Newton's steps. Default 100. */
  readonly maxIterations?: number
  /** How the systems with ∂f/∂z are solved, those of Newton's steps and of the derivatives. */
  readonly linear?: LinearSystemOptions
}

/**
 * z with f(z, θ) = 0 by Newton's method; each step is halved until ‖f‖ has fallen (Armijo's condition on ½‖f‖²; Dennis & Schnabel,
 * Numerical Methods for Unconstrained Optimization and Nonlinear Equations, 1996, A6.3.1). The gradient takes one transposed
 * solve.
 *
 *     const f = compileMap((z, a) => tf.sub(tf.mul(z, z), a), [{ name: 'z', shape: [1] }, { name: 'a', shape: [1] }])
 *     const { z, derivatives } = findRoot(f, new Float64Array([1]), [new Float64Array([2])])
 *     z[0] // √2
 *     derivatives.vjp(new Float64Array([1])).parameters[0][0] // 1/(2√2)
 *
 * @param z0 [n] where the iteration starts; not changed
 * @throws RangeError where sizes do not fit. A failure of the iteration is a status.
 */
export function findRoot(
  map: DifferentiableMap,
  z0: Float64Array,
  theta: readonly Float64Array[] = [],
  options: RootOptions = {},
): ImplicitSolution {
  const { rtol = 1e-13, atol = 1e-14, maxIterations = 100, linear = {} } = options
  checkPoint('findRoot', map, z0, theta)
  const n = map.size
  const z = z0.slice()
  const [value, trial, trialValue] = Array.from({ length: 3 }, () => new Float64Array(n))
  map.setParameters(theta)
  map.evaluate(z, value)
  let residual = norm(value)
  let iterations = 0
  const end = (status: ImplicitSolution['status'], message: string): ImplicitSolution => ({
    z,
    status,
    message,
    iterations,
    residual,
    derivatives: implicitDerivatives(map, 0, z, theta, linear),
  })
  const size = () => `‖f(z)‖ = ${residual.toExponential(1)}`
  if (!Number.isFinite(residual)) return end('not finite', 'f is not finite at z0; start elsewhere')
  while (iterations < maxIterations) {
    if (residual === 0) return end('converged', 'converged: f(z) = 0')
    const { x: step, status, message } = stateSolver(map, 0, z, linear).solve(value.map(entry => -entry))
    if (status !== 'converged') return end('singular', `no Newton step at ${size()}: ${message}`)
    iterations++
    const small = norm(step) <= atol + rtol * norm(z)
    let fraction = 1
    let fallen = false
    for (let halvings = 0; halvings < 40; halvings++) {
      trial.set(z)
      addScaled(trial, fraction, step)
      map.evaluate(trial, trialValue)
      const next = norm(trialValue)
      fallen = next <= (1 - 1e-4 * fraction) * residual
      if (fallen) {
        z.set(trial)
        value.set(trialValue)
        residual = next
        break
      }
      // At the root rounding lets ‖f‖ fall no further, and a step as small as that is its error.
      if (small) break
      fraction /= 2
    }
    if (small) return end('converged', `converged: ${size()}`)
    if (!fallen) {
      if (norm(step) <= 1e-7 * (norm(z) + atol)) return end('converged', `converged to rounding: ${size()}`)
      return end(
        'stagnated',
        `${size()} does not fall along Newton's direction: a local minimum of ‖f‖; start elsewhere`,
      )
    }
  }
  return end('iteration limit', `not converged: ${size()}; more iterations or another z0 may help`)
}
