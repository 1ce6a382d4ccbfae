import type { ProgramImage } from '../compiler/image.ts'
import { createLossAndGradient, type GradientOptions, type StateLoss } from '../solvers/adjoint/index.ts'
import type { Failure, Solution, Times } from '../solvers/ode/index.ts'
import type { VectorField } from '../solvers/ode/vectorField.ts'
import { instantiateLoss } from './lossInstance.ts'
import { compiledLoss, type TrajectoryLoss } from './trajectoryLoss.ts'

export type { GradientOptions } from '../solvers/adjoint/index.ts'
export type { TrajectoryLoss } from './trajectoryLoss.ts'

/** A trajectory could not be computed to its end; `failure` says why, when, and what to try. */
export class IntegrationError extends Error {
  override readonly name = 'IntegrationError'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

export interface LossAndGradient {
  readonly loss: number
  readonly gradients: {
    /** ∂loss/∂y0, length n. */
    readonly initial: Float64Array
    /** ∂loss/∂θ, length p. */
    readonly parameters: Float64Array
  }
  readonly solution: Solution
}

/**
 * Integrates, evaluates the loss, and differentiates it with respect to the initial state and all parameters.
 *
 * @throws IntegrationError where the trajectory fails, RangeError where the loss is no scalar.
 * @example
 * const { loss, gradients } = lossAndGradient(field, y0, times, y => y.sub(data).square().mean(), { rtol: 1e-6 })
 */
export function lossAndGradient(
  field: VectorField,
  y0: Float64Array | readonly number[],
  times: Times,
  loss: TrajectoryLoss,
  options: GradientOptions = {},
): LossAndGradient {
  const gradTheta = (field.parameterGradient ?? new Float64Array(field.parameterCount)).fill(0)
  const evaluate = createLossAndGradient(field, options)
  const result = evaluate(y0, times, stateLoss(loss, field.dimension), gradTheta)
  if (!result.success) throw new IntegrationError(result.failure)
  return {
    loss: result.loss,
    gradients: { initial: result.gradY0, parameters: gradTheta.slice() },
    solution: result.solution,
  }
}

const instances = new WeakMap<ProgramImage, StateLoss>()

/** The loss as a function of states, of which the first call says how many there are. */
const stateLoss =
  (loss: TrajectoryLoss, n: number): StateLoss =>
  (y, gradient) => {
    const image = compiledLoss(loss, [y.length / n, n])
    let instance = instances.get(image)
    if (!instance) {
      instance = instantiateLoss(image).loss
      instances.set(image, instance)
    }
    return instance(y, gradient)
  }
