import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { uniform } from '../compiler/testing/numbers.ts'
import { type Activation, activations, denseNetwork } from './denseNetwork.ts'
import { evaluated } from './testing/evaluated.ts'

const plain: Record<Activation, (x: number) => number> = {
  tanh: Math.tanh,
  softplus: x => Math.log(1 + Math.exp(x)),
  silu: x => x / (1 + Math.exp(-x)),
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  elu: x => (x > 0 ? x : Math.expm1(x)),
  sin: Math.sin,
  relu: x => Math.max(0, x),
}

const random = uniform(5)
const deviate = () => (random() + 1) / 2
const network = (activation: Activation, hidden: number[], outputScale?: number) =>
  denseNetwork({ name: 'f', inputs: 3, hidden, outputs: 2, activation, random: deviate, outputScale })

describe('denseNetwork', () => {
  it.each(Object.keys(activations) as Activation[])(
    'is W₂σ(W₁x + b₁) + b₂ … computed plainly: %s',
    activation => {
      for (const hidden of [[], [4], [5, 4]]) {
        const { parameters, apply } = network(activation, hidden)
        const weights = parameters.map(({ initial }) => initial.map(w => w || random()))
        const x = [0.3, -0.8, 1.4]
        let value: number[] = x
        const widths = [...hidden, 2]
        widths.forEach((width, layer) => {
          const [kernel, bias] = [weights[2 * layer], weights[2 * layer + 1]]
          const next = Array.from(bias, (b, j) =>
            value.reduce((sum, v, i) => sum + v * kernel[i * width + j], b),
          )
          value = layer < hidden.length ? next.map(plain[activation]) : next
        })
        const actual = evaluated(
          (input: tf.Tensor, ...flat: tf.Tensor[]) =>
            apply(
              flat.map((w, k) => tf.reshape(w, [...parameters[k].shape])),
              input,
            ),
          x,
          ...weights,
        )
        value.forEach((v, j) => {
          expect(Math.abs(actual[j] - v)).toBeLessThan(1e-14 * Math.max(1, Math.abs(v)))
        })
      }
    },
  )

  it('names its arrays by layer; biases begin at 0, weights with variance 2/(fan-in + fan-out)', () => {
    const { parameters } = network('tanh', [200, 100], 0.01)
    expect(parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ['f.0.kernel', [3, 200]],
      ['f.0.bias', [200]],
      ['f.1.kernel', [200, 100]],
      ['f.1.bias', [100]],
      ['f.2.kernel', [100, 2]],
      ['f.2.bias', [2]],
    ])
    for (const k of [1, 3, 5]) expect(parameters[k].initial.every(b => b === 0)).toBe(true)
    const { initial } = parameters[2]
    const variance = initial.reduce((sum, w) => sum + w * w, 0) / initial.length
    expect(variance * (300 / 2)).toBeCloseTo(1, 1)
    const limit = 0.01 * Math.sqrt(6 / 102)
    expect(Math.max(...parameters[4].initial.map(Math.abs))).toBeLessThanOrEqual(limit)
  })
})
