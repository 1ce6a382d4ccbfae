/**
 * A two-joint arm that swings under known torques (design C.1 of the DFKI Underactuated Lab's double pendulum): masses, inertias and
 * friction fitted to two recordings of 10 s, and predictions of the two others from starts all over them.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CompiledSystem,
  compileSystem,
  learnedScalars,
  parseScene,
  type Scene,
  simulate,
  trainScene,
} from '../../sim/index.ts'

const fitted = ['143339', '143601']
const heldOut = ['143704', '144003']
/** Seconds after a start at which predictions are compared. */
export const armHorizons = [0.2, 0.5, 1] as const
/** Seconds between starts, and the first of each recording. */
const spacing = 0.1
/** Samples on either side of a start that its state is estimated from: 20 ms. */
const around = 10

interface Recording {
  /** s; those of all recordings follow one another, so that torques are functions of time. */
  readonly t: readonly number[]
  /** Angles of shoulder and elbow, rad. */
  readonly angles: readonly (readonly [number, number])[]
  readonly rates: readonly (readonly [number, number])[]
  readonly torques: readonly (readonly [number, number])[]
}

function readRecording(folder: string, name: string, shift: number): Recording {
  const [header, ...lines] = readFileSync(join(folder, `C1_${name}.csv`), 'utf8')
    .trim()
    .split('\n')
  const columns = header.split(',')
  const rows = lines.map(line => line.split(',').map(Number))
  const pair = (column: string) =>
    rows.map(row => [1, 2].map(joint => row[columns.indexOf(`${column}${joint}`)]) as [number, number])
  return {
    t: rows.map(row => row[columns.indexOf('time')] + shift),
    angles: pair('pos_meas'),
    rates: pair('vel_meas'),
    torques: pair('tau_meas'),
  }
}

/** The published parameters and equations: inertias are about the joints, Coulomb's friction is cf·atan(100·rate). */
const published = `
  type: lagrangian
  parameters: {I1: 0.031887199591513114, I2: 0.05086984812807257, Ir: 6.287203962819607e-05, gr: 6, b1: 0.001, b2: 0.001,
    cf1: 0.16, cf2: 0.12, g: 9.81, l1: 0.2, m1: 0.5234602302310271, m2: 0.6255677234174437, r1: 0.2, r2: 0.25569305436052964}
  coordinates: {a: {}, b: {}}
  kinetic: >-
    0.5*I1*a_dot^2 + 0.5*m2*l1^2*a_dot^2 + 0.5*I2*(a_dot + b_dot)^2 + m2*l1*r2*cos(b)*a_dot*(a_dot + b_dot)
    + 0.5*gr^2*Ir*a_dot^2 + 0.5*Ir*(a_dot - gr*b_dot)^2
  potential: -(m1*r1 + m2*l1)*g*cos(a) - m2*r2*g*cos(a + b)
  forces: {a: tau1 - b1*a_dot - cf1*atan(100*a_dot), b: tau2 - b2*b_dot - cf2*atan(100*b_dot)}`

/** Seven parameters: what motion and torques tell, with the masses as published. Viscous friction would come out negative. */
const fittedModel = `
  type: rigid-bodies
  parameters: {m1: 0.5234602302310271, m2: 0.6255677234174437, r1: 0.2, r2: 0.2557, I1: 0.011, I2: 0.01, J2: 0.002, f1: 0.2, f2: 0.15}
  friction_speed: 0.1
  bodies:
    upper: {joints: {a: {frictionloss: f1}}, inertial: {mass: m1, pos: [0, -r1, 0], diaginertia: [0, 0, I1]}}
    fore: {parent: upper, pos: [0, -0.2, 0], joints: {b: {frictionloss: f2, armature: J2}}, inertial: {mass: m2, pos: [0, -r2, 0], diaginertia: [0, 0, I2]}}
  forces: {a: tau1, b: tau2}
learn: {parameters: [r1, r2, I1, I2, J2, f1, f2]}`

/** @param trials of which recordings the scene's data are */
const sceneText = (system: string, file: string, trials: readonly number[]) => `
version: 1
name: dfki-arm
system:${system}
solver: {method: tsit5, span: [0, 1], rtol: 1.0e-5, atol: 1.0e-6}
data:
  file: ${JSON.stringify(file)}
  columns: {time: 1, trial: 2, a: 3, b: 4}
  inputs: {tau1: 5, tau2: 6}
  trials: [${trials}]
  observe: {a: a, b: b}
  split: [1, 0, 0]
training: {optimizer: {type: levenberg-marquardt}, window: {from: 0.25, to: 1}, weights: {a: 1, b: 1}, epochs: 18}
`

