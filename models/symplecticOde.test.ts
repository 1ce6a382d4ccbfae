import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { uniform } from '../compiler/testing/numbers.ts'
import {
  embedded,
  embeddedSymplecticOdeDynamics,
  learnedSymplecticOde,
  symplecticOdeDynamics,
  symplecticOdeEnergy,
} from './symplecticOde.ts'
import { evaluated } from './testing/evaluated.ts'
import { initially, rateOf } from './testing/laws.ts'

const random = uniform(5)
const positive = () => (random() + 1) / 2
const vector = (n: number) => Array.from({ length: n }, () => 2 * random())

/** A cart with two joints, and two inputs, of any weights. */
const model = learnedSymplecticOde({
  lengths: 1,
  angles: 2,
  inputs: 2,
  hidden: [6],
  activation: 'tanh',
  random: positive,
})
const dynamics = (y: tf.Tensor1D, u?: tf.Tensor1D) => symplecticOdeDynamics(initially(model), y, u)
const energyOf = (y: tf.Tensor1D) =>
  symplecticOdeEnergy(initially(model), embedded(initially(model), tf.slice(y, 0, 3)), tf.slice(y, 3, 3))

describe('Symplectic ODE-Net', () => {
  it('of any weights: Ḣ = q̇ᵀ·g·u, none without inputs', () => {
    const [y, u] = [vector(6), vector(2)]
    const free = evaluated(dynamics, y)
    expect(Math.abs(rateOf(energyOf, y, free)[0])).toBeLessThan(1e-14)
    const driven = evaluated(dynamics, y, u)
    const g = evaluated(
      (q: tf.Tensor1D) => tf.reshape(initially(model).input!(embedded(initially(model), q)), [-1]),
      y.slice(0, 3),
    )
    const work = [0, 1, 2].reduce((sum, i) => sum + driven[i] * (g[2 * i] * u[0] + g[2 * i + 1] * u[1]), 0)
    expect(rateOf(energyOf, y, driven)[0]).toBeCloseTo(work, 13)
  })

  it('is periodic in its angles, and not in its lengths', () => {
    const y = vector(6)
    const turned = y.map((value, k) => value + (k === 1 ? 2 * Math.PI : k === 2 ? -4 * Math.PI : 0))
    const [here, there] = [y, turned].map(state => evaluated(dynamics, state))
    here.forEach((value, k) => {
      expect(there[k]).toBeCloseTo(value, 12)
    })
    expect(evaluated(dynamics, y.with(0, y[0] + 1))[3]).not.toBeCloseTo(here[3], 3)
  })

  it('measured by cosines, sines and rates it is the same motion', () => {
    const [y, u] = [vector(6), vector(2)]
    const rates = evaluated(dynamics, y, u)
    // the map (q, p) → (x, q̇) takes ẏ to ṡ
    const measured = (state: tf.Tensor1D) => {
      const system = initially(model)
      const x = embedded(system, tf.slice(state, 0, 3))
      const p = tf.reshape(tf.slice(state, 3, 3), [3, 1]) as tf.Tensor2D
      return tf.concat([x, tf.reshape(tf.matMul(system.inverseMass(x), p), [3])])
    }
    const wanted = rateOf(measured, y, rates)
    const s = evaluated(measured, y)
    const found = evaluated(
      (state: tf.Tensor1D, input: tf.Tensor1D) =>
        embeddedSymplecticOdeDynamics(initially(model), state, input),
      s,
      u,
    )
    wanted.forEach((value, k) => {
      expect(found[k]).toBeCloseTo(value, 12)
    })
    const [, c1, c2, s1, s2] = s
    expect(c1 * found[1] + s1 * found[3]).toBeCloseTo(0, 15)
    expect(c2 * found[2] + s2 * found[4]).toBeCloseTo(0, 15)
  })
})
