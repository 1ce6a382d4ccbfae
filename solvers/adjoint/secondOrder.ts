import { type IntegratorOptions, odeint, type Solution, type Times, type VectorField } from '../ode/index.ts'
import { replay } from '../ode/replay.ts'
import { checkLength } from './checkLength.ts'
import { adjoint } from './discreteAdjoint.ts'
import { tangent } from './tangent.ts'

/** A direction in which y0 and θ move. */
export interface Direction {
  /** n. */
  readonly y0: Float64Array
  /** p. */
  readonly theta: Float64Array
}

/** First and second derivatives of a loss by the saved states y (row-major T×n); both arrays are zeros at first. */
export interface SmoothLoss {
  gradient(y: Float64Array, out: Float64Array): void
  /** out ← ∂²loss/∂y²·tangent. */
  hessianVector(y: Float64Array, tangent: Float64Array, out: Float64Array): void
}

/**
 * The product of the Hessian of a loss with a direction, exact to rounding for the numbers that were computed: the discrete
 * adjoint of (y, δy), where δy' = ∂f/∂y·δy + ∂f/∂θ·δθ is integrated beside y with the same steps. (A Runge–Kutta method applied
 * to both is the tangent of the method; so are the other families.)
 *
 * @throws Error where the field lacks `vjp`, `jvp` or `jvpVjp`, or the solve fails.
 */
export function hessianVector(
  field: VectorField,
  y0: ArrayLike<number>,
  times: Times,
  loss: SmoothLoss,
  direction: Direction,
  options: IntegratorOptions = {},
): Direction {
  const n = field.dimension
  const p = field.parameterCount
  checkLength('direction.y0', direction.y0, n)
  checkLength('direction.theta', direction.theta, p)
  const both = withTangent(field, direction.theta)
  const solution = odeint(field, y0, times, options)
  if (solution.failure) throw new Error(solution.failure.message)
  const doubled = replay(both, [...Array.from(y0), ...direction.y0], solution, options)
  const count = solution.t.length
  const y = new Float64Array(count * n)
  const dy = new Float64Array(count * n)
  for (let i = 0; i < count; i++)
    for (let m = 0; m < n; m++) {
      y[i * n + m] = doubled.y[2 * i * n + m]
      dy[i * n + m] = doubled.y[(2 * i + 1) * n + m]
    }
  const gradient = new Float64Array(count * n)
  const curvature = new Float64Array(count * n)
  loss.gradient(y, gradient)
  loss.hessianVector(y, dy, curvature)
  const cotangents = new Float64Array(2 * count * n)
  for (let i = 0; i < count; i++)
    for (let m = 0; m < n; m++) {
      cotangents[2 * i * n + m] = curvature[i * n + m]
      cotangents[(2 * i + 1) * n + m] = gradient[i * n + m]
    }
  const gradBoth = new Float64Array(2 * n)
  const theta = new Float64Array(p)
  adjoint(both, doubled, cotangents, gradBoth, theta)
  return { y0: gradBoth.slice(0, n), theta }
}

/** (y, δy)' = (f, ∂f/∂y·δy + ∂f/∂θ·δθ), for a fixed δθ. */
function withTangent(field: VectorField, dtheta: Float64Array): VectorField {
  const { vjp, jvp, jvpVjp } = field
  if (!vjp || !jvp || !jvpVjp || field.mass)
    throw new Error(
      'Hessian-vector products need field.vjp, field.jvp and field.jvpVjp (the vjp of the jvp), and no mass matrix',
    )
  const n = field.dimension
  const vector = () => new Float64Array(n)
  const [y, dy, slope, a, b, byY, byTangent] = [
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
  ]
  const unused = new Float64Array(field.parameterCount)
  const split = (state: Float64Array, first: Float64Array, second: Float64Array) => {
    for (let m = 0; m < n; m++) {
      first[m] = state[m]
      second[m] = state[n + m]
    }
  }
  return {
    dimension: 2 * n,
    parameterCount: field.parameterCount,
    parameters: field.parameters,
    evaluate(t, state, out) {
      split(state, y, dy)
      field.evaluate(t, y, slope)
      out.set(slope)
      jvp.call(field, t, y, dy, dtheta, slope)
      out.set(slope, n)
    },
    vjp(t, state, cotangent, gradState, gradTheta) {
      split(state, y, dy)
      split(cotangent, a, b)
      vjp.call(field, t, y, a, byY.fill(0), gradTheta)
      jvpVjp.call(field, t, y, dy, dtheta, b, byY, gradTheta)
      vjp.call(field, t, y, b, byTangent.fill(0), unused)
      for (let m = 0; m < n; m++) {
        gradState[m] += byY[m]
        gradState[n + m] += byTangent[m]
      }
    },
  }
}

/**
 * The Gauss–Newton product Jᵀ·W·J·direction, J = ∂(saved states)/∂(y0, θ), for Levenberg–Marquardt: `weigh` overwrites
 * δy (row-major T×n) by W·δy, W the Hessian of the loss by the states (default: the identity).
 */
export function gaussNewtonVector(
  field: VectorField,
  solution: Solution,
  direction: Direction,
  weigh: (dy: Float64Array) => void = () => {},
): Direction {
  const dy = tangent(field, solution, direction.y0, direction.theta)
  weigh(dy)
  const product = { y0: new Float64Array(field.dimension), theta: new Float64Array(field.parameterCount) }
  adjoint(field, solution, dy, product.y0, product.theta)
  return product
}
