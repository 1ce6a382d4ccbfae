/**
 * A double pendulum filmed at 400 Hz (Asseman, Kornuta & Ozcan, Learning beyond simulated physics, 2018): seven physical parameters
 * fitted to pieces of the recordings, then the official test: 60 sequences, 4 frames given, 200 to predict.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { learnedScalars, parseScene, simulate, type TrainedSystem, trainScene } from '../../sim/index.ts'

/** Seconds from frame to frame. */
const frame = 1 / 400
const given = 4
/** Frames after the given ones at which errors are compared. */
export const horizons = [10, 40, 200] as const

/** Both arms' angles from the picture's y axis, in rad, of each frame: [a, b]. */
type Angles = readonly (readonly [number, number])[]

/**
 * From rows x0, y0, x1, y1, x2, y2 of the pivot and both arms' ends in the picture; continuous from frame to frame.
 * @param before the angles one frame earlier
 */
function anglesOf(path: string, before: readonly [number, number] = [0, 0]): [number, number][] {
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => line.split(/[ ,]+/).map(Number))
  const last = [...before]
  return rows.map(([x0, y0, x1, y1, x2, y2]) => {
    const raw = [Math.atan2(x1 - x0, y1 - y0), Math.atan2(x2 - x1, y2 - y1)]
    raw.forEach((angle, i) => {
      last[i] = angle - 2 * Math.PI * Math.round((angle - last[i]) / (2 * Math.PI))
    })
    return [last[0], last[1]]
  })
}

/** In units of the first arm's inertia, since motion alone tells only ratios; gravity points nearly along the picture's x axis, at `tilt`. */
const sceneText = (file: string, trials: number) => `
version: 1
name: filmed-double-pendulum
system:
  type: lagrangian
  parameters: {B: 0.2, C: 0.3, ga: 100, gb: 30, da: 0.01, db: 0.001, tilt: 1.57}
  coordinates: {a: {start: 0, rate: 0}, b: {start: 0, rate: 0}}
  kinetic: 0.5*a_dot^2 + 0.5*B*b_dot^2 + C*a_dot*b_dot*cos(a - b)
  potential: -ga*cos(a - tilt) - gb*cos(b - tilt)
  dissipation: 0.5*da*a_dot^2 + 0.5*db*(b_dot - a_dot)^2
learn:
  parameters: {B: {positive: true}, C: {positive: true}, ga: {positive: true}, gb: {positive: true}, da: {}, db: {}, tilt: {}}
solver: {method: tsit5, span: [0, 0.5], rtol: 1.0e-7, atol: 1.0e-9}
data:
  file: ${JSON.stringify(file)}
  columns: {time: 1, trial: 2, a: 3, b: 4}
  observe: {a: a, b: b}
  split: [${trials}, 0, 0]
training:
  optimizer: {type: levenberg-marquardt}
  loss: {huber: 0.01}
  window: {from: 0.1, to: 0.4}
  weights: {a: 1, b: 1}
  epochs: 60
`

export interface FilmedPendulum {
  readonly trained: TrainedSystem
  readonly parameters: Readonly<Record<string, number>>
  /** Median over sequences and arms of |predicted − filmed| / rad, by horizon. */
  readonly errors: readonly number[]
  readonly constantVelocity: readonly number[]
  readonly sequences: number
}

/**
 * @param folder with the recordings and test/
 * @param pieces how many pieces of 0.4 s are taken of each recording, evenly spread
 */
export async function filmedPendulum(folder: string, pieces = 12): Promise<FilmedPendulum> {
  const length = 160
  const lines: string[] = []
  let trials = 0
  for (const name of readdirSync(folder).filter(file => file.endsWith('.csv'))) {
    const angles = anglesOf(join(folder, name))
    const room = angles.length - length - 400
    for (let piece = 0; piece < pieces; piece++, trials++) {
      const begin = 400 + Math.floor((piece * room) / pieces)
      const [turnA, turnB] = angles[begin].map(angle => 2 * Math.PI * Math.round(angle / (2 * Math.PI)))
      for (let k = 0; k <= length; k += 4) {
        const [a, b] = angles[begin + k]
        lines.push(`${k * frame} ${trials} ${a - turnA} ${b - turnB}`)
      }
    }
  }
  const place = mkdtempSync(join(tmpdir(), 'neurode-papers-'))
  try {
    const file = join(place, 'pieces.txt')
    writeFileSync(file, lines.join('\n'))
    const text = sceneText(file, trials)
    const scene = parseScene(text, 'filmed-double-pendulum.yaml')
    const trained = await trainScene(scene, { text, out: join(place, 'run') })

    /** Angles at the given times from the state (a, b, a′, b′) at the last given frame. */
    const follow = (state: Float64Array, times: Float64Array) =>
      simulate(scene, trained.system, state, times).y
    const [model, line] = [[], []] as number[][][]
    const inputs = join(folder, 'test', 'test_inputs')
    const names = readdirSync(inputs)
    for (const name of names) {
      const seen = anglesOf(join(inputs, name))
      const truth = anglesOf(join(folder, 'test', 'test_targets', name), seen.at(-1))
      const start = stateAtLast(seen, follow)
      const times = Float64Array.from([0, ...horizons], k => k * frame)
      const y = follow(start, times)
      const free = regression(seen)
      horizons.forEach((horizon, h) => {
        for (const i of [0, 1]) {
          const filmed = truth[horizon - 1][i]
          model[h] = [...(model[h] ?? []), Math.abs(y[4 * (h + 1) + i] - filmed)]
          line[h] = [...(line[h] ?? []), Math.abs(free[i] + free[2 + i] * times[h + 1] - filmed)]
        }
      })
    }
    return {
      trained,
      parameters: learnedScalars(trained),
      errors: model.map(median),
      constantVelocity: line.map(median),
      sequences: names.length,
    }
  } finally {
    rmSync(place, { recursive: true })
  }
}

/** Angles and rates at the last given frame, of the straight lines that fit the frames best: a, b, a′, b′. */
function regression(seen: Angles): Float64Array {
  const count = seen.length
  const times = seen.map((_, k) => (k + 1 - count) * frame)
  const middle = times.reduce((sum, t) => sum + t, 0) / count
  const spread = times.reduce((sum, t) => sum + (t - middle) ** 2, 0)
  const state = new Float64Array(4)
  for (const i of [0, 1]) {
    const mean = seen.reduce((sum, angles) => sum + angles[i], 0) / count
    state[2 + i] = seen.reduce((sum, angles, k) => sum + (times[k] - middle) * angles[i], 0) / spread
    state[i] = mean - state[2 + i] * middle
  }
  return state
}

/**
 * The state at the last given frame whose motion through all of them fits best. Within 7.5 ms the motion depends on it nearly as if it
 * were free, so that straight lines through what is left over correct it; a few times is enough.
 */
function stateAtLast(
  seen: Angles,
  follow: (state: Float64Array, times: Float64Array) => Float64Array,
): Float64Array {
  const back = Float64Array.from({ length: given }, (_, k) => -k * frame)
  const state = regression(seen)
  for (let iteration = 0; iteration < 5; iteration++) {
    const y = follow(state, back)
    const rest = seen.map(([a, b], k) => {
      const row = 4 * (given - 1 - k)
      return [a - y[row], b - y[row + 1]] as const
    })
    regression(rest).forEach((value, i) => {
      state[i] += value
    })
  }
  return state
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
