import * as tf from '@tensorflow/tfjs-core'
import { complexStep } from '../../compiler/testing/complexStep.ts'
import { trace } from '../../compiler/trace/index.ts'
import type { Learned } from '../parameters.ts'

/** What is learned at its initial values; to be called within a trace. */
export const initially = <X extends unknown[], Y>(learned: Learned<X, Y>, ...x: X): Y =>
  learned.apply(
    learned.parameters.map(({ shape, initial }) => tf.tensor(Array.from(initial), [...shape])),
    ...x,
  )

/** df/dt of a function of y where y moves at `rates`: complex step. */
export function rateOf(
  f: (y: tf.Tensor1D) => tf.Tensor,
  y: ArrayLike<number>,
  rates: ArrayLike<number>,
): Float64Array {
  const graph = trace((state: tf.Tensor) => f(state as tf.Tensor1D), [{ name: 'y', shape: [y.length] }])
  return complexStep(graph, [Float64Array.from(y)], [Float64Array.from(rates)])[0]
}
