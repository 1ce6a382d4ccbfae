import { factor, isFactored } from '../linear/direct/index.ts'
import { norm } from '../linear/krylov/vectors.ts'
import type { VectorField } from '../ode/vectorField.ts'
import { checkLength, type DifferentiableMap } from './differentiableMap.ts'
import { findRoot } from './findRoot.ts'
import type { ImplicitSolution } from './fixedPoint.ts'
import { implicitDerivatives, type LinearSystemOptions, stateJacobian } from './implicitDerivatives.ts'

export interface SteadyStateOptions {
  /** The time at which f is at rest, where it depends on time. Default 0. */
  readonly t?: number
  /** Of the last Newton steps: ‖step‖ ≤ atol + rtol·‖y‖. Default 1e-13. */
  readonly rtol?: number
  /** Default 1e-14. */
  readonly atol?: number
  /** Steps in pseudo-time. Default 500. */
  readonly maxIterations?: number
  /** The first step in time; default 1 % of ‖y₀‖/‖f(y₀)‖. */
  readonly firstStep?: number
  /** How the systems with ∂f/∂y of Newton's last steps and of the derivatives are solved. */
  readonly linear?: LinearSystemOptions
}

/**
 * y with f_θ(t, y) = 0 that a trajectory from y₀ comes to rest in: implicit Euler steps whose size grows as ‖f‖ falls (pseudo-transient
 * continuation: Kelley & Keyes, SIAM J. Numer. Anal. 35, 1998), then Newton's method. The derivatives are those of the steady
 * state, by one solve with ∂f/∂y: no trajectory is integrated, stored or differentiated, and how long it would take does not matter.
 *
 *     const { z, status, derivatives } = steadyState(field, y0)
 *     const { parameters: [gradient] } = derivatives.vjp(lossGradient) // by field.parameters
 *
 * A mass matrix is kept to on the way. A system that conserves something has a line of steady states, and no derivative: `derivatives`
 * then say 'singular'.
 *
 * @param y0 [n]; not changed
 * @returns z [n], with derivatives by field.parameters as they are now
 * @throws Error where the field has no vjp or jvp; RangeError where y0 does not fit. A failure is a status.
 */
export function steadyState(
  field: VectorField,
  y0: Float64Array,
  options: SteadyStateOptions = {},
): ImplicitSolution {
  const { t = 0, rtol = 1e-13, atol = 1e-14, maxIterations = 500, linear } = options
  const n = field.dimension
  checkLength('steadyState', 'y0', y0, n)
  const map = mapOf(field, t)
  const theta = [field.parameters.slice()]
  const y = y0.slice()
  const [f, trial, next] = Array.from({ length: 3 }, () => new Float64Array(n))
  const mass = identity(n)
  map.evaluate(y, f)
  let residual = norm(f)
  const first = residual
  let step = options.firstStep ?? (0.01 * (norm(y) + atol)) / Math.max(residual, Number.MIN_VALUE)
  let iterations = 0
  const end = (status: ImplicitSolution['status'], message: string): ImplicitSolution => ({
    z: y,
    status,
    message,
    iterations,
    residual,
    derivatives: implicitDerivatives(map, 0, y, theta, linear),
  })
  if (!Number.isFinite(residual)) return end('not finite', 'f is not finite at y0; start elsewhere')
  for (; iterations < maxIterations; iterations++) {
    // Near rest, and along no more of a transient than Newton's method may jump over.
    if (residual <= 1e-6 * first || residual === 0) {
      const root = findRoot(map, y, theta, { rtol, atol, linear })
      const moved = norm(root.z.map((value, i) => value - y[i]))
      if (root.status === 'converged' && moved <= 1e-2 * (norm(y) + 1e-3 * norm(y0)) + atol)
        return { ...root, iterations: iterations + root.iterations }
    }
    if (field.mass && !(field.massIsConstant && iterations > 0)) field.mass(t, y, mass)
    const J = stateJacobian(map, 0, y)
    let accepted = false
    let moved = 0
    for (let attempt = 0; attempt < 60 && !accepted; attempt++) {
      const factors = factor(
        mass.map((entry, k) => entry / step - J[k]),
        { structure: 'general' },
      )
      if (isFactored(factors)) {
        const change = factors.solve(f)
        for (let i = 0; i < n; i++) trial[i] = y[i] + change[i]
        map.evaluate(trial, next)
        moved = norm(change) / (norm(y) + atol)
        // A transient may raise ‖f‖, but not by much in one step.
        accepted = norm(next) <= 3 * residual
      }
      if (!accepted) step /= 4
    }
    if (!accepted)
      return end(
        'stagnated',
        `no step in time is small enough at ‖f‖ = ${residual.toExponential(1)}: f is not smooth there, or no number`,
      )
    y.set(trial)
    f.set(next)
    const before = residual
    residual = norm(f)
    // Switched evolution relaxation: the step grows as the residual falls; and while little changes, on a transient's slow way.
    const fall = before / Math.max(residual, Number.MIN_VALUE)
    step *= Math.min(10, Math.max(moved < 0.2 ? 1.5 : 0.5, fall))
  }
  return end(
    'iteration limit',
    `not at rest after ${iterations} steps: ‖f‖ = ${residual.toExponential(1)}, from ${first.toExponential(1)}; there may be no steady state (an oscillation, growth), or more iterations are needed`,
  )
}

function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) matrix[i * (n + 1)] = 1
  return matrix
}

/** f at a time, as a map of y and θ. */
function mapOf(field: VectorField, t: number): DifferentiableMap {
  if (!field.vjp || !field.jvp) throw new Error('steadyState: the field must have vjp and jvp')
  const [n, p] = [field.dimension, field.parameterCount]
  const [noState, noTheta] = [new Float64Array(n), new Float64Array(p)]
  const [otherState, otherTheta] = [new Float64Array(n), new Float64Array(p)]
  return {
    size: n,
    parameterSizes: [p],
    setParameters: ([theta]) => field.parameters.set(theta),
    evaluate: (y, out) => field.evaluate(t, y, out),
    jvp: (y, dy, out) => field.jvp!(t, y, dy, noTheta, out),
    jvpParameters: (y, [dtheta], out) => field.jvp!(t, y, noState, dtheta, out),
    vjp: (y, lambda, out) => field.vjp!(t, y, lambda, out.fill(0), otherTheta.fill(0)),
    vjpParameters: (y, lambda, [out]) => field.vjp!(t, y, lambda, otherState.fill(0), out.fill(0)),
    jacobian: field.jacobian && ((y, out) => field.jacobian!(t, y, out)),
    vjpTangent:
      field.jvpVjp &&
      ((y, lambda, dy, [dtheta], out, [outTheta]) =>
        field.jvpVjp!(t, y, dy, dtheta, lambda, out.fill(0), outTheta.fill(0))),
  }
}
