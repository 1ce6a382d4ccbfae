import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { expectAgreement, runTraced, samples } from '../testing/agreement.ts'

describe('matrix products agree with tfjs', () => {
  it.each([
    [[2, 3], [3, 4], false, false],
    [[3, 2], [3, 4], true, false],
    [[2, 3], [4, 3], false, true],
    [[3, 2], [4, 3], true, true],
    [[5, 2, 3], [5, 3, 4], false, false],
    [[5, 2, 3], [1, 4, 3], false, true],
  ] as [number[], number[], boolean, boolean][])('matMul %j %j %s %s', (a, b, transposeA, transposeB) => {
    expectAgreement((x, y) => tf.matMul(x, y, transposeA, transposeB), samples([a, b]))
  })
  it('batch axes broadcast by the rule of NumPy', () => {
    // tfjs' cpu backend pairs the wrong matrices where several batch axes broadcast, so its operands are stretched first.
    const [a, b] = samples([
      [2, 1, 2, 3],
      [5, 3, 4],
    ])
    const [{ values }] = runTraced((x, y) => tf.matMul(x, y), [a, b])
    const [stretched] = runTraced(
      (x, y) => tf.matMul(x, y),
      [tf.broadcastTo(a, [2, 5, 2, 3]), tf.broadcastTo(b, [2, 5, 3, 4])],
    )
    expect(values).toEqual(stretched.values)
  })
  it('dot, outer product, and a vector of one unit', () => {
    expectAgreement((x, y) => tf.dot(x as tf.Tensor1D, y as tf.Tensor1D), samples([[3], [3]]))
    expectAgreement((x, y) => tf.dot(x as tf.Tensor2D, y as tf.Tensor1D), samples([[2, 3], [3]]))
    expectAgreement((x, y) => tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D), samples([[3], [2]]))
  })
  it.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)(
    'fused, %s',
    activation => {
      const f = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor, slope: tf.Tensor) =>
        tf.fused.matMul({ a, b, bias, activation, preluActivationWeights: slope, leakyreluAlpha: 0.3 })
      expectAgreement(f as never, samples([[2, 3], [3, 4], [4], [4]]))
    },
  )
  it.each([
    'elu',
    'hardSigmoid',
    'linear',
    'relu',
    'relu6',
    'selu',
    'sigmoid',
    'softmax',
    'softplus',
    'softsign',
    'tanh',
    'swish',
    'mish',
    'gelu',
    'gelu_new',
  ] as const)('a layer with activation %s', activation => {
    // biome-ignore format: a table
    const net = tf.sequential({
      layers: [
        tf.layers.dense({ units: 5, inputShape: [3], activation: activation as never }),
        tf.layers.dense({ units: 2, useBias: false }),
      ],
    })
    expectAgreement(x => net.apply(x) as tf.Tensor, samples([[4, 3]]))
    net.dispose()
  })
})
