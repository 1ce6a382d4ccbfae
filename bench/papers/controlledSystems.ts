/**
 * Pendulum, cart-pole and acrobot under constant inputs, the tasks of Zhong, Dey & Chakraborty, Symplectic ODE-Net, ICLR 2020, with the
 * systems and starts of their repository: trajectories without noise; angle and momentum in the first task, in the others angles by
 * cosines and sines, and rates.
 */
import * as tf from '@tensorflow/tfjs-core'
import { createBatch, vectorField } from '../../index.ts'
import {
  embeddedSymplecticOdeDynamics,
  type Learned,
  learnedSymplecticOde,
  type SymplecticOdeSystem,
  symplecticOdeDynamics,
} from '../../models/index.ts'
import { type RandomStream, randomStream } from '../../sim/index.ts'
import { scalars } from './learnedMechanics.ts'
import { fitRegression, type RegressionOptions } from './regression.ts'
import { mean, type Result, seeds } from './results.ts'

interface Task {
  readonly name: string
  /** Whether the state is (x, q̇), angles by cosines and sines; else (q, p). */
  readonly embedded: boolean
  /** Of the structured model, mean over rollouts. */
  readonly published: number
  readonly lengths: number
  readonly angles: number
  /** Seconds from sample to sample. */
  readonly step: number
  start(random: RandomStream): number[]
  /** By its parameters: those that motion tells. */
  system(parameters: readonly tf.Tensor[]): SymplecticOdeSystem
  readonly truth: readonly number[]
  readonly guess: Readonly<Record<string, number>>
}

const inputs = [-2, -1, 0, 1, 2]
/** Starts for each input, and samples of each trajectory. */
const training = { starts: 64, samples: 20 }
/** Without input. */
const test = { starts: 128, samples: 40 }

/** The inverse of [[a, b], [b, c]]. */
function inverse(a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor2D {
  const determinant = tf.sub(tf.mul(a, c), tf.square(b))
  return tf.div(tf.reshape(tf.stack([c, tf.neg(b), tf.neg(b), a]), [2, 2]), determinant)
}

const entry = (x: tf.Tensor1D, k: number): tf.Tensor => tf.reshape(tf.slice1d(x, k, 1), [])
const column = (...entries: (tf.Tensor | number)[]): tf.Tensor2D =>
  tf.reshape(tf.stack(entries.map(value => (typeof value === 'number' ? tf.scalar(value) : value))), [-1, 1])

const within = (bound: number, random: RandomStream): number => bound * (2 * random.uniform() - 1)

/** cos φ and sin φ of angles that are all alike: [cos φ₁, …, sin φ₁, …]. */
function directions(count: number, random: RandomStream): number[] {
  const points: [number, number][] = []
  while (points.length < count) {
    const [x, y] = [within(1, random), within(1, random)]
    const length = Math.sqrt(x * x + y * y)
    if (length > 1e-3 && length <= 1) points.push([x / length, y / length])
  }
  return [...points.map(([x]) => x), ...points.map(([, y]) => y)]
}

/** q̇ = a·p, ṗ = −b·sin q + c·u. */
const pendulum: Task = {
  name: 'pendulum',
  embedded: false,
  published: 4.31,
  lengths: 0,
  angles: 1,
  step: 0.05,
  start: random => [0, 1].map(() => Math.PI * (3 * random.uniform() - 1)),
  system: ([a, b, c]) => ({
    lengths: 0,
    angles: 1,
    inverseMass: () => tf.reshape(a, [1, 1]),
    potential: x => tf.mul(tf.neg(b), entry(x, 0)),
    input: () => column(c),
  }),
  truth: [3, 5, 1],
  guess: { a: 1, b: 2, c: 0.5 },
}

/** φ̈ = a·sin φ + b·u, φ from above. */
const embeddedPendulum: Task = {
  name: 'pendulum, embedded',
  embedded: true,
  published: 0.0948,
  lengths: 0,
  angles: 1,
  step: 0.05,
  start: random => [...directions(1, random), within(1, random)],
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
  embedded: true,
  published: 4.16,
  lengths: 1,
  angles: 1,
  step: 0.02,
  start: random => [within(0.5, random), ...directions(1, random), within(0.05, random), within(3, random)],
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
  embedded: true,
  published: 0.809,
  lengths: 0,
  angles: 2,
  step: 0.05,
  start: random => [...directions(2, random), within(3.14, random), within(3.14, random)],
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

const tasks = [pendulum, embeddedPendulum, cartPole, acrobot]

const sizeOf = ({ embedded, lengths, angles }: Task): number => 2 * lengths + (embedded ? 3 : 2) * angles

/** d/dt of (s, u): the input stays as it is. */
function withInput(task: Task, system: SymplecticOdeSystem, y: tf.Tensor1D): tf.Tensor1D {
  const size = sizeOf(task)
  const dynamics = task.embedded ? embeddedSymplecticOdeDynamics : symplecticOdeDynamics
  return tf.concat([dynamics(system, tf.slice1d(y, 0, size), tf.slice1d(y, size, 1)), tf.zeros([1])])
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
  const field = vectorField((_t, y, weights) => withInput(task, apply(weights), y), {
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

function trajectories(
  task: Task,
  inputs: readonly number[],
  { starts: count, samples }: { starts: number; samples: number },
  random: RandomStream,
): Float64Array[] {
  const starts = inputs.flatMap(u => Array.from({ length: count }, () => [...task.start(random), u]))
  return rollouts(task, structured(task), task.truth, starts, samples)
}

/** Mean over fresh rollouts of the sum over samples and components of the squared error: the paper's prediction error. */
function predictionError(task: Task, model: Learned<[], SymplecticOdeSystem>, theta: Float64Array): number {
  const truth = trajectories(task, [0], test, randomStream(2000))
  const size = sizeOf(task)
  const starts = truth.map(y => y.subarray(0, size + 1))
  const predicted = rollouts(task, model, theta, starts, test.samples)
  return mean(truth.map((y, k) => y.reduce((sum, value, i) => sum + (value - predicted[k][i]) ** 2, 0)))
}

/** Rows (s, u), then s at the next sample. */
function steps(task: Task, seed: number): Float64Array {
  const width = sizeOf(task) + 1
  return Float64Array.from(
    trajectories(task, inputs, training, randomStream(seed)).flatMap(y =>
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
    const f = (y: tf.Tensor): tf.Tensor => withInput(task, system, y as tf.Tensor1D)
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
        { passes: 100, rate: 1e-2, iterations: 200 },
      ],
    ]
    return models.map(([model, make, options]) => {
      const runs = seeds.map(seed => {
        const learned = make(seed)
        const residual = stepError(task, learned)
        const columns = 2 * sizeOf(task) + 1
        const { parameters } = learned
        const fit = fitRegression({ parameters, columns, residual }, steps(task, seed), { ...options, seed })
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