export interface ArmResult {
  readonly parameters: Readonly<Record<string, number>>
  /** Root mean square over starts and joints of |predicted − measured| / rad, by horizon. */
  readonly errors: readonly number[]
  readonly publishedErrors: readonly number[]
  readonly starts: number
  readonly seconds: number
}

/** @param folder with C1_143339.csv … */
export async function dfkiArm(folder: string): Promise<ArmResult> {
  const recordings = [...fitted, ...heldOut].map((name, k) => readRecording(folder, name, 20 * k))
  const place = mkdtempSync(join(tmpdir(), 'neurode-papers-'))
  try {
    // The torques of all recordings, the angles at every fifth sample: 100 Hz.
    const file = join(place, 'recordings.txt')
    const rows = recordings.flatMap(({ t, angles, torques }, trial) =>
      t.map((time, k) => {
        const seen = k % 5 === 0 ? angles[k].join(' ') : 'nan nan'
        return `${time} ${trial} ${seen} ${torques[k].join(' ')}`
      }),
    )
    writeFileSync(file, rows.join('\n'))
    const scene = (system: string, trials: readonly number[]) =>
      parseScene(sceneText(system, file, trials), join(place, 'scene.yaml'))
    const text = sceneText(fittedModel, file, [0, 1])
    const trained = await trainScene(scene(fittedModel, [0, 1]), { text, out: join(place, 'run') })
    const parameters = learnedScalars(trained)
    const tested = scene(fittedModel, [2, 3])
    const model = await compileSystem(tested, true)
    model.field.parameters.set(trained.system.field.parameters)
    const given = scene(published, [2, 3])
    const test = recordings.slice(fitted.length)
    const own = predictionErrors(tested, model, test)
    const theirs = predictionErrors(given, await compileSystem(given, false), test)
    return {
      parameters,
      errors: own.errors,
      publishedErrors: theirs.errors,
      starts: own.starts,
      seconds: trained.seconds,
    }
  } finally {
    rmSync(place, { recursive: true })
  }
}

function predictionErrors(scene: Scene, system: CompiledSystem, recordings: readonly Recording[]) {
  const sums = armHorizons.map(() => 0)
  let starts = 0
  for (const recording of recordings) {
    const { t, angles } = recording
    const last = t[t.length - 1] - armHorizons[armHorizons.length - 1]
    for (let from = t[0] + spacing; from < last; from += spacing, starts++) {
      const first = t.findIndex(time => time >= from)
      const ends = armHorizons.map(horizon => t.findIndex(time => time >= t[first] + horizon))
      const times = Float64Array.from([first, ...ends], k => t[k])
      const { y } = simulate(scene, system, stateAt(recording, first), times)
      ends.forEach((k, h) => {
        for (const joint of [0, 1]) sums[h] += (y[4 * (h + 1) + joint] - angles[k][joint]) ** 2
      })
    }
  }
  return { errors: sums.map(sum => Math.sqrt(sum / (2 * starts))), starts }
}

/** Angles and rates at a sample: those of the parabolas that fit the angles and the rates around it best. */
function stateAt({ t, angles, rates }: Recording, sample: number): Float64Array {
  const state = new Float64Array(4)
  const near = Array.from({ length: 2 * around + 1 }, (_, k) => sample - around + k)
  for (const joint of [0, 1]) {
    // q(s) = q + v·s + a·s²/2 through the angles; v + a·s through the rates, which are noisier: normal equations of both
    const normal = [0, 1, 2].map(() => [0, 0, 0, 0])
    const add = (row: readonly number[], value: number, weight: number) => {
      for (const i of [0, 1, 2]) {
        for (const j of [0, 1, 2]) normal[i][j] += weight * row[i] * row[j]
        normal[i][3] += weight * row[i] * value
      }
    }
    for (const k of near) {
      const s = (t[k] - t[sample]) / 0.02
      add([1, s, s * s], angles[k][joint], 1)
      add([0, 1, 2 * s], rates[k][joint] * 0.02, 0.01)
    }
    const [q, v] = solved(normal)
    state[joint] = q
    state[2 + joint] = v / 0.02
  }
  return state
}

/** Gauss's elimination of three equations that are positive definite: [3, 4] → [3]. */
function solved(rows: number[][]): number[] {
  for (const i of [0, 1, 2])
    for (const j of [0, 1, 2]) {
      if (i === j) continue
      const factor = rows[j][i] / rows[i][i]
      for (let k = i; k < 4; k++) rows[j][k] -= factor * rows[i][k]
    }
  return rows.map((row, i) => row[3] / row[i])
}
