import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { lossAndGradient } from '../../lossAndGradient.ts'
import { vectorField } from '../../vectorField.ts'
import { tfOptimizer } from './tfOptimizer.ts'

const spring = () =>
  vectorField(
    (_t, y, [k, c]) => {
      const [x, v] = tf.split(y, 2)
      return tf.concat([v, x.mul(k).add(v.mul(c)).neg()])
    },
    {
      state: [2],
      parameters: [
        { name: 'k', shape: [], initial: Float64Array.of(2 + 1e-12) },
        { name: 'c', shape: [1], initial: Float64Array.of(0.1) },
      ],
    },
  )

describe('an optimizer of TensorFlow.js', () => {
  it('moves θ as it says, and θ keeps its digits', () => {
    const field = spring()
    const before = field.parameters.slice()
    const optimizer = tfOptimizer(field, tf.train.sgd(0.5))
    optimizer.step(Float64Array.of(2 ** -20, -3))
    expect(field.parameters[0] - before[0]).toBeCloseTo(-(2 ** -21), 15)
    expect(field.parameters[1]).toBe(0.1 + 1.5)
    optimizer.step(Float64Array.of(0, 1))
    expect(field.parameters[1]).toBeCloseTo(1.1, 15)
    optimizer.dispose()
  })

  it.each([
    ['adam', () => tf.train.adam(0.05)],
    ['rmsprop', () => tf.train.rmsprop(0.02)],
    ['momentum', () => tf.train.momentum(0.02, 0.9)],
  ])('%s finds the constants of a spring', (_name, make) => {
    const times = Array.from({ length: 20 }, (_, k) => 0.1 * k)
    const truth = spring()
    truth.parameters.set([3, 0.3])
    const measured = lossAndGradient(truth, [1, 0], times, y => y.sum()).solution.y.slice()
    const data = tf.tensor2d(Array.from(measured), [20, 2])
    const field = spring()
    const optimizer = tfOptimizer(field, make())
    for (let k = 0; k < 400; k++) {
      const { gradients } = lossAndGradient(field, [1, 0], times, y => y.sub(data).square().mean().mul(10))
      optimizer.step(gradients.parameters)
    }
    expect(field.parameters[0]).toBeCloseTo(3, 1)
    expect(field.parameters[1]).toBeCloseTo(0.3, 1)
    optimizer.dispose()
  })

  it('refuses a gradient of another length', () => {
    const optimizer = tfOptimizer(spring(), tf.train.sgd(1))
    expect(() => optimizer.step(new Float64Array(3))).toThrow('the gradient has 3 entries, θ has 2')
    optimizer.dispose()
  })

  it('leaves no tensors behind', () => {
    const field = spring()
    const optimizer = tfOptimizer(field, tf.train.sgd(1))
    optimizer.step(Float64Array.of(1, 1))
    const { numTensors } = tf.memory()
    for (let k = 0; k < 5; k++) optimizer.step(Float64Array.of(1, 1))
    expect(tf.memory().numTensors).toBe(numTensors)
    optimizer.dispose()
  })
})
