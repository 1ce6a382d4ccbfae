import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { grad } from '../derivatives.ts'
import { random } from '../testing/case.ts'
import { convolution, pooling } from '../testing/cases/windows.ts'
import { judge } from '../testing/judge.ts'
import { runTraced } from '../testing/runTraced.ts'

judge(convolution)
judge(pooling)

test('the mean of ones is one, also at the border, and its derivative is the transpose of its linear map', () => {
  const mean = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same')
  expect(runTraced(mean, [tf.ones([1, 4, 5, 1])])[0].values.every(value => value === 1)).toBe(true)
  const w = random([1, 2, 3, 1])
  const pairing = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b))
  const defect = (v: tf.Tensor) => tf.sub(pairing(grad(u => pairing(w, mean(u)))(v), v), pairing(w, mean(v)))
  expect(runTraced(defect, [random([1, 4, 5, 1])])[0].values[0]).toBeCloseTo(0, 14)
})
