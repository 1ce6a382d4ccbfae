/**
 * The double pendulum of Cranmer, Greydanus, Hoyer, Battaglia, Spergel & Ho, Lagrangian Neural Networks, 2020, by the protocol of
 * their repository: accelerations at random states in, the drift of the energy over 100 s out.
 */
import * as tf from '@tensorflow/tfjs-core'
import { compileModel, createBatch } from '../../index.ts'
import {
  denseNetwork,
  energy,
  type LagrangianSystem,
  type Learned,
  lagrangianDynamics,
  learnedMassMatrix,
  type ParameterSpec,
} from '../../models/index.ts'
import { type RandomStream, randomStream } from '../../sim/index.ts'
import { fitRegression, type RegressionOptions } from './regression.ts'
import { mean, type Result, seeds } from './results.ts'

/** A mechanical system with learned arrays. */
export interface LearnedMechanics {
  readonly parameters: readonly ParameterSpec[]
  system(weights: readonly tf.Tensor[]): LagrangianSystem
}

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
  parameters: ['b', 'c', 'd', 'e'].map((name, k) => ({
    name,
    shape: [],
    initial: Float64Array.of([1, 0.1, 1, 1][k]),
  })),
  system: weights => doublePendulum([tf.scalar(1), ...weights]),
}

/** M = LLᵀ + 0.01·I and V, networks of the angles' cosines and sines. */
export function neuralMechanics(
  coordinates: number,
  hidden: readonly number[],
  random: RandomStream,
): LearnedMechanics {
  const network = (name: string, outputs: number) =>
    denseNetwork({
      name,
      inputs: 2 * coordinates,
      hidden,
      outputs,
      activation: 'tanh',
      random: random.uniform,
    })
  const outputs = (coordinates * (coordinates + 1)) / 2
  const matrix = learnedMassMatrix('cholesky', coordinates, 0.01, network('mass', outputs))
  const potential: Learned<[tf.Tensor], tf.Tensor1D> = network('potential', 1)
  const count = matrix.parameters.length
  const circle = (q: tf.Tensor) => tf.concat([tf.cos(q), tf.sin(q)])
  return {
    parameters: [...matrix.parameters, ...potential.parameters],
    system: weights => ({
      coordinates,
      massMatrix: q => matrix.apply(weights.slice(0, count), circle(q)),
      potential: q => tf.sum(potential.apply(weights.slice(count), circle(q))),
    }),
  }
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
  const random = randomStream(1000)
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

export async function lagrangianPendulumResults(): Promise<Result[]> {
  const models: [
    name: string,
    make: (seed: number) => LearnedMechanics,
    options: Omit<RegressionOptions, 'seed'>,
  ][] = [
    ['four parameters', () => structured, { passes: 2, rate: 0.1, iterations: 100 }],
    [
      'M(q), V(q), networks',
      seed => neuralMechanics(2, [64], randomStream(seed)),
      { passes: 20, rate: 1e-2, iterations: 300 },
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
      console.error(model, fit.loss, fit.seconds, [...fit.theta.slice(0,4)])
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
