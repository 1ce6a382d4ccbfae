import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { expectAgreement, runTraced, samples } from '../testing/agreement.ts'

type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor

const reductions: Record<string, Reduction> = {
  sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod, logSumExp: tf.logSumExp,
  all: (x, axis, keep) => tf.all(tf.greater(x, -1), axis, keep), any: (x, axis, keep) => tf.any(tf.greater(x, 1), axis, keep),
  norm: (x, axis, keep) => tf.norm(x, 'euclidean', axis, keep), norm1: (x, axis, keep) => tf.norm(x, 1, axis, keep),
  variance: (x, axis, keep) => tf.moments(x, axis, keep).variance,
} // biome-ignore format: a table

describe('reductions agree with tfjs', () => {
  it.each(Object.entries(reductions))('%s', (_, reduce) => {
    const x = samples([[2, 3, 4]])
    for (const keepDims of [false, true]) {
      for (const axis of [undefined, 0, 1, -1, [0, 2]]) {
        if (reduce === reductions.norm1 && Array.isArray(axis)) continue
        expectAgreement(a => reduce(a, axis as number | number[] | undefined, keepDims), x)
      }
    }
  })
  it.each([0, 1])('scans and extrema along axis %d', axis => {
    const x = samples([[3, 4]])
    for (const exclusive of [false, true]) {
      for (const reverse of [false, true]) {
        expectAgreement(a => tf.cumsum(a, axis, exclusive, reverse), x)
        expectAgreement(a => tf.cumprod(a, axis, exclusive, reverse), x)
      }
    }
    expectAgreement(a => tf.argMax(a, axis), x)
    expectAgreement(a => tf.argMin(tf.round(a), axis), x)
    expectAgreement(a => tf.logSoftmax(a, -1), x)
    expectAgreement(a => tf.softmax(a), x)
  })
  it('scans along axis −1, for which tfjs makes the shape [undefined, 3]', () => {
    const x = samples([[3, 4]])
    expect(runTraced(a => tf.cumsum(a, -1), x)).toEqual(runTraced(a => tf.cumsum(a, 1), x))
    expect(runTraced(a => tf.cumprod(a, -1), x)).toEqual(runTraced(a => tf.cumprod(a, 1), x))
  })
  it('softmax without overflow', () => {
    const large = tf.tensor2d([
      [1000, 1001],
      [-1000, 0],
    ])
    expectAgreement(a => tf.softmax(a), [large])
    expectAgreement(a => tf.logSoftmax(a), [large])
  })
  it('losses', () => {
    const [labels, predictions] = samples(
      [
        [4, 3],
        [4, 3],
      ],
      0.1,
      0.9,
    )
    const losses = { ...tf.losses } as Record<string, unknown>
    for (const name of [
      'absoluteDifference',
      'meanSquaredError',
      'huberLoss',
      'logLoss',
      'sigmoidCrossEntropy',
    ]) {
      const loss = losses[name] as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor
      expectAgreement((a, b) => loss(a, b), [labels, predictions])
    }
  })
})
