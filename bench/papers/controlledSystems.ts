/**
 * Pendulum, cart-pole and acrobot under constant inputs, as in Zhong, Dey & Chakraborty, Symplectic ODE-Net, ICLR 2020 (tasks 2 to 4;
 * Gym's systems and starts, from their repository): angles as cosines and sines, and rates, every 0.05 s or 0.02 s.
 */
import * as tf from '@tensorflow/tfjs-core'
import { createBatch, vectorField } from '../../index.ts'
import {
  embeddedSymplecticOdeDynamics,
  type Learned,
  learnedSymplecticOde,
  type SymplecticOdeSystem,
} from '../../models/index.ts'
import { type RandomStream, randomStream } from '../../sim/index.ts'
import { scalars } from './learnedMechanics.ts'
import { fitRegression, type RegressionOptions } from './regression.ts'
import { mean, type Result, seeds } from './results.ts'

interface Task {
  readonly name: string
  /** Of the structured model, mean over rollouts. */
  readonly published: number
  readonly lengths: number
  readonly angles: number
  /** Seconds from sample to sample. */
  readonly step: number
  /** Of each coordinate, the largest |r| and rate at the start; angles are all alike. */
  readonly start: readonly (readonly [position: number, rate: number])[]
  /** By its parameters: those that motion tells. */
  system(parameters: readonly tf.Tensor[]): SymplecticOdeSystem
  readonly truth: readonly number[]
  readonly guess: Readonly<Record<string, number>>
}

const inputs = [-2, -1, 0, 1, 2]
/** Starts for each input, and samples of each trajectory. */
const training = { starts: 64, samples: 20 }
const test = { starts: 128, samples: 40 }

