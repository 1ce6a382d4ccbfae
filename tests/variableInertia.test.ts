import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { lossAndGradient, odeint, solve, vectorField } from '../index.ts'
import { type Complex, complex, complexStep, plus, times } from '../solvers/adjoint/testing/complexReplay.ts'
import { tsit5 } from '../solvers/ode/index.ts'

// The oscillator (1 + q²)·q̈ + q·q̇² + q = 0: a mass matrix that depends on the position, with its Coriolis term.
const field = vectorField(
  (_, y) => {
    const [q, v] = tf.split(y, 2)
    const mass = tf.reshape(tf.add(1, tf.square(q)), [1, 1])
    const force = tf.neg(tf.add(q, tf.mul(q, tf.square(v))))
    return tf.concat([v, solve(mass, force)])
  },
  { state: [2] },
)
const y0 = [1, 0.5]
const grid = [0, 1, 2, 5, 10]
const options = { method: 'tsit5', rtol: 1e-9, atol: 1e-11 } as const

it('the oscillator with M(q) = 1 + q² conserves ½(1 + q²)q̇² + ½q²', () => {
  const { y } = odeint(field, y0, grid, options)
  const energy = (k: number) =>
    0.5 * ((1 + y[2 * k] * y[2 * k]) * y[2 * k + 1] * y[2 * k + 1] + y[2 * k] * y[2 * k])
  grid.forEach((_, k) => {
    expect(Math.abs(energy(k) / energy(0) - 1)).toBeLessThan(1e-8)
  })
})

it('its gradient through the solves and the integrator agrees with the complex step through the same steps', () => {
  const reciprocal = (z: Complex): Complex => {
    const size = z.re * z.re + z.im * z.im
    return complex(z.re / size, -z.im / size)
  }
  const replayed = (_: number, [q, v]: Complex[]): Complex[] => {
    const force = times(complex(-1), q, plus(complex(1), times(v, v)))
    return [v, times(force, reciprocal(plus(complex(1), times(q, q))))]
  }
  const { gradients } = lossAndGradient(field, y0, grid, y => tf.sum(tf.slice(y, [4, 0], [1, 1])), options)
  const solution = odeint(field, y0, grid, options)
  ;[
    [1, 0],
    [0, 1],
  ].forEach((tangent, k) => {
    const derivative = complexStep(replayed, tsit5, solution, [], tangent, [])
    expect(Math.abs(gradients.initial[k] - derivative[2 * 4])).toBeLessThan(1e-12)
  })
})
