import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { complexStep } from '../compiler/testing/complexStep.ts'
import { uniform } from '../compiler/testing/numbers.ts'
import { trace } from '../compiler/trace/index.ts'
import { energy, type LagrangianSystem, lagrangianDynamics, massMatrix } from './lagrangian.ts'
import { evaluated } from './testing/evaluated.ts'

const [m1, m2, l1, l2, g] = [1, 0.8, 1, 0.7, 9.81]
const random = uniform(3)
const states = (length: number) =>
  Array.from({ length: 20 }, () => Array.from({ length }, () => 3 * random()))
const entries = (v: tf.Tensor): tf.Tensor[] => tf.unstack(v)
const sum = (...terms: tf.Tensor[]) => terms.reduce((a, b) => tf.add(a, b))
const product = (...factors: (tf.Tensor | number)[]) =>
  factors.reduce<tf.Tensor>((a, b) => tf.mul(a, b), tf.scalar(1))

const doublePendulum: LagrangianSystem = {
  coordinates: 2,
  kinetic(q, rates) {
    const [a, b] = entries(q)
    const [u, v] = entries(rates)
    return sum(
      product(0.5 * (m1 + m2) * l1 ** 2, u, u),
      product(0.5 * m2 * l2 ** 2, v, v),
      product(m2 * l1 * l2, u, v, tf.cos(tf.sub(a, b))),
    )
  },
  potential(q) {
    const [a, b] = entries(q)
    return sum(product(-(m1 + m2) * g * l1, tf.cos(a)), product(-m2 * g * l2, tf.cos(b)))
  },
}

/** The double pendulum by its mass matrix, written out. */
const byMassMatrix: LagrangianSystem = {
  coordinates: 2,
  massMatrix(q) {
    const [a, b] = entries(q)
    const coupling = product(m2 * l1 * l2, tf.cos(tf.sub(a, b)))
    const M = [tf.scalar((m1 + m2) * l1 ** 2), coupling, coupling, tf.scalar(m2 * l2 ** 2)]
    return tf.reshape(tf.stack(M), [2, 2])
  },
  potential: doublePendulum.potential,
}

/** A mass whose inertia depends on where it is: M(q) = 1 + q². */
const variableInertia: LagrangianSystem = {
  coordinates: 1,
  kinetic: (q, rates) => tf.sum(product(0.5, tf.add(1, tf.square(q)), tf.square(rates))),
  potential: q => tf.sum(product(0.5, tf.square(q))),
}

/** A bead of unit mass on a rod that turns at the rate 2, with a quartic term: T has terms of every degree in q̇. */
const everyDegree: LagrangianSystem = {
  coordinates: 1,
  kinetic: (q, v) =>
    tf.sum(
      sum(
        product(0.25, tf.square(v), tf.square(v)),
        product(0.5, tf.add(1, tf.square(q)), tf.square(v)),
        product(tf.sin(q), v),
        product(2, tf.square(q)),
      ),
    ),
  potential: q => tf.sum(tf.cos(q)),
}

const rates = (system: LagrangianSystem, y: readonly number[], t = 0) =>
  evaluated(
    (time: tf.Tensor, state: tf.Tensor1D) => lagrangianDynamics(system, tf.squeeze(time), state),
    [t],
    y,
  )

/** dE/dt along the system's own motion: complex step along dy/dt. */
function power(system: LagrangianSystem, y: readonly number[], t = 0): number {
  const graph = trace(
    (state: tf.Tensor) => energy(system, state as tf.Tensor1D),
    [{ name: 'y', shape: [y.length] }],
  )
  return complexStep(graph, [Float64Array.from(y)], [rates(system, y, t)])[0][0]
}

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) => {
  const scale = Math.max(1, ...Array.from(expected, Math.abs))
  Array.from(expected).forEach((value, i) => {
    expect(Math.abs(actual[i] - value) / scale).toBeLessThan(tolerance)
  })
}

describe('lagrangianDynamics', () => {
  it('is the textbook double pendulum', () => {
    const { sin, cos } = Math
    for (const y of states(4)) {
      const [a, b, u, v] = y
      const denominator = 2 * m1 + m2 - m2 * cos(2 * a - 2 * b)
      const first =
        (-g * (2 * m1 + m2) * sin(a) -
          m2 * g * sin(a - 2 * b) -
          2 * sin(a - b) * m2 * (v * v * l2 + u * u * l1 * cos(a - b))) /
        (l1 * denominator)
      const second =
        (2 * sin(a - b) * (u * u * l1 * (m1 + m2) + g * (m1 + m2) * cos(a) + v * v * l2 * m2 * cos(a - b))) /
        (l2 * denominator)
      close(rates(doublePendulum, y), [u, v, first, second], 1e-13)
    }
  })

  it('is the same from the mass matrix as from the kinetic energy', () => {
    for (const y of states(4)) close(rates(byMassMatrix, y), rates(doublePendulum, y), 1e-13)
  })

  it('has the Coriolis term of M(q) = 1 + q²: (1 + q²)q̈ = −q − qq̇²', () => {
    for (const [q, v] of states(2))
      close(rates(variableInertia, [q, v]), [v, -(q + q * v * v) / (1 + q * q)], 1e-14)
  })

  it('of a T of every degree in q̇, ¼q̇⁴ + ½(1 + q²)q̇² + sin(q)q̇ + 2q²: (3q̇² + 1 + q²)q̈ = 4q − qq̇² + sin q', () => {
    for (const [q, v] of states(2)) {
      const acceleration = (4 * q - q * v * v + Math.sin(q)) / (3 * v * v + 1 + q * q)
      close(rates(everyDegree, [q, v]), [v, acceleration], 1e-13)
    }
  })

  it.each([
    ['a T of every degree in the rates', everyDegree],
    ['double pendulum', doublePendulum],
    ['by its mass matrix', byMassMatrix],
    ['M(q) = 1 + q²', variableInertia],
  ])('conserves energy: %s', (_name, system) => {
    for (const y of states(2 * system.coordinates)) expect(Math.abs(power(system, y))).toBeLessThan(1e-11)
  })

  it('loses energy at the rate 2R to a dissipation R quadratic in the rates', () => {
    const dissipation = (q: tf.Tensor, v: tf.Tensor) =>
      tf.sum(tf.mul(tf.add(0.3, tf.square(tf.sin(q))), tf.square(v)))
    for (const y of states(4)) {
      const R = y.slice(2).reduce((total, v, i) => total + (0.3 + Math.sin(y[i]) ** 2) * v * v, 0)
      close([power({ ...doublePendulum, dissipation }, y)], [-2 * R], 1e-13)
    }
  })

  it('gains the power Q·q̇ of forces Q(t, q, q̇)', () => {
    const forces = (t: tf.Tensor, q: tf.Tensor, v: tf.Tensor) => tf.add(tf.mul(t, tf.cos(q)), v)
    for (const y of states(4)) {
      const work = y.slice(2).reduce((total, v, i) => total + (0.7 * Math.cos(y[i]) + v) * v, 0)
      close([power({ ...doublePendulum, forces }, y, 0.7)], [work], 1e-13)
    }
  })
})

describe('massMatrix', () => {
  it('from the kinetic energy is the one written out', () => {
    for (const q of states(2)) {
      const [derived, written] = [doublePendulum, byMassMatrix].map(system =>
        evaluated((x: tf.Tensor1D) => massMatrix(system, x), q),
      )
      close(derived, written, 1e-15)
    }
  })
})
