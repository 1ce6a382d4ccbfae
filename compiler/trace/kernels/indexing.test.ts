import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { grad } from '../derivatives.ts'
import { indexing } from '../testing/cases/indexing.ts'
import { judge } from '../testing/judge.ts'
import { runTraced } from '../testing/runTraced.ts'

judge(indexing)

test('a table looked up by search, with linear interpolation', () => {
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
