import {
  createIntegrator,
  type Failure,
  type IntegratorOptions,
  type Solution,
  type Times,
  type VectorField,
} from '../ode/index.ts'
import { type ContinuousAdjoint, continuousAdjoint } from './continuousAdjoint.ts'
import { adjoint } from './discreteAdjoint.ts'

/** A scalar of the saved states y (row-major T×n); ∂loss/∂y is to be written to `gradient` (T×n, zeros at first). */
export type StateLoss = (y: Float64Array, gradient: Float64Array) => number

export type LossAndGradient =
  | {
      readonly success: true
      readonly loss: number
      /** ∂loss/∂y0, n. */
      readonly gradY0: Float64Array
      /** ∂loss/∂θ, p. */
      readonly gradTheta: Float64Array
      readonly solution: Solution
    }
  | {
      /** The solve failed, or the loss of a solution is not finite. */
      readonly success: false
      readonly failure: Failure
      readonly solution: Solution
    }

export interface GradientOptions extends IntegratorOptions {
  /**
   * Default 'discrete': exact for the numbers that were computed, and the fastest. The others solve the adjoint of the flow
   * (`continuousAdjoint`), to the tolerance; 'backsolve' is wrong for dissipative systems.
   */
  adjoint?: 'discrete' | ContinuousAdjoint
}

/**
 * Loss and gradient for many initial states and windows, as training needs them: one integrator whose memory is used
 * again by each call, and `gradTheta` (p), if given, is added to, so that a batch sums up in place.
 */
export function createLossAndGradient(
  field: VectorField,
  options: GradientOptions = {},
): (y0: ArrayLike<number>, times: Times, loss: StateLoss, gradTheta?: Float64Array) => LossAndGradient {
  if (!field.vjp) throw new Error('lossAndGradient needs field.vjp, which this vector field does not have')
  const { adjoint: kind = 'discrete', ...integration } = options
  const integrator = createIntegrator(field, integration)
  if (options.keepSteps === false)
    throw new Error('lossAndGradient needs the steps: leave out keepSteps: false')
  let cotangents = new Float64Array(0)
  return (y0, times, loss, gradTheta = new Float64Array(field.parameterCount)) => {
    const solution = integrator.integrate(y0, times)
    if (solution.failure) return { success: false, failure: solution.failure, solution }
    if (cotangents.length < solution.y.length) cotangents = new Float64Array(solution.y.length)
    const gradient = cotangents.subarray(0, solution.y.length).fill(0)
    const value = loss(solution.y, gradient)
    if (!Number.isFinite(value) || !gradient.every(Number.isFinite)) {
      const failure: Failure = {
        reason: 'non-finite',
        t: solution.t[solution.t.length - 1],
        message:
          `the loss is ${value}${Number.isFinite(value) ? ', but its gradient is not finite' : ''}, though the ` +
          'trajectory is finite: look at the loss (a division by zero, a logarithm or root, an overflow)',
      }
      return { success: false, failure, solution }
    }
    const gradY0 = new Float64Array(field.dimension)
    if (kind === 'discrete') adjoint(field, solution, gradient, gradY0, gradTheta)
    else {
      const failure = continuousAdjoint(kind, field, solution, gradient, gradY0, gradTheta, integration)
      if (failure) return { success: false, failure, solution }
    }
    return { success: true, loss: value, gradY0, gradTheta, solution }
  }
}

/**
 * The loss of one trajectory and its gradient: exact, by the discrete adjoint, unless another is asked for.
 *
 *     const result = lossAndGradient(field, [1, 0], [0, 1, 2], (y, gradient) => {
 *       gradient[4] = y[4] // of y[4]²/2, the first component at the last of three times
 *       return y[4] ** 2 / 2
 *     })
 *     if (result.success) step(result.gradTheta)
 *
 * @throws RangeError where an argument is not what it must be.
 */
export const lossAndGradient = (
  field: VectorField,
  y0: ArrayLike<number>,
  times: Times,
  loss: StateLoss,
  options: GradientOptions = {},
): LossAndGradient => createLossAndGradient(field, options)(y0, times, loss)
