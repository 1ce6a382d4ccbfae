import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { distance, uniform } from '../compiler/testing/numbers.ts'
import { complexStep } from '../solvers/adjoint/testing/complexReplay.ts'
import { solve } from '../solvers/linear/solve.ts'
import { dopri5, tsit5 } from '../solvers/ode/index.ts'
import { IntegrationError, lossAndGradient } from './lossAndGradient.ts'
import { complexField } from './testing/complexField.ts'
import { vectorField } from './vectorField.ts'

const n = 2
const random = uniform(11)
const weights = tf.variable(tf.tensor2d(Array.from({ length: n * n * n }, random), [n, n * n]))
const bias = tf.variable(tf.tensor1d(Array.from({ length: n * n }, random)))

/** A(y)·dy/dt = −y + sin t with A = I + B·Bᵀ, B = tanh(W·y + b). */
const field = vectorField(
  (t, y) => {
    const B = tf.tanh(y.reshape([1, n]).matMul(weights).add(bias)).reshape([n, n])
    return solve(B.matMul(B, false, true).add(tf.eye(n)) as tf.Tensor2D, tf.sin(t).sub(y))
  },
  { state: [n] },
)

const y0 = [0.8, -0.5]
const times = [0, 0.3, 1, 2.2, 3]
const data = tf.tensor2d(Array.from({ length: times.length * n }, random), [times.length, n])
const meanSquare = (y: tf.Tensor2D) => y.sub(data).square().mean()

describe.each([tsit5, dopri5])('with $name', tableau => {
  const options = { method: tableau, rtol: 1e-6, atol: 1e-8 }
  const { loss, gradients, solution } = lossAndGradient(field, y0, times, meanSquare, options)
  const residuals = [...data.dataSync()].map((value, k) => solution.y[k] - value)

  it('gives the loss of the trajectory', () => {
    const mean = residuals.reduce((sum, r) => sum + r * r, 0) / residuals.length
    expect(Math.abs(loss / mean - 1)).toBeLessThan(1e-14)
  })

  it('gives the derivative of the computed numbers by initial state and parameters: complex step', () => {
    const p = field.parameterCount
    const expected = Array.from({ length: n + p }, (_, i) => {
      const unit = new Float64Array(n + p)
      unit[i] = 1
      const f = complexField(field)
      const dy = complexStep(f, tableau, solution, field.parameters, unit.slice(0, n), unit.slice(n))
      return dy.reduce((sum, value, k) => sum + (2 * residuals[k] * value) / residuals.length, 0)
    })
    const actual = [...gradients.initial, ...gradients.parameters]
    const largest = Math.max(...expected.map(Math.abs))
    const error = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])))
    expect(error / largest).toBeLessThan(1e-10)
  })
})

describe('lossAndGradient', () => {
  it('returns arrays of the caller’s own, the same for the same input', () => {
    const first = lossAndGradient(field, y0, times, meanSquare)
    const copy = first.gradients.parameters.slice()
    lossAndGradient(field, [1, 1], times, meanSquare)
    expect(first.gradients.parameters).toEqual(copy)
    expect(lossAndGradient(field, y0, times, meanSquare).gradients.parameters).toEqual(copy)
  })

  it('takes any number of saved times', () => {
    const end = (y: tf.Tensor2D) =>
      y
        .slice([y.shape[0] - 1])
        .square()
        .sum()
    const long = lossAndGradient(field, y0, times, end)
    const short = lossAndGradient(field, y0, [times[0], times[times.length - 1]], end)
    expect(Math.abs(long.loss - short.loss)).toBeLessThan(1e-12)
    expect(distance([long.gradients.initial], [short.gradients.initial])).toBeLessThan(1e-12)
  })

  it('has no gradient where the loss does not depend on the trajectory', () => {
    const { loss, gradients } = lossAndGradient(field, y0, times, () => tf.scalar(2))
    expect(
      [loss, ...gradients.initial, ...gradients.parameters].every((x, i) => x === (i === 0 ? 2 : 0)),
    ).toBe(true)
  })

  it('throws the reason why a trajectory fails', () => {
    const blowUp = vectorField((_t, y) => y.square(), { state: [1], names: ['x'] })
    const run = () => lossAndGradient(blowUp, [1], [0, 2], y => y.sum())
    expect(run).toThrow(IntegrationError)
    expect(run).toThrow(/at t = 1; x dominates the error/)
    const root = (y: tf.Tensor2D) => y.sub(10).sqrt().sum()
    expect(() => lossAndGradient(field, y0, times, root)).toThrow('the loss is NaN')
  })

  it('refuses a loss that is no scalar, or learns something itself', () => {
    expect(() => lossAndGradient(field, y0, times, y => y.sum(0))).toThrow(
      'must be a scalar, not of shape [2]',
    )
    const offset = tf.variable(tf.scalar(0), true, 'offset')
    expect(() => lossAndGradient(field, y0, times, y => y.sum().add(offset))).toThrow('variable offset')
  })
})
