import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { grad } from '../derivatives.ts'
import { expectAgreement, runTraced, samples } from '../testing/agreement.ts'

describe('order agrees with tfjs', () => {
  it.each([1, 3, 5])('topk, k = %d', k => {
    const both = (x: tf.Tensor) => Object.values(tf.topk(x, k)) as tf.Tensor[]
    expectAgreement(both, samples([[2, 3, 5]]))
    expectAgreement(x => both(tf.round(x)), samples([[4, 5]])) // with ties
    expectAgreement(both, [tf.tensor1d([0, -Infinity, Infinity, 3, 3])])
  })
  it('the derivative of the sum of the greatest is 1 at each of them', () => {
    const f = (x: tf.Tensor) => grad(y => tf.sum(tf.topk(y, 2).values))(x)
    expect(runTraced(f, [tf.tensor1d([3, 1, 4, 1, 5])])[0].values).toEqual([0, 0, 1, 0, 1])
  })
  it('search in a sorted sequence; a table looked up by it, with linear interpolation', () => {
    const table = tf.tensor1d([0, 1, 1, 3, 4])
    const x = tf.tensor1d([-1, 0, 0.5, 1, 2, 3.5, 4, 9])
    expectAgreement(y => tf.lowerBound(table, y), [x])
    expectAgreement(y => tf.upperBound(table, y), [x])
    const [knots, heights] = [tf.tensor1d([0, 1, 3, 4]), tf.tensor1d([2, 5, -1, 0])]
    const look = (y: tf.Tensor) => {
      const after = tf.clipByValue(tf.upperBound(knots, y), 1, 3)
      const before = tf.sub(after, tf.scalar(1, 'int32')) as tf.Tensor1D
      const [a, b] = [tf.gather(knots, before), tf.gather(knots, after as tf.Tensor1D)]
      const [u, v] = [tf.gather(heights, before), tf.gather(heights, after as tf.Tensor1D)]
      return tf.add(u, tf.mul(tf.sub(v, u), tf.div(tf.sub(y, a), tf.sub(b, a))))
    }
    const at = tf.tensor1d([0.5, 2, 3.25])
    expect(runTraced(look, [at])[0].values).toEqual([3.5, 2, -0.75])
    expect(runTraced(y => grad(z => tf.sum(look(z)))(y), [at])[0].values).toEqual([3, -3, 1])
  })
})
