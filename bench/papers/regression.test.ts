import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { denseNetwork } from '../../models/index.ts'
import { randomStream } from '../../sim/index.ts'
import { scalars } from './learnedMechanics.ts'
import { fitRegression } from './regression.ts'

/** Rows x, f(x). */
function rows(count: number, f: (x: number) => number): Float64Array {
  const random = randomStream(1)
  return Float64Array.from(
    Array.from({ length: count }, () => 2 * random.uniform() - 1).flatMap(x => [x, f(x)]),
  )
}

it('finds the coefficients of a line exactly', () => {
  const { theta, loss } = fitRegression(
    {
      parameters: scalars({ slope: 0, shift: 0 }),
      columns: 2,
      residual: (sample, [slope, shift]) => {
        const [x, y] = tf.unstack(sample)
        return tf.sub(tf.add(tf.mul(slope, x), shift), y)
      },
    },
    rows(200, x => 3 * x - 0.5),
    { seed: 1, passes: 1, rate: 0.01, iterations: 50, batch: 50 },
  )
  expect(theta[0]).toBeCloseTo(3, 10)
  expect(theta[1]).toBeCloseTo(-0.5, 10)
  expect(loss).toBeLessThan(1e-20)
})

it('fits a network, the same bits each time', () => {
  const fitted = () => {
    const network = denseNetwork({
      name: 'f',
      inputs: 1,
      hidden: [8],
      outputs: 1,
      activation: 'tanh',
      random: randomStream(2).uniform,
    })
    const residual = (sample: tf.Tensor1D, weights: readonly tf.Tensor[]) =>
      tf.sub(network.apply(weights, tf.slice1d(sample, 0, 1)), tf.slice1d(sample, 1, 1))
    const options = { seed: 3, passes: 50, rate: 0.01, iterations: 100, batch: 20 }
    return fitRegression(
      { parameters: network.parameters, columns: 2, residual },
      rows(100, x => x * x),
      options,
    )
  }
  const [first, second] = [fitted(), fitted()]
  expect(first.loss).toBeLessThan(1e-6)
  expect(second.theta).toEqual(first.theta)
})
