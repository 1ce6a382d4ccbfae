import * as tf from '@tensorflow/tfjs-core'
import { exp, log } from '../../kernels/elementary/numbers.ts'
import type { ParameterSpec } from '../../models/parameters.ts'

/**
 * An unknown physical parameter. What is learned is an unbounded number u: the parameter itself, its logarithm where it is
 * positive, or its logit between two bounds.
 */
export interface LearnedScalar {
  readonly name: string
  readonly spec: ParameterSpec
  /** The parameter's value for u, in the scene's units. */
  value(u: number): number
  /** The same in the model. */
  tensor(u: tf.Tensor): tf.Tensor
}

export interface Bounds {
  readonly min?: number
  readonly max?: number
  readonly positive?: boolean
}

/** @throws RangeError where the start lies outside the bounds. */
export function learnedScalar(name: string, start: number, bounds: Bounds = {}): LearnedScalar {
  const spec = (u: number): ParameterSpec => ({ name, shape: [], initial: Float64Array.of(u) })
  const { max } = bounds
  const min = bounds.positive ? Math.max(0, bounds.min ?? 0) : bounds.min
  if (min !== undefined && max !== undefined) {
    if (!(start > min && start < max)) throw outside(name, start, `between ${min} and ${max}`)
    const width = max - min
    return {
      name,
      spec: spec(log((start - min) / (max - start))),
      value: u => min + width / (1 + exp(-u)),
      tensor: u => tf.add(min, tf.mul(width, tf.sigmoid(u))),
    }
  }
  const bound = min ?? max
  if (bound !== undefined) {
    const side = max !== undefined ? -1 : 1
    if (!(side * (start - bound) > 0))
      throw outside(name, start, `${side > 0 ? 'greater' : 'less'} than ${bound}`)
    return {
      name,
      spec: spec(log(side * (start - bound))),
      value: u => bound + side * exp(u),
      tensor: u => tf.add(bound, tf.mul(side, tf.exp(u))),
    }
  }
  return { name, spec: spec(start), value: u => u, tensor: u => u }
}

const outside = (name: string, start: number, wanted: string) =>
  new RangeError(`learn.parameters.${name}: the start, ${start}, must be ${wanted}`)
