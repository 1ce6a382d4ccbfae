/**
 * Chains of N rods of Finzi, Wang & Wilson, Simplifying Hamiltonian and Lagrangian neural networks via explicit constraints, NeurIPS
 * 2020, by the protocol of their repository: 800 pieces of five points, 0.03 s apart, in Cartesian coordinates and velocities, single
 * precision; then 100 rollouts of 3 s.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type CompiledField, createBatch, vectorField } from '../../index.ts'
import {
  type ConstrainedBodies,
  constrainedLagrangianDynamics,
  type Learned,
  learnedConstrainedBodies,
  type RodEnd,
  rodConstraints,
} from '../../models/index.ts'
import { lbfgsState, lbfgsStep, type RandomStream, randomStream } from '../../sim/index.ts'
import { fitRegression } from './regression.ts'
import { mean, type Result, seeds } from './results.ts'

/** Of CHNN, their best model on chains but for CLNN, which is within 15 %. */
const published: Readonly<Record<number, number>> = { 1: 6.1e-5, 2: 1.17e-4, 3: 3.4e-4, 5: 1.07e-3 }
const [pieces, points, rollouts] = [800, 5, 100]
const [dt, span] = [0.03, 3]
const samples = Math.round(span / dt)

/** Masses [kg] and lengths [m] between 0.6 and 1.4, as theirs; their gravity is 1 m/s². */
interface Chain {
  readonly masses: readonly number[]
  readonly lengths: readonly number[]
}

function chainOf(links: number): Chain {
  const { uniform } = randomStream(links)
  const draw = () => Array.from({ length: links }, () => 0.6 + 0.8 * uniform())
  return { masses: draw(), lengths: draw() }
}

const joints =
  ({ lengths }: Chain) =>
  (X: tf.Tensor2D): tf.Tensor1D =>
    rodConstraints(
      X,
      lengths.map((length, k): [RodEnd, RodEnd, number] => [k === 0 ? 'ground' : k - 1, k, length]),
    )

const trueChain = (chain: Chain): Learned<[], ConstrainedBodies> => ({
  parameters: [],
  apply: () => ({
    count: chain.masses.length,
    dimensions: 2,
    masses: tf.tensor1d([...chain.masses]),
    potential: X => tf.sum(tf.mul(tf.tensor2d(chain.masses.map(m => [0, m])), X)),
    constraints: joints(chain),
  }),
})

const fieldOf = (model: Learned<[], ConstrainedBodies>, links: number) =>
  vectorField((_t, y, weights) => constrainedLagrangianDynamics(model.apply(weights), y), {
    state: [4 * links],
    parameters: model.parameters,
  })

/**
 * A state on the constraints: angles and rates from N(0, 1), moved in the plane by 0.2 m, rates halved and moved by 0.4 m/s, and each rod
 * brought back to its length.
 */
function start({ lengths }: Chain, { normal }: RandomStream): number[] {
  const [positions, velocities]: [number[], number[]] = [[], []]
  let [x, y, u, v] = [0, 0, 0, 0]
  for (const l of lengths) {
    const [angle, rate] = [normal(), normal()]
    const [dx, dy] = [l * Math.sin(angle) + 0.2 * normal(), -l * Math.cos(angle) + 0.2 * normal()]
    const [du, dv] = [
      0.5 * l * rate * Math.cos(angle) + 0.4 * normal(),
      0.5 * l * rate * Math.sin(angle) + 0.4 * normal(),
    ]
    const size = Math.hypot(dx, dy)
    const [tx, ty] = [-dy / size, dx / size]
    const along = du * tx + dv * ty
    x += (l * dx) / size
    y += (l * dy) / size
    u += along * tx
    v += along * ty
    positions.push(x, y)
    velocities.push(u, v)
  }
  return [...positions, ...velocities]
}

const precise = { method: 'dop853', rtol: 1e-10, atol: 1e-12 } as const

/** States at 0, dt, 2·dt … of each start. */
function motions(field: CompiledField, starts: readonly number[][]): Float64Array[] {
  const batch = createBatch(field, precise)
  const times = Float64Array.from({ length: samples }, (_, k) => k * dt)
  const found = batch.integrate(starts, times).map(({ y }) => y)
  batch.close()
  return found
}

/** By the squares of what is left over in the pieces, integrated to a tolerance: L-BFGS. */
function trainOnMotion(field: CompiledField, data: readonly number[][], iterations: number): number {
  const begun = performance.now()
  const n = field.dimension
  const batch = createBatch(field, { method: 'dop853', rtol: 1e-8, atol: 1e-10 })
  const starts = data.map(piece => piece.slice(0, n))
  const times = Array.from({ length: points }, (_, k) => k * dt)
  const squares = (y: tf.Tensor, piece: tf.Tensor) =>
    tf.mul(1e4, tf.mean(tf.square(tf.sub(tf.reshape(y, [-1]), piece))))
  const objective = {
    size: field.parameterCount,
    evaluate(x: Float64Array, out: Float64Array) {
      field.parameters.set(x)
      const { loss, gradients } = batch.lossAndGradient(starts, times, squares, data)
      out.set(gradients.parameters)
      return loss
    },
  }
  const x = field.parameters.slice()
  const state = lbfgsState(objective, x)
  for (let k = 0; k < iterations && lbfgsStep(objective, x, state); k++);
  field.parameters.set(x)
  batch.close()
  return (performance.now() - begun) / 1e3
}

