/**
 * The double pendulum of Cranmer, Greydanus, Hoyer, Battaglia, Spergel & Ho, Lagrangian Neural Networks, 2020, by the protocol of
 * their repository: accelerations at random states in, the drift of the energy over 100 s out.
 */
import * as tf from '@tensorflow/tfjs-core'
import { compileModel, createBatch } from '../../index.ts'
import { energy, type LagrangianSystem, lagrangianDynamics } from '../../models/index.ts'
import { randomStream } from '../../sim/index.ts'
import { type LearnedMechanics, neuralMechanics, scalars } from './learnedMechanics.ts'
import { fitRegression, type RegressionOptions } from './regression.ts'
import { mean, type Result, seeds } from './results.ts'

/** Mean over 40 starts of |E(100 s) − E(0)| / 29.4 J: the paper's. */
const published = 0.426e-2
const [testStarts, testSpan, largestPotential] = [40, 100, 29.4]
const samples = 20000

/** M = [[a, c·cos(θ₁ − θ₂)], [·, b]], V = −d·cos θ₁ − e·cos θ₂. */
function doublePendulum([a, b, c, d, e]: readonly tf.Tensor[]): LagrangianSystem {
  return {
    coordinates: 2,
    massMatrix(q) {
      const [first, second] = tf.unstack(q)
      const coupling = tf.mul(c, tf.cos(tf.sub(first, second)))
      return tf.reshape(tf.stack([a, coupling, coupling, b]), [2, 2])
    },
    potential(q) {
      const [first, second] = tf.unstack(tf.cos(q))
      return tf.neg(tf.add(tf.mul(d, first), tf.mul(e, second)))
    },
  }
}

/** Masses of 1 kg, lengths of 1 m, g = 9.8 m/s². */
const truth: LearnedMechanics = {
  parameters: [],
  system: () => doublePendulum([2, 1, 1, 19.6, 9.8].map(value => tf.scalar(value))),
}

/** Up to one common scale, a = 1 kg m². */
const structured: LearnedMechanics = {
  parameters: scalars({ b: 1, c: 0.1, d: 1, e: 1 }),
  system: weights => doublePendulum([tf.scalar(1), ...weights]),
}

/** A mass matrix depends on the angles of links against each other. */
const angles = (q: tf.Tensor1D): tf.Tensor1D => {
  const [first, second] = tf.unstack(q)
  return tf.stack([first, second, tf.sub(first, second)]) as tf.Tensor1D
}

const compiled = ({ parameters, system }: LearnedMechanics) =>
  compileModel(
    (t, y, weights) => lagrangianDynamics(system(weights), t, y),
    { energy: (_t, y, weights) => energy(system(weights), y) },
    { state: [4], parameters },
  )

const { field: trueField, functions: trueFunctions } = compiled(truth)

/** Rows θ₁ θ₂ ω₁ ω₂ and both accelerations, θ from the whole circle, |ω| ≤ 10 rad/s. */
function accelerations(seed: number): Float64Array {
  const random = randomStream(seed)
  const rows = new Float64Array(6 * samples)
  const derivative = new Float64Array(4)
  for (let k = 0; k < samples; k++) {
    const y = Float64Array.from({ length: 4 }, (_, i) =>
      i < 2 ? 2 * Math.PI * random.uniform() : 20 * random.uniform() - 10,
    )
    trueField.evaluate(0, y, derivative)
    rows.set(y, 6 * k)
    rows.set(derivative.subarray(2), 6 * k + 4)
  }
  return rows
}

/** Accelerations reach hundreds of rad/s²; an error counts relative to 10 rad/s² and the acceleration. */
const accelerationError =
  ({ system }: LearnedMechanics) =>
  (sample: tf.Tensor1D, weights: readonly tf.Tensor[]): tf.Tensor => {
    const state = tf.slice1d(sample, 0, 4)
    const expected = tf.slice1d(sample, 4, 2)
    const found = tf.slice1d(lagrangianDynamics(system(weights), tf.scalar(0), state), 2, 2)
    const scale = tf.sqrt(tf.add(100, tf.sum(tf.square(expected))))
    return tf.div(tf.sub(found, expected), scale)
  }

/** The paper's measure for a model with these parameters. */
function energyDrift(mechanics: LearnedMechanics, theta: Float64Array): number {
  const { field } = compiled(mechanics)
  field.parameters.set(theta)
  const random = randomStream(2000)
  const starts = Array.from({ length: testStarts }, () =>
    Array.from({ length: 4 }, (_, i) => (i < 2 ? 2 * Math.PI : 0.1) * random.uniform()),
  )
  const batch = createBatch(field, { method: 'dop853', rtol: 1e-9, atol: 1e-9, maxSteps: 1e6 })
  const ends = batch.integrate(starts, [0, testSpan])
  batch.close()
  const energyOf = (y: Float64Array): number => {
    const value = new Float64Array(1)
    trueFunctions.energy.evaluate(0, y, value)
    return value[0]
  }
  return mean(
    ends.map(({ y, failure }) =>
      failure ? Number.NaN : Math.abs(energyOf(y.slice(4)) - energyOf(y.slice(0, 4))) / largestPotential,
    ),
  )
}

export function lagrangianPendulumResults(): Result[] {
  const models: [
    name: string,
    make: (seed: number) => LearnedMechanics,
    options: Omit<RegressionOptions, 'seed'>,
  ][] = [
    ['four parameters', () => structured, { passes: 2, rate: 0.1, iterations: 100 }],
    [
      'M(q), V(q), networks',
      seed =>
        neuralMechanics({
          coordinates: 2,
          hidden: [32],
          angles,
          features: 3,
          random: randomStream(seed).uniform,
        }),
      { passes: 200, rate: 1e-2, iterations: 600 },
    ],
  ]
  return models.map(([model, make, options]) => {
    const runs = seeds.map(seed => {
      const mechanics = make(seed)
      const { parameters } = mechanics
      const fit = fitRegression(
        { parameters, columns: 6, residual: accelerationError(mechanics) },
        accelerations(seed),
        { ...options, seed },
      )
      return { ...fit, value: energyDrift(mechanics, fit.theta) }
    })
    return {
      task: 'double pendulum',
      model,
      published,
      values: runs.map(({ value }) => value),
      parameters: runs[0].theta.length,
      seconds: mean(runs.map(({ seconds }) => seconds)),
    }
  })
}
