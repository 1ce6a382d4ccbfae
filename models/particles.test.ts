import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { graphDiffusion } from './graphDiffusion.ts'
import {
  distances,
  type ParticleSystem,
  particleDynamics,
  particleEnergy,
  springEnergy,
} from './particles.ts'
import { evaluated } from './testing/evaluated.ts'

const masses = [1, 2.5, 0.7]
const pairs = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const
/** Three bodies in space, with gravity and a spring. */
const system = (): ParticleSystem => ({
  count: 3,
  dimensions: 3,
  masses: tf.tensor1d(masses),
  potential: (_, X) =>
    tf.add(
      tf.neg(tf.sum(tf.div(tf.tensor1d([2.5, 0.7, 1.75]), distances(X, pairs)))),
      springEnergy(distances(X, [[0, 2]]), tf.scalar(3), tf.tensor1d([0.8])),
    ),
})
const state = Float64Array.from({ length: 18 }, (_, k) => Math.sin(1.7 * k + 0.3))
const rates = evaluated((y: tf.Tensor1D) => particleDynamics(system(), tf.scalar(0), y), state)

describe('particles', () => {
  it('forces of a potential of distances conserve momentum, angular momentum and energy', () => {
    const momentum = [0, 1, 2].map(axis => masses.reduce((sum, m, i) => sum + m * rates[9 + 3 * i + axis], 0))
    for (const rate of momentum) expect(Math.abs(rate)).toBeLessThan(1e-14)
    const torque = [0, 1, 2].map(axis =>
      masses.reduce((sum, m, i) => {
        const [a, b] = [(axis + 1) % 3, (axis + 2) % 3]
        const x = (k: number) => state[3 * i + k]
        const acceleration = (k: number) => rates[9 + 3 * i + k]
        return sum + m * (x(a) * acceleration(b) - x(b) * acceleration(a))
      }, 0),
    )
    for (const rate of torque) expect(Math.abs(rate)).toBeLessThan(1e-14)
    const step = 1e-6
    const energyAt = (s: number) =>
      evaluated(
        (y: tf.Tensor1D) => particleEnergy(system(), tf.scalar(0), y),
        state.map((value, k) => value + s * rates[k]),
      )[0]
    expect(Math.abs(energyAt(step) - energyAt(-step)) / (2 * step)).toBeLessThan(1e-8)
  })

  it('are held where they are asked to be', () => {
    const y = evaluated(
      (x: tf.Tensor1D) => particleDynamics({ ...system(), moving: tf.tensor1d([0, 1, 1]) }, tf.scalar(0), x),
      state,
    )
    expect([...y.subarray(0, 3), ...y.subarray(9, 12)].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0])
    expect(y[3]).toBe(state[12])
  })
})

describe('diffusion on a graph', () => {
  const edges = [
    [0, 1],
    [1, 2],
    [0, 2],
    [2, 3],
  ] as const
  const diffuse = (T: readonly number[], boundary?: readonly number[]) =>
    evaluated(
      (x: tf.Tensor1D) =>
        graphDiffusion(
          {
            edges: boundary ? edges : edges.slice(0, 3),
            capacities: tf.tensor1d([1, 2, 4]),
            conductances: tf.tensor1d(boundary ? [0.5, 1.5, 0.25, 2] : [0.5, 1.5, 0.25]),
            ...(boundary && { boundary: tf.tensor1d([...boundary]) }),
          },
          x,
        ),
      T,
    )

  it('is −C⁻¹·Bᵀ·W·B·T, conserves what is stored, and levels out', () => {
    const T = [3, -1, 2]
    const flow = diffuse(T)
    // by hand: edges (0,1): 0.5·(−4), (1,2): 1.5·3, (0,2): 0.25·(−1)
    expect([...flow]).toEqual([-2.25, 3.25, -1.0625].map(value => expect.closeTo(value, 14)))
    expect(1 * flow[0] + 2 * flow[1] + 4 * flow[2]).toBeCloseTo(0, 14)
    const power = [1, 2, 4].reduce((sum, C, i) => sum + C * T[i] * flow[i], 0)
    expect(power).toBeLessThan(0)
  })

  it('is at rest where all nodes have the temperature of the boundary', () => {
    expect([...diffuse([7, 7, 7], [7])].map(Math.abs)).toEqual([0, 0, 0])
    expect(diffuse([7, 7, 7], [9])[2]).toBeCloseTo((2 * 2) / 4, 14)
  })
})
