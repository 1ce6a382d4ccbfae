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
  const start = new Float64Array(2 * n)
  for (let m = 0; m < n; m++) {
    start[2 * m] = y0[m]
    start[2 * m + 1] = direction.y0[m]
  }
  const doubled = replay(both, start, solution, options)
  const count = solution.t.length
  const y = new Float64Array(count * n)
  const dy = new Float64Array(count * n)
  split(doubled.y, y, dy)
  const gradient = new Float64Array(count * n)
  const curvature = new Float64Array(count * n)
  loss.gradient(y, gradient)
  loss.hessianVector(y, dy, curvature)
  const cotangents = new Float64Array(2 * count * n)
  join(curvature, gradient, cotangents)
  const gradBoth = new Float64Array(2 * n)
  const product = { y0: new Float64Array(n), theta: new Float64Array(p) }
  adjoint(both, doubled, cotangents, gradBoth, product.theta)
  for (let m = 0; m < n; m++) product.y0[m] = gradBoth[2 * m]
  return product
}

/** first, second ← the two of [first₀, second₀, first₁, second₁ …]. */
function split(both: Float64Array, first: Float64Array, second: Float64Array): void {
  for (let m = 0; m < first.length; m++) {
    first[m] = both[2 * m]
    second[m] = both[2 * m + 1]
  }
}

/** The other way round. */
function join(first: Float64Array, second: Float64Array, both: Float64Array): void {
  for (let m = 0; m < first.length; m++) {
    both[2 * m] = first[m]
    both[2 * m + 1] = second[m]
  }
}

/**
 * (y, δy)' = (f, ∂f/∂y·δy + ∂f/∂θ·δθ), for a fixed δθ. The state is [y₁, δy₁, y₂, δy₂ …], so that positions stay before velocities.
 */
function withTangent(field: VectorField, dtheta: Float64Array): VectorField {
  const { vjp, jvp, jvpVjp } = field
  if (!vjp || !jvp || !jvpVjp || field.mass)
    throw new Error(
      'Hessian-vector products need field.vjp, field.jvp and field.jvpVjp (the vjp of the jvp), and no mass matrix',
    )
  const n = field.dimension
  const vector = () => new Float64Array(n)
  const [y, dy, slope, change, a, b, byY, byTangent] = [
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
  ]
  const unused = new Float64Array(field.parameterCount)
  return {
    dimension: 2 * n,
    parameterCount: field.parameterCount,
    parameters: field.parameters,
    parts: field.parts && {
      stiff: withTangent(field.parts.stiff, dtheta),
      nonstiff: withTangent(field.parts.nonstiff, dtheta),
    },
    evaluate(t, state, out) {
      split(state, y, dy)
      field.evaluate(t, y, slope)
      jvp.call(field, t, y, dy, dtheta, change)
      join(slope, change, out)
    },
    vjp(t, state, cotangent, gradState, gradTheta) {
      split(state, y, dy)
      split(cotangent, a, b)
      vjp.call(field, t, y, a, byY.fill(0), gradTheta)
      jvpVjp.call(field, t, y, dy, dtheta, b, byY, gradTheta)
      vjp.call(field, t, y, b, byTangent.fill(0), unused)
      for (let m = 0; m < n; m++) {
        gradState[2 * m] += byY[m]
        gradState[2 * m + 1] += byTangent[m]
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
