/**
 * The simulated tasks of Greydanus, Dzamba & Yosinski, Hamiltonian Neural Networks, NeurIPS 2019, with data and measures as in
 * their repository. They train on derivatives without noise; here the models see the trajectories alone.
 */
import {
  compileSystem,
  parseScene,
  type RandomStream,
  randomStream,
  type Scene,
  type Series,
  simulate,
  type TrainedSystem,
} from '../../sim/index.ts'
import { mean, type Result, seeds } from './results.ts'
import { fitScene } from './sceneFit.ts'

interface Task {
  readonly name: string
  /** Energy MSE of the paper's HNN. */
  readonly published: number
  /** The scene's section. */
  readonly system: string
  readonly states: readonly string[]
  readonly data: { readonly trajectories: number; readonly span: number; readonly samples: number }
  /** Standard deviation of what is observed. */
  readonly noise: number
  /** Sections `learn` and `training` of each model. */
  readonly models: Readonly<Record<string, readonly [learn: string, training: string]>>
  start(random: RandomStream): number[]
  /** Where the test's rollouts begin; by default as those of the data. */
  testStart?(random: RandomStream): number[]
  readonly test: { readonly span: number; readonly samples: number }
  /** What the paper calls energy; by default the true one. */
  energy?(state: Float64Array): number
}

const testStarts = 15

type Vector = [x: number, y: number]

/** A direction as the paper draws it, from the square, times a radius. */
function onCircle(random: RandomStream, radius: number): Vector {
  const [x, y] = [2 * random.uniform() - 1, 2 * random.uniform() - 1]
  const length = Math.sqrt(x * x + y * y)
  return [(radius * x) / length, (radius * y) / length]
}

/** Turned by a third of a circle. */
const third = ([x, y]: Vector): Vector => {
  const sine = Math.sqrt(3) / 2
  return [-x / 2 - sine * y, sine * x - y / 2]
}

const squares = ([q, p]: Float64Array): number => q * q + p * p

/** Windows double from the first length to the last. */
const marquardt = (from: number, to: number) =>
  `{optimizer: {type: levenberg-marquardt}, window: {from: ${from}, to: ${to}}, epochs: 40, weights: {}}`

const spring: Task = {
  name: 'spring',
  published: 3.84e-4,
  system: `{type: hamiltonian, parameters: {a: 1, b: 1}, coordinates: {q: {}}, hamiltonian: a*p_q^2 + b*q^2}`,
  states: ['q', 'p_q'],
  data: { trajectories: 25, span: 3, samples: 30 },
  noise: 0.1,
  models: {
    'two parameters': [
      '{parameters: {a: {start: 0.7, positive: true}, b: {start: 0.7, positive: true}}}',
      marquardt(1, 3),
    ],
    'H(q, p), a network': [
      '{hamiltonian: {network: {inputs: [q, p_q], hidden: [16], activation: softplus}}}',
      `{phases: [
        {optimizer: {type: adam, lr: 1.0e-2, schedule: cosine}, window: {from: 1, to: 3}, epochs: 100, batch: 8},
        {optimizer: {type: lbfgs}, window: {from: 3, to: 3}, epochs: 100}]}`,
    ],
  },
  start: random => onCircle(random, 0.1 + 0.9 * random.uniform()),
  testStart: random =>
    [0, 1].map(() => {
      const x = 1.6 * random.uniform() - 0.8
      return x + 0.2 * Math.sign(x)
    }),
  test: { span: 20, samples: 100 },
  energy: squares,
}

const pendulum: Task = {
  ...spring,
  name: 'pendulum',
  published: 2.49e-2,
  system: `{type: hamiltonian, parameters: {a: 1, b: 3}, coordinates: {q: {}}, hamiltonian: a*p_q^2 + b*(1 - cos(q))}`,
  data: { trajectories: 25, span: 3, samples: 45 },
  models: {
    'two parameters': [
      '{parameters: {a: {start: 0.7, positive: true}, b: {start: 2, positive: true}}}',
      marquardt(1, 3),
    ],
    'H(q, p), a network': [
      '{hamiltonian: {network: {inputs: [cos(q), sin(q), p_q], hidden: [16], activation: tanh}}}',
      `{phases: [
        {optimizer: {type: adam, lr: 1.0e-2, schedule: cosine}, window: {from: 1, to: 3}, epochs: 100, batch: 8},
        {optimizer: {type: lbfgs}, window: {from: 3, to: 3}, epochs: 400}]}`,
    ],
  },
  start: random => onCircle(random, 1.3 + random.uniform()),
}

const bodies = (names: readonly string[]): string =>
  `{type: particles, parameters: {G: 1}, pair: -G*m_i*m_j/r, bodies: {${names
    .map((name, k) => `${name}: {mass: 1, position: [${k}, 0]}`)
    .join(', ')}}}`
const bodyStates = (names: readonly string[]): string[] =>
  ['', 'v'].flatMap(prefix => names.flatMap(name => [`${name}_${prefix}x`, `${name}_${prefix}y`]))
const gravity = '{parameters: {G: {start: 0.7, positive: true}}}'
const pairNetwork = '{pair: {network: {inputs: [r], hidden: [32], activation: tanh}}}'

