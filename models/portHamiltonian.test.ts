import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { uniform } from '../compiler/testing/numbers.ts'
import { grad } from '../compiler/trace/derivatives.ts'
import { dissipativeHamiltonianDynamics, learnedDissipativeHamiltonian } from './dissipativeHamiltonian.ts'
import {
  learnedPortHamiltonian,
  type PortHamiltonianSystem,
  portHamiltonianDynamics,
  portOutput,
  semidefiniteForm,
  skewForm,
} from './portHamiltonian.ts'
import { evaluated } from './testing/evaluated.ts'
import { initially, rateOf } from './testing/laws.ts'

const random = uniform(11)
const positive = () => (random() + 1) / 2
const vector = (n: number) => Array.from({ length: n }, () => 2 * random())

describe('port-Hamiltonian', () => {
  const model = learnedPortHamiltonian({
    states: 4,
    inputs: 2,
    hidden: [6],
    activation: 'tanh',
    random: positive,
  })

  it('of any weights: Ḣ = −∇HᵀR∇H + yᵀu, so that no more energy is stored than supplied', () => {
    for (let round = 0; round < 5; round++) {
      const [x, u] = [vector(4), vector(2)]
      const dx = evaluated(
        (at: tf.Tensor1D, of: tf.Tensor1D) => portHamiltonianDynamics(initially(model), at, of),
        x,
        u,
      )
      const [power] = rateOf(at => initially(model).hamiltonian(at), x, dx)
      const lost = evaluated((at: tf.Tensor1D) => {
        const { hamiltonian, dissipation } = initially(model)
        const slope = tf.reshape(grad(z => hamiltonian(z as tf.Tensor1D))(at), [4, 1]) as tf.Tensor2D
        return tf.reshape(tf.matMul(slope, tf.matMul(dissipation!(at), slope), true), [1])
      }, x)[0]
      const y = evaluated((at: tf.Tensor1D) => portOutput(initially(model), at), x)
      const supplied = y[0] * u[0] + y[1] * u[1]
      expect(lost).toBeGreaterThan(0)
      expect(power).toBeCloseTo(supplied - lost, 13)
    }
  })

  it('is the damped, driven oscillator where its parts are that: q̇ = p, ṗ = −q − 0.1·p + u', () => {
    const spring: PortHamiltonianSystem = {
      hamiltonian: x => tf.mul(0.5, tf.sum(tf.square(x))),
      interconnection: () =>
        tf.tensor2d([
          [0, 1],
          [-1, 0],
        ]),
      dissipation: () =>
        tf.tensor2d([
          [0, 0],
          [0, 0.1],
        ]),
      input: () => tf.tensor2d([[0], [1]]),
    }
    const [q, p, u] = vector(3)
    const found = evaluated(
      (x: tf.Tensor1D, f: tf.Tensor1D) => portHamiltonianDynamics(spring, x, f),
      [q, p],
      [u],
    )
    expect(found[0]).toBeCloseTo(p, 15)
    expect(found[1]).toBeCloseTo(-q - 0.1 * p + u, 14)
    const closed = { ...spring, input: undefined }
    expect(() => evaluated((x: tf.Tensor1D) => portOutput(closed, x), [q, p])).toThrow('no input')
    expect(() => evaluated((x: tf.Tensor1D) => portHamiltonianDynamics(closed, x, x), [q, p])).toThrow(
      'no input',
    )
  })

  it('has forms that are skew, and semidefinite of full rank', () => {
    const J = evaluated((o: tf.Tensor1D) => tf.reshape(skewForm(o, 3), [-1]), [1, 2, 3])
    expect(Array.from(J)).toEqual([0, -1, -2, 1, 0, -3, 2, 3, 0])
    const R = evaluated((o: tf.Tensor1D) => tf.reshape(semidefiniteForm(o, 2), [-1]), [2, 1, -3])
    expect([...R]).toEqual([4, 2, 2, 10])
  })
})

describe('dissipative Hamiltonian', () => {
  const model = learnedDissipativeHamiltonian({
    coordinates: 2,
    hidden: [5],
    activation: 'tanh',
    random: positive,
  })
  const dynamics = (y: tf.Tensor1D) => dissipativeHamiltonianDynamics(initially(model), y)
  const slopes = (of: 'hamiltonian' | 'dissipation', y: number[]) =>
    evaluated((at: tf.Tensor1D) => grad(z => initially(model)[of](z as tf.Tensor1D))(at), y)

  it('of any weights: div ẏ = ΔD, Ḣ = ∇H·∇D', () => {
    const y = vector(4)
    const unit = (k: number) => y.map((_, i) => (i === k ? 1 : 0))
    const divergence = y.reduce((sum, _, k) => sum + rateOf(dynamics, y, unit(k))[k], 0)
    const laplacian = y.reduce(
      (sum, _, k) =>
        sum + rateOf(at => grad(z => initially(model).dissipation(z as tf.Tensor1D))(at), y, unit(k))[k],
      0,
    )
    expect(divergence).toBeCloseTo(laplacian, 13)
    const [power] = rateOf(at => initially(model).hamiltonian(at), y, evaluated(dynamics, y))
    const [ofH, ofD] = [slopes('hamiltonian', y), slopes('dissipation', y)]
    expect(power).toBeCloseTo(
      ofH.reduce((sum, h, k) => sum + h * ofD[k], 0),
      14,
    )
  })
})
