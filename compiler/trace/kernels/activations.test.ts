import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { grad } from '../derivatives.ts'

const activations: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  selu: tf.selu,
}

it.each(Object.keys(activations))("at a kink %s has the derivative that tfjs' tape takes", name => {
  const total = (x: tf.Tensor): tf.Tensor => activations[name](x).sum()
  const kinks = tf.tensor1d([0, -0, 6])
  const expected = tf.grad(total)(kinks).dataSync()
  grad(total)(kinks)
    .dataSync()
    .forEach((derivative, i) => {
      expect(derivative).toBeCloseTo(expected[i], 6)
    })
})