const twoBodies: Task = {
  name: '2-body',
  published: 3.88e-5,
  system: bodies(['a', 'b']),
  states: bodyStates(['a', 'b']),
  data: { trajectories: 10, span: 20, samples: 50 },
  noise: 0,
  models: {
    G: [gravity, marquardt(5, 20)],
    'pair potential, a network': [
      pairNetwork,
      `{phases: [
        {optimizer: {type: adam, lr: 1.0e-2, schedule: cosine}, window: {from: 2, to: 4}, epochs: 60, batch: 32},
        {optimizer: {type: lbfgs}, window: {from: 4, to: 20}, epochs: 150}]}`,
    ],
  },
  /** Nearly circular, about the centre of mass. */
  start(random) {
    const [x, y] = [0.5 + random.uniform(), 0.5 + random.uniform()]
    const r = Math.sqrt(x * x + y * y)
    const speed = (1 + 0.05 * random.normal()) / (2 * r * Math.sqrt(r))
    const [vx, vy] = [-y * speed, x * speed]
    return [x, y, -x, -y, vx, vy, -vx, -vy]
  },
  test: { span: 25, samples: 500 },
}

const threeBodies: Task = {
  name: '3-body',
  published: 4.19e-2,
  system: bodies(['a', 'b', 'c']),
  states: bodyStates(['a', 'b', 'c']),
  data: { trajectories: 30, span: 5, samples: 20 },
  noise: 0,
  models: {
    G: [gravity, '{optimizer: {type: lbfgs}, window: {from: 0.5, to: 2.5}, epochs: 150}'],
    'pair potential, a network': [
      pairNetwork,
      `{phases: [
        {optimizer: {type: adam, lr: 1.0e-2, schedule: cosine}, window: {from: 1, to: 1}, epochs: 40, batch: 32},
        {optimizer: {type: lbfgs}, window: {from: 1, to: 2.5}, epochs: 100}]}`,
    ],
  },
  /** An equilateral triangle on a circle, speeds of a circular orbit changed by up to a fifth. */
  start(random) {
    const radius = 0.9 + 0.3 * random.uniform()
    const corner = onCircle(random, radius)
    const speed = 1 / Math.sqrt(Math.sqrt(3) * radius * radius * radius)
    const [positions, velocities]: number[][] = [[], []]
    let [position, velocity] = [corner, [-corner[1] * speed, corner[0] * speed] as Vector]
    for (let k = 0; k < 3; k++) {
      positions.push(...position)
      velocities.push(...velocity.map(v => v * (1 + 0.2 * (2 * random.uniform() - 1))))
      ;[position, velocity] = [third(position), third(velocity)]
    }
    return [...positions, ...velocities]
  },
  test: { span: 3, samples: 500 },
}

export const hamiltonianTasks: readonly Task[] = [spring, pendulum, twoBodies, threeBodies]

const sceneText = (
  { name, system, states, data }: Task,
  file: string,
  [learn, training]: readonly [string, string],
) => `
version: 1
name: ${name}
system: ${system}
learn: ${learn}
solver: {method: dop853, span: [0, ${data.span}], rtol: 1.0e-9, atol: 1.0e-11}
data:
  file: ${file}
  columns: {time: 1, trial: 2, ${states.map((state, k) => `${state}: ${k + 3}`).join(', ')}}
  split: [${data.trajectories}, 0, 0]
training: ${training}
`

const times = ({ span, samples }: { span: number; samples: number }): Float64Array =>
  Float64Array.from({ length: samples }, (_, k) => (k * span) / (samples - 1))

/** The energy MSE: rollouts from fresh starts, mean square of the difference of energies at equal times. */
async function energyError(task: Task, scene: Scene, { system, truth }: TrainedSystem): Promise<number> {
  const random = randomStream(2000)
  const t = times(task.test)
  const n = task.states.length
  const energies = (y: Float64Array): number[] =>
    Array.from(t, (_, k) => {
      const state = y.subarray(k * n, (k + 1) * n)
      if (task.energy) return task.energy(state)
      const energy = new Float64Array(1)
      truth.energy!.evaluate(0, state, energy)
      return energy[0]
    })
  const errors = Array.from({ length: testStarts }, () => {
    const start = Float64Array.from((task.testStart ?? task.start)(random))
    const [predicted, true_] = [system, truth].map(part => energies(simulate(scene, part, start, t).y))
    return mean(predicted.map((energy, k) => (energy - true_[k]) ** 2))
  })
  return mean(errors)
}

/** Noisy trajectories of the true system. */
async function seriesOf(task: Task, seed: number): Promise<Series[]> {
  const random = randomStream(seed)
  const scene = parseScene(sceneText(task, '""', Object.values(task.models)[0]), `${task.name}.yaml`)
  const truth = await compileSystem(scene, false)
  const t = times(task.data)
  return Array.from({ length: task.data.trajectories }, () => {
    const { y } = simulate(scene, truth, Float64Array.from(task.start(random)), t)
    return { t, values: y.map(value => value + task.noise * random.normal()) }
  })
}

/** @param tasks by default all */
export async function hamiltonianResults(tasks = hamiltonianTasks): Promise<Result[]> {
  const results: Result[] = []
  for (const task of tasks) {
    for (const [model, sections] of Object.entries(task.models)) {
      const runs: { value: number; seconds: number; parameters: number }[] = []
      for (const seed of seeds) {
        const { scene, trained } = await fitScene(
          file => sceneText(task, file, sections),
          await seriesOf(task, seed),
          seed,
        )
        runs.push({
          value: await energyError(task, scene, trained),
          seconds: trained.seconds,
          parameters: trained.system.field.parameterCount,
        })
      }
      results.push({
        task: task.name,
        model,
        published: task.published,
        values: runs.map(({ value }) => value),
        parameters: runs[0].parameters,
        seconds: mean(runs.map(({ seconds }) => seconds)),
      })
    }
  }
  return results
}
