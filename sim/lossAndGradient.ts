import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { vjp } from '../compiler/differentiate/index.ts'
import { reshape, scalar } from '../compiler/primitives.ts'
import { compile } from '../compiler/program.ts'
import { trace } from '../compiler/trace/index.ts'
import { createLossAndGradient } from '../solvers/adjoint/index.ts'
import type { Failure, IntegratorOptions, Solution, Times } from '../solvers/ode/index.ts'
import type { VectorField } from '../solvers/ode/vectorField.ts'

/**
 * A loss of the saved states y [T, n], written in TensorFlow.js: a scalar. It is compiled once for each T as long as the
 * function lives; what else it reads is a constant from then on.
 */
export type TrajectoryLoss = (y: Tensor2D) => Tensor

export interface GradientOptions extends IntegratorOptions {
  /** 'discrete': the exact derivative of the numbers that the integrator computed, with its accepted steps frozen. */
  readonly adjoint?: 'discrete'
}

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
  const { adjoint: _, ...ode } = options
  const gradTheta = (field.parameterGradient ?? new Float64Array(field.parameterCount)).fill(0)
  const evaluate = createLossAndGradient(field, ode)
  const result = evaluate(y0, times, compiledLoss(loss, field.dimension), gradTheta)
  if (!result.success) throw new IntegrationError(result.failure)
  return {
    loss: result.loss,
    gradients: { initial: result.gradY0, parameters: gradTheta.slice() },
    solution: result.solution,
  }
}

type PlainLoss = (y: Float64Array, gradient: Float64Array) => number

const compiledLosses = new WeakMap<TrajectoryLoss, Map<string, PlainLoss>>()

/** The loss and its gradient as a program for each number of saved times, kept as long as the function lives. */
function compiledLoss(loss: TrajectoryLoss, n: number): PlainLoss {
  return (y, gradient) => {
    const key = `${y.length / n}x${n}`
    let ofShape = compiledLosses.get(loss)
    if (!ofShape) {
      ofShape = new Map()
      compiledLosses.set(loss, ofShape)
    }
    let compiled = ofShape.get(key)
    if (!compiled) {
      compiled = compileLoss(loss, [y.length / n, n])
      ofShape.set(key, compiled)
    }
    return compiled(y, gradient)
  }
}

function compileLoss(loss: TrajectoryLoss, shape: [number, number]): PlainLoss {
  const graph = trace((y: Tensor) => loss(y as Tensor2D), [{ name: 'y', shape }])
  const [value] = graph.outputs
  if (value.shape.some(extent => extent !== 1)) {
    throw new RangeError(`the loss must be a scalar, not of shape [${value.shape}]`)
  }
  if (graph.variables.length > 0) {
    throw new RangeError(
      `the loss reads the variable ${graph.variables[0].name}: only the vector field may be learned`,
    )
  }
  const [gradient] = vjp([value], [ones(value.shape)], [graph.inputs[0]])
  const { run } = compile({ run: { inputs: graph.inputs, outputs: gradient ? [value, gradient] : [value] } })
  return (y, gradientOut) => {
    run.inputs[0].set(y)
    run.run()
    if (run.outputs.length > 1) gradientOut.set(run.outputs[1])
    else gradientOut.fill(0)
    return run.outputs[0][0]
  }
}

const ones = (shape: readonly number[]) => reshape(scalar(1), shape)