/** By the squares of what is left over of one step of the classical Runge–Kutta method from each point to the next: Adam, then L-BFGS. */
function trainOnSteps(
  field: CompiledField,
  model: Learned<[], ConstrainedBodies>,
  data: readonly number[][],
  seed: number,
): number {
  const n = field.dimension
  const pairs = data.flatMap(piece =>
    Array.from({ length: points - 1 }, (_, k) => piece.slice(k * n, (k + 2) * n)).flat(),
  )
  const residual = (sample: tf.Tensor1D, weights: readonly tf.Tensor[]): tf.Tensor => {
    const bodies = model.apply(weights)
    const f = (y: tf.Tensor) => constrainedLagrangianDynamics(bodies, y as tf.Tensor1D)
    const y = tf.slice1d(sample, 0, n)
    const k1 = f(y)
    const k2 = f(tf.add(y, tf.mul(dt / 2, k1)))
    const k3 = f(tf.add(y, tf.mul(dt / 2, k2)))
    const k4 = f(tf.add(y, tf.mul(dt, k3)))
    const slope = tf.div(tf.addN([k1, tf.mul(2, k2), tf.mul(2, k3), k4]), 6)
    return tf.sub(slope, tf.div(tf.sub(tf.slice1d(sample, n, n), y), dt))
  }
  const { theta, seconds } = fitRegression(
    { parameters: model.parameters, columns: 2 * n, residual },
    Float64Array.from(pairs),
    { seed, passes: 40, rate: 3e-3, iterations: 300, batch: 200 },
  )
  field.parameters.set(theta)
  return seconds
}

/** Geometric mean over rollouts and time of ‖found − true‖/(‖found‖ + ‖true‖) + 1e-8. */
function relativeError(found: readonly Float64Array[], truth: readonly Float64Array[], n: number): number {
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  let sum = 0
  found.forEach((y, trial) => {
    for (let k = 0; k < samples; k++) {
      const [a, b] = [y, truth[trial]].map(states => states.subarray(k * n, (k + 1) * n))
      const error = norm(a.map((value, i) => value - b[i])) / (norm(a) + norm(b))
      sum += (Math.log(error + 1e-8) * (k === 0 || k === samples - 1 ? 0.5 : 1)) / found.length
    }
  })
  return Math.exp((sum * dt) / span)
}

/** Pieces of five points of trajectories of 3 s, in single precision. */
function trainingPieces(truth: CompiledField, chain: Chain, random: RandomStream): number[][] {
  const n = truth.dimension
  const starts = Array.from({ length: pieces }, () => start(chain, random))
  return motions(truth, starts).map(y => {
    const begin = points * Math.floor((random.uniform() * samples) / points)
    return Array.from(y.subarray(begin * n, (begin + points) * n), Math.fround)
  })
}

/** A chain whose masses and potential are learned, and how. */
export interface ChainModel {
  readonly name: string
  make(links: number, chain: Chain, random: RandomStream): Learned<[], ConstrainedBodies>
  /** Leaves what is learned in field.parameters; seconds. */
  train(
    field: CompiledField,
    model: Learned<[], ConstrainedBodies>,
    data: readonly number[][],
    seed: number,
  ): number
}

const structured: ChainModel = {
  name: 'masses, linear potential',
  make: (links, chain) =>
    learnedConstrainedBodies({ count: links, dimensions: 2, constraints: joints(chain) }),
  train: (field, _model, data) => trainOnMotion(field, data, 60),
}

const neural: ChainModel = {
  name: 'masses, V(X) a network',
  make: (links, chain, { uniform: random }) =>
    learnedConstrainedBodies({
      count: links,
      dimensions: 2,
      constraints: joints(chain),
      network: { hidden: [64, 64], activation: 'tanh', random },
    }),
  train: (field, model, data, seed) => trainOnSteps(field, model, data, seed),
}

export const chainModels: readonly ChainModel[] = [structured, neural]

export function chainResult(links: number, { name, make, train }: ChainModel): Result {
  const chain = chainOf(links)
  const truth = fieldOf(trueChain(chain), links)
  const test = randomStream(1000)
  const starts = Array.from({ length: rollouts }, () => start(chain, test))
  const wanted = motions(truth, starts)
  const runs = seeds.map(seed => {
    const random = randomStream(seed)
    const model = make(links, chain, random)
    const field = fieldOf(model, links)
    const seconds = train(field, model, trainingPieces(truth, chain, random), seed)
    return {
      seconds,
      value: relativeError(motions(field, starts), wanted, truth.dimension),
      parameters: field.parameterCount,
    }
  })
  return {
    task: `chain of ${links}`,
    model: name,
    published: published[links],
    values: runs.map(({ value }) => value),
    floor: 1e-8,
    parameters: runs[0].parameters,
    seconds: mean(runs.map(run => run.seconds)),
  }
}
