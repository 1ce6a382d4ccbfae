import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { uniform } from '../compiler/testing/numbers.ts'
import { jvp } from '../compiler/trace/derivatives.ts'
import {
  type ConstrainedBodies,
  constrainedHamiltonian,
  constrainedHamiltonianDynamics,
  constrainedLagrangianDynamics,
  type RodEnd,
  rodConstraints,
} from './constrainedHamiltonian.ts'
import { type LagrangianSystem, lagrangianDynamics } from './lagrangian.ts'
import { learnedConstrainedBodies } from './learnedConstrainedBodies.ts'
import { evaluated } from './testing/evaluated.ts'
import { initially, rateOf } from './testing/laws.ts'

const random = uniform(7)
const positive = () => (random() + 1) / 2
const vector = (n: number) => Array.from({ length: n }, () => 2 * random())
const g = 9.81

/** A chain of N bodies in the plane that hangs from the origin. */
const lengths = [1, 0.7, 1.3]
const masses = [1, 0.5, 2]
const rods = lengths.map((length, k): [RodEnd, RodEnd, number] => [k === 0 ? 'ground' : k - 1, k, length])
const chain = (): ConstrainedBodies => ({
  count: 3,
  dimensions: 2,
  masses: tf.tensor1d(masses),
  potential: X => tf.sum(tf.mul(tf.tensor2d(masses.map(m => [0, m * g])), X)),
  constraints: X => rodConstraints(X, rods),
})

/** Its Cartesian coordinates from angles. */
const cartesian = (phi: tf.Tensor): tf.Tensor => {
  const l = tf.tensor1d(lengths)
  const sums = (parts: tf.Tensor) => tf.cumsum(tf.mul(l, parts))
  return tf.reshape(tf.stack([sums(tf.sin(phi)), tf.neg(sums(tf.cos(phi)))], 1), [6])
}
const inAngles: LagrangianSystem = {
  coordinates: 3,
  kinetic: (q, rates) => {
    const v = jvp(cartesian)([q], [rates]).tangent
    return tf.mul(0.5, tf.sum(tf.mul(tf.tensor1d(masses.flatMap(m => [m, m])), tf.square(v))))
  },
  potential: q => chain().potential(tf.reshape(cartesian(q), [3, 2])),
}
const cartesianState = (y: tf.Tensor1D) => {
  const [q, rates] = [tf.slice(y, 0, 3), tf.slice(y, 3, 3)]
  return tf.concat([cartesian(q), jvp(cartesian)([q], [rates]).tangent])
}
const withMomenta = (y: ArrayLike<number>) =>
  Array.from(y, (value, k) => (k < 6 ? value : value * masses[(k - 6) >> 1]))
const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, k) => Math.abs(value - b[k])))

describe('a chain of rods', () => {
  it('moves as in angles: by Dirac’s bracket, and by Gauss’ principle', () => {
    for (let round = 0; round < 4; round++) {
      const y = vector(6)
      const rates = evaluated((state: tf.Tensor1D) => lagrangianDynamics(inAngles, tf.scalar(0), state), y)
      const s = evaluated(cartesianState, y)
      const wanted = rateOf(cartesianState, y, rates)
      const byForces = evaluated((state: tf.Tensor1D) => constrainedLagrangianDynamics(chain(), state), s)
      expect(largestDifference(byForces, wanted)).toBeLessThan(1e-12)
      const byBracket = evaluated(
        (state: tf.Tensor1D) => constrainedHamiltonianDynamics(chain(), state),
        withMomenta(s),
      )
      expect(largestDifference(byBracket, withMomenta(wanted))).toBeLessThan(1e-12)
    }
  })
})

describe('bodies of learned masses and potential', () => {
  const model = learnedConstrainedBodies({
    count: 3,
    dimensions: 2,
    constraints: X => rodConstraints(X, rods),
    network: { hidden: [6], activation: 'tanh', random: positive },
  })

  it('of any weights keep H, the constraints and their rates, also off the manifold', () => {
    for (let round = 0; round < 4; round++) {
      const y = vector(12)
      const rates = evaluated((s: tf.Tensor1D) => constrainedHamiltonianDynamics(initially(model), s), y)
      const [power] = rateOf(s => constrainedHamiltonian(initially(model), s), y, rates)
      expect(Math.abs(power)).toBeLessThan(1e-11)
      const phi = (s: tf.Tensor1D) => {
        const { constraints } = initially(model)
        const positions = (x: tf.Tensor) => constraints(tf.reshape(x, [3, 2]))
        const x = tf.slice(s, 0, 6)
        return tf.concat([positions(x), jvp(positions)([x], [tf.slice(s, 6, 6)]).tangent]) // masses are 1
      }
      const scale = Math.max(...Array.from(rates, Math.abs))
      for (const rate of rateOf(phi, y, rates)) expect(Math.abs(rate) / scale).toBeLessThan(1e-12)
    }
  })

  it('with a linear potential learn nothing but masses and weights', () => {
    const linear = learnedConstrainedBodies({
      count: 3,
      dimensions: 2,
      constraints: X => rodConstraints(X, rods),
    })
    expect(linear.parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ['log_masses', [3]],
      ['potential', [6]],
    ])
    // at first: unit masses without forces
    const X = evaluated((y: tf.Tensor1D) => cartesian(y), vector(3))
    const still = evaluated(
      (y: tf.Tensor1D) => constrainedLagrangianDynamics(initially(linear), y),
      [...X, 0, 0, 0, 0, 0, 0],
    )
    expect(Math.max(...still.map(Math.abs))).toBeLessThan(1e-15)
  })
})