/** The inverse of [[a, b], [b, c]]. */
function inverse(a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor2D {
  const determinant = tf.sub(tf.mul(a, c), tf.square(b))
  return tf.div(tf.reshape(tf.stack([c, tf.neg(b), tf.neg(b), a]), [2, 2]), determinant)
}

const entry = (x: tf.Tensor1D, k: number): tf.Tensor => tf.reshape(tf.slice1d(x, k, 1), [])
const column = (...entries: (tf.Tensor | number)[]): tf.Tensor2D =>
  tf.reshape(tf.stack(entries.map(value => (typeof value === 'number' ? tf.scalar(value) : value))), [-1, 1])

/** φ̈ = a·sin φ + b·u, φ from above. */
const pendulum: Task = {
  name: 'pendulum, embedded',
  published: 0.0948,
  lengths: 0,
  angles: 1,
  step: 0.05,
  start: [[Math.PI, 1]],
  system: ([a, b]) => ({
    lengths: 0,
    angles: 1,
    inverseMass: () => tf.tensor2d([[1]]),
    potential: x => tf.mul(a, entry(x, 0)),
    input: () => column(b),
  }),
  truth: [15, 3],
  guess: { a: 5, b: 1 },
}

/** In units of the whole mass: M = [[1, a·cos φ], [a·cos φ, b]], φ from above. */
const cartPole: Task = {
  name: 'cart-pole',
  published: 4.16,
  lengths: 1,
  angles: 1,
  step: 0.02,
  start: [
    [0.5, 0.05],
    [Math.PI, 3],
  ],
  system: ([a, b, c, d]) => ({
    lengths: 1,
    angles: 1,
    inverseMass: x => inverse(tf.scalar(1), tf.mul(a, entry(x, 1)), b),
    potential: x => tf.mul(c, entry(x, 1)),
    input: () => column(d, 0),
  }),
  // masses of 0.5 kg, half a pole of 0.5 m
  truth: [0.25, 0.5 / 3, 2.45, 1],
  guess: { a: 0.1, b: 0.5, c: 1, d: 0.5 },
}

/** M₁₁ = a + 2b·cos φ₂, M₁₂ = c + b·cos φ₂, M₂₂ = c, the torque at the second joint; φ₁ from below. */
const acrobot: Task = {
  name: 'acrobot',
  published: 0.809,
  lengths: 0,
  angles: 2,
  step: 0.05,
  start: [
    [Math.PI, 3.14],
    [Math.PI, 3.14],
  ],
  system: ([a, b, c, d, e]) => ({
    lengths: 0,
    angles: 2,
    inverseMass(x) {
      const coupling = tf.mul(b, entry(x, 1))
      return inverse(tf.add(a, tf.mul(2, coupling)), tf.add(c, coupling), c)
    },
    potential(x) {
      const [cos1, cos2, sin1, sin2] = tf.unstack(x)
      const both = tf.sub(tf.mul(cos1, cos2), tf.mul(sin1, sin2))
      return tf.neg(tf.add(tf.mul(d, cos1), tf.mul(e, both)))
    },
    input: () => column(0, 1),
  }),
  // links of 1 kg and 1 m, moments of inertia of 1 kg m², centres in the middle
  truth: [3.5, 0.5, 1.25, 14.7, 4.9],
  guess: { a: 2, b: 0.1, c: 1, d: 1, e: 1 },
}

const tasks = [pendulum, cartPole, acrobot]

const sizeOf = ({ lengths, angles }: Task): number => 2 * lengths + 3 * angles

/** d/dt of (s, u): the input stays as it is. */
const withInput = (system: SymplecticOdeSystem, y: tf.Tensor1D, size: number): tf.Tensor1D =>
  tf.concat([
    embeddedSymplecticOdeDynamics(system, tf.slice1d(y, 0, size), tf.slice1d(y, size, 1)),
    tf.zeros([1]),
  ])

function startOf({ start, lengths }: Task, u: number, random: RandomStream): number[] {
  const within = (bound: number) => bound * (2 * random.uniform() - 1)
  const positions = start.slice(0, lengths).map(([bound]) => within(bound))
  const directions = start.slice(lengths).map(() => direction(random))
  const rates = start.map(([, bound]) => within(bound))
  return [...positions, ...directions.map(([x]) => x), ...directions.map(([, y]) => y), ...rates, u]
}

/** A point of the unit circle, all alike. */
function direction(random: RandomStream): [number, number] {
  for (;;) {
    const [x, y] = [2 * random.uniform() - 1, 2 * random.uniform() - 1]
    const length = Math.sqrt(x * x + y * y)
    if (length > 1e-3 && length <= 1) return [x / length, y / length]
  }
}

/** Trajectories of (s, u), samples one behind the other; NaN from where one fails. */
function rollouts(
  task: Task,
  { parameters, apply }: Learned<[], SymplecticOdeSystem>,
  theta: ArrayLike<number>,
  starts: readonly ArrayLike<number>[],
  samples: number,
): Float64Array[] {
  const size = sizeOf(task)
  const field = vectorField((_t, y, weights) => withInput(apply(weights), y, size), {
    state: [size + 1],
    parameters,
  })
  field.parameters.set(theta)
  const times = Float64Array.from({ length: samples }, (_, k) => k * task.step)
  const batch = createBatch(field, { method: 'dop853', rtol: 1e-9, atol: 1e-9 })
  const all = batch.integrate(starts, times)
  batch.close()
  return all.map(({ y }) => {
    const whole = new Float64Array(samples * (size + 1)).fill(Number.NaN)
    whole.set(y)
    return whole
  })
}

const structured = (task: Task): Learned<[], SymplecticOdeSystem> => ({
  parameters: scalars(task.guess),
  apply: weights => task.system(weights),
})

function trajectories(task: Task, count: number, samples: number, random: RandomStream): Float64Array[] {
  const starts = inputs.flatMap(u => Array.from({ length: count }, () => startOf(task, u, random)))
  return rollouts(task, structured(task), task.truth, starts, samples)
}

/** Mean over fresh rollouts of the sum over samples and components of the squared error: the paper's prediction error. */
function predictionError(task: Task, model: Learned<[], SymplecticOdeSystem>, theta: Float64Array): number {
  const truth = trajectories(task, test.starts, test.samples, randomStream(1000))
  const size = sizeOf(task)
  const starts = truth.map(y => y.subarray(0, size + 1))
  const predicted = rollouts(task, model, theta, starts, test.samples)
  return mean(truth.map((y, k) => y.reduce((sum, value, i) => sum + (value - predicted[k][i]) ** 2, 0)))
}

/** Rows (s, u), then s at the next sample. */
function steps(task: Task, seed: number): Float64Array {
  const width = sizeOf(task) + 1
  return Float64Array.from(
    trajectories(task, training.starts, training.samples, randomStream(seed)).flatMap(y =>
      Array.from({ length: training.samples - 1 }, (_, k) => [
        ...y.subarray(k * width, (k + 2) * width - 1),
      ]).flat(),
    ),
  )
}

/** The error of one step from sample to sample, two of the classical Runge–Kutta method, relative to the step's length. */
function stepError(task: Task, { apply }: Learned<[], SymplecticOdeSystem>) {
  const size = sizeOf(task)
  const h = task.step / 2
  return (sample: tf.Tensor1D, weights: readonly tf.Tensor[]): tf.Tensor => {
    const system = apply(weights)
    const f = (y: tf.Tensor): tf.Tensor => withInput(system, y as tf.Tensor1D, size)
    let y: tf.Tensor = tf.slice1d(sample, 0, size + 1)
    for (let half = 0; half < 2; half++) {
      const k1 = f(y)
      const k2 = f(tf.add(y, tf.mul(h / 2, k1)))
      const k3 = f(tf.add(y, tf.mul(h / 2, k2)))
      const k4 = f(tf.add(y, tf.mul(h, k3)))
      y = tf.add(y, tf.mul(h / 6, tf.addN([k1, tf.mul(2, k2), tf.mul(2, k3), k4])))
    }
    return tf.div(
      tf.sub(tf.slice1d(y as tf.Tensor1D, 0, size), tf.slice1d(sample, size + 1, size)),
      task.step,
    )
  }
}

export function controlledSystemResults(): Result[] {
  return tasks.flatMap(task => {
    const models: [
      name: string,
      make: (seed: number) => Learned<[], SymplecticOdeSystem>,
      options: Omit<RegressionOptions, 'seed'>,
    ][] = [
      [
        `${Object.keys(task.guess).length} parameters`,
        () => structured(task),
        { passes: 10, rate: 0.03, iterations: 100 },
      ],
      [
        'M(q), V(q), g(q), networks',
        seed =>
          learnedSymplecticOde({
            lengths: task.lengths,
            angles: task.angles,
            inputs: 1,
            hidden: [32],
            activation: 'tanh',
            random: randomStream(seed).uniform,
          }),
        { passes: 40, rate: 1e-2, iterations: 100 },
      ],
    ]
    return models.map(([model, make, options]) => {
      const runs = seeds.map(seed => {
        const learned = make(seed)
        const residual = stepError(task, learned)
        const columns = 2 * sizeOf(task) + 1
        const { parameters } = learned
        const fit = fitRegression({ parameters, columns, residual }, steps(task, seed), { ...options, seed })
        console.error(
          task.name,
          model,
          fit.loss,
          fit.seconds,
          fit.theta.slice(0, 5),
          predictionError(task, learned, fit.theta),
        )
        return { ...fit, value: predictionError(task, learned, fit.theta) }
      })
      return {
        task: task.name,
        model,
        published: task.published,
        values: runs.map(({ value }) => value),
        parameters: runs[0].theta.length,
        seconds: mean(runs.map(({ seconds }) => seconds)),
      }
    })
  })
}
