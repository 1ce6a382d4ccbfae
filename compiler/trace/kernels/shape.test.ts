import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { shape } from '../testing/cases/shape.ts'
import { judge } from '../testing/judge.ts'
import { runTraced } from '../testing/runTraced.ts'

judge(shape)

test('linspace and range are in double precision', () => {
  const [{ values }] = runTraced(() => tf.linspace(0, 0.3, 4), [])
  expect(values).toEqual([0, 0.3 / 3, 2 * (0.3 / 3), 3 * (0.3 / 3)])
})
