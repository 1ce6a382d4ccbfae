/**
 * The arm that writes characters of Lutter, Ritter & Peters, Deep Lagrangian Networks, ICLR 2019, and Lutter & Peters, Combining
 * physics and deep learning to learn continuous-time dynamics models, IJRR 2023: two joints, simulated. Angles, rates, accelerations
 * and torques of 17 characters in; how long rollouts under the torques of others hold out.
 */
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { compileModel, odeint } from '../../index.ts'
import { type LagrangianSystem, lagrangianDynamics } from '../../models/index.ts'
import { randomStream } from '../../sim/index.ts'
import { type LearnedMechanics, neuralMechanics, scalars } from './learnedMechanics.ts'
import { fitRegression, type RegressionOptions } from './regression.ts'
import { mean, type Result, seeds } from './results.ts'

type Rows = readonly (readonly number[])[]

/** By character, then by sample. */
interface Characters {
  readonly labels: readonly string[]
  readonly t: readonly (readonly number[])[]
  /** Angles, rates, accelerations; rad, s. */
  readonly qp: readonly Rows[]
  readonly qv: readonly Rows[]
  readonly qa: readonly Rows[]
  /** Nm */
  readonly tau: readonly Rows[]
  readonly mass_matrix: readonly (readonly Rows[])[]
}

/** Valid prediction time of the paper's best, a structured Hamiltonian network, s. */
const published = 2.9
/** Held out; the first two of them in the file's order, e and v, make the published number. */
const heldOut = ['e', 'q', 'v']
const compared = ['e', 'v']
/** The prediction holds while the squared errors of the angles add up to less, rad². */
const threshold = 1e-2

/** Two links: M₁₁ = a + 2b·cos q₂, M₁₂ = c + b·cos q₂, M₂₂ = c; gravity by both links' directions. */
function twoLinks([a, b, c, d, e, f, g]: readonly tf.Tensor[]): LagrangianSystem {
  return {
    coordinates: 2,
    massMatrix(q) {
      const coupling = tf.mul(b, tf.cos(tf.slice1d(q, 1, 1)))
      const mixed = tf.add(c, coupling)
      const entries = [tf.add(a, tf.mul(2, coupling)), mixed, mixed, tf.reshape(c, [1])]
      return tf.reshape(tf.concat(entries), [2, 2])
    },
    potential(q) {
      const [first, second] = tf.unstack(q)
      const both = tf.add(first, second)
      return tf.addN([
        tf.mul(d, tf.cos(first)),
        tf.mul(e, tf.sin(first)),
        tf.mul(f, tf.cos(both)),
        tf.mul(g, tf.sin(both)),
      ])
    },
  }
}

const structured: LearnedMechanics = {
  parameters: scalars({ a: 1, b: 0, c: 0.5, d: 0, e: 0, f: 0, g: 0 }),
  system: twoLinks,
}

/** Accelerations [2] under torques [2]. */
const accelerations = (system: LagrangianSystem, state: tf.Tensor1D, torque: tf.Tensor1D): tf.Tensor1D =>
  tf.slice1d(lagrangianDynamics({ ...system, forces: () => torque }, tf.scalar(0), state), 2, 2)

/** Rows q, q̇, τ, q̈. */
function trainingRows({ labels, qp, qv, tau, qa }: Characters): Float64Array {
  const kept = [...labels.keys()].filter(k => !heldOut.includes(labels[k]))
  return Float64Array.from(
    kept.flatMap(k => qp[k].flatMap((q, i) => [...q, ...qv[k][i], ...tau[k][i], ...qa[k][i]])),
  )
}

interface Judged {
  /** s */
  readonly validTime: number
  /** ‖M_learned − M‖ / ‖M‖ over the held-out characters. */
  readonly matrixError: number
}

function judge({ parameters, system }: LearnedMechanics, theta: Float64Array, data: Characters): Judged {
  const { field, functions } = compileModel(
    (_t, y, weights) => {
      const [state, torque] = [tf.slice1d(y, 0, 4), tf.slice1d(y, 4, 2)]
      const rates = tf.slice1d(state, 2, 2)
      return tf.concat([rates, accelerations(system(weights), state, torque), tf.zeros([2])])
    },
    { matrix: (_t, y, weights) => system(weights).massMatrix!(tf.slice1d(y, 0, 2)) },
    { state: [6], parameters },
  )
  field.parameters.set(theta)
  const matrix = new Float64Array(4)
  let [squares, of] = [0, 0]
  const times = heldOut.flatMap(label => {
    const k = data.labels.indexOf(label)
    const { t, qp, qv, tau } = { t: data.t[k], qp: data.qp[k], qv: data.qv[k], tau: data.tau[k] }
    qp.forEach((q, i) => {
      functions.matrix.evaluate(0, Float64Array.from([...q, 0, 0, 0, 0]), matrix)
      data.mass_matrix[k][i].flat().forEach((entry, j) => {
        squares += (matrix[j] - entry) ** 2
        of += entry ** 2
      })
    })
    if (!compared.includes(label)) return []
    let state = [...qp[0], ...qv[0]]
    for (let i = 0; i < t.length; i++) {
      const error = (state[0] - qp[i][0]) ** 2 + (state[1] - qp[i][1]) ** 2
      if (!(error < threshold)) return [t[i]]
      if (i + 1 === t.length) break
      // each torque is held until the next, as in the paper's rollouts
      const { y } = odeint(field, [...state, ...tau[i]], [t[i], t[i + 1]], { rtol: 1e-9, atol: 1e-11 })
      state = [...y.subarray(6, 10)]
    }
    return [t.at(-1)!]
  })
  return { validTime: mean(times), matrixError: Math.sqrt(squares / of) }
}

/** @param folder with character_data.json */
export function writingArmResults(file: string): { times: Result[]; matrices: Result[] } {
  const data: Characters = JSON.parse(readFileSync(file, 'utf8'))
  const rows = trainingRows(data)
  const models: [
    name: string,
    make: (seed: number) => LearnedMechanics,
    options: Omit<RegressionOptions, 'seed'>,
  ][] = [
    ['seven parameters', () => structured, { passes: 50, rate: 1e-2, iterations: 100 }],
    [
      'M(q), V(q), networks',
      seed =>
        neuralMechanics({
          coordinates: 2,
          hidden: [32],
          angles: q => q,
          features: 2,
          random: randomStream(seed).uniform,
        }),
      { passes: 400, rate: 1e-2, iterations: 1000 },
    ],
  ]
  const all = models.map(([model, make, options]) => {
    const runs = seeds.map(seed => {
      const mechanics = make(seed)
      const { parameters, system } = mechanics
      const fit = fitRegression(
        {
          parameters,
          columns: 8,
          residual: (sample, weights) =>
            tf.sub(
              accelerations(system(weights), tf.slice1d(sample, 0, 4), tf.slice1d(sample, 4, 2)),
              tf.slice1d(sample, 6, 2),
            ),
        },
        rows,
        { ...options, seed },
      )
      return { ...fit, ...judge(mechanics, fit.theta, data) }
    })
    const common = {
      model,
      parameters: runs[0].theta.length,
      seconds: mean(runs.map(({ seconds }) => seconds)),
    }
    return {
      time: {
        ...common,
        task: 'valid prediction time / s',
        published,
        values: runs.map(run => run.validTime),
      },
      matrix: { ...common, task: 'mass matrix', values: runs.map(run => run.matrixError) },
    }
  })
  return { times: all.map(({ time }) => time), matrices: all.map(({ matrix }) => matrix) }
}
