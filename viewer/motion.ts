import type { Series, Trajectory } from '../sim/files/trajectory.ts'
import { massMatrixSeries, pointOf, truthSeries, world } from '../sim/files/viewerSeries.ts'
import { quaternionAt, sampleAt } from './interpolate.ts'

/** Vectors of one width at n places: `data` is (T, n·width). */
export interface Rows {
  readonly count: number
  readonly data: Float64Array
}

/** One motion with random access by time: the prediction, or the truth that it is compared with. */
export interface Motion {
  /** T times in s, strictly increasing. */
  readonly t: Float64Array
  /** Positions (T, 3) of each point in m (without a unit in phase space). */
  readonly points: ReadonlyMap<string, Float64Array>
  /** Orientations (T, 4) of points' bodies, [w, x, y, z]. */
  readonly quaternions: ReadonlyMap<string, Float64Array>
  /** Positions (T, 3n) of particles in m. */
  readonly particles: ReadonlyMap<string, Rows>
  /** Values (T, n) at the vertices of meshes, or of particles. */
  readonly fields: ReadonlyMap<string, Rows>
  /** Forces and reactions (T, 3) at points in N, under their names in the file (`force:p1`). */
  readonly vectors: ReadonlyMap<string, Float64Array>
  /** M(q), (T, n²). */
  readonly massMatrix: Rows | null
  /** Scalar series (T): the state's components first, under their names, then `energy` and others. */
  readonly series: ReadonlyMap<string, Float64Array>
}

/** A motion that holds nothing, to be filled in. */
export const emptyMotion: Motion = {
  t: Float64Array.of(0),
  points: new Map(),
  quaternions: new Map(),
  particles: new Map(),
  fields: new Map(),
  vectors: new Map(),
  massMatrix: null,
  series: new Map(),
}

/** Writes the position of a body at a time into `out`; NaN inside a gap or for a point that the motion lacks. */
export function positionAt(motion: Motion, body: string, time: number, out: Float64Array | number[]): void {
  if (body === world) {
    out[0] = out[1] = out[2] = 0
    return
  }
  const points = motion.points.get(body)
  if (points) sampleAt(motion.t, points, 3, time, out)
  else out[0] = out[1] = out[2] = Number.NaN
}

/** Writes the orientation [w, x, y, z] of a body at a time into `out`; none where the file has none. */
export function orientationAt(motion: Motion, body: string, time: number, out: number[]): void {
  const quaternions = motion.quaternions.get(body)
  if (quaternions) quaternionAt(motion.t, quaternions, time, out)
  else {
    out[0] = 1
    out[1] = out[2] = out[3] = 0
  }
}

const scratch = [0]

/** The value of a scalar series at a time; NaN inside a gap or where there is no such series. */
export function valueAt(motion: Motion, name: string, time: number): number {
  const values = motion.series.get(name)
  if (!values) return Number.NaN
  sampleAt(motion.t, values, 1, time, scratch)
  return scratch[0]
}

/**
 * Collects the series of one motion; `named` tells under which name the file holds a quantity of it.
 *
 * @throws Error where times do not increase or a series does not fit them
 */
export function motionOf(
  t: Float64Array,
  y: Float64Array,
  names: readonly string[],
  series: Trajectory['series'],
  named: (quantity: string) => string,
): Motion {
  const forward = t.length < 2 || t[1] > t[0]
  const times = forward ? t : t.slice().reverse()
  times.forEach((time, i) => {
    if (!Number.isFinite(time) || (i > 0 && time <= times[i - 1]))
      throw new Error(`the times ${named('t')} must be finite and increase: entry ${i} is ${time}`)
  })
  const T = times.length
  const ordered = (data: Float64Array): Float64Array => (forward ? data : reverseRows(data, data.length / T))
  if (y.length !== T * names.length)
    throw new Error(`${named('y')} holds ${y.length} numbers, not ${T} × ${names.length}`)

  const points = new Map<string, Float64Array>()
  const quaternions = new Map<string, Float64Array>()
  const particles = new Map<string, Rows>()
  const fields = new Map<string, Rows>()
  const vectors = new Map<string, Float64Array>()
  const scalars = new Map<string, Float64Array>()
  let massMatrix: Rows | null = null
  names.forEach((name, i) => {
    scalars.set(name, ordered(column(y, i, names.length)))
  })
  const prefix = named('')
  for (const [name, array] of Object.entries(series)) {
    if (!name.startsWith(prefix) || (prefix === '' && name.startsWith(truthSeries('')))) continue
    const quantity = name.slice(prefix.length)
    const [, kind, of] = /^(\w+):(.*)$/s.exec(quantity) ?? []
    const rows = (...shape: (number | null)[]): Float64Array => ordered(checked(name, array, [T, ...shape]))
    const { shape } = array
    if (quantity === 't' || quantity === 'y' || kind === 'mesh') continue
    if (pointOf(quantity) !== null) points.set(of, rows(3))
    else if (kind === 'quaternion') quaternions.set(of, rows(4))
    else if (kind === 'particles') particles.set(of, { count: shape[1], data: rows(null, 3) })
    else if (kind === 'field') fields.set(of, { count: shape[1], data: rows(null) })
    else if (kind === 'force' || kind === 'reaction') vectors.set(quantity, rows(3))
    else if (quantity === massMatrixSeries) massMatrix = { count: shape[1], data: rows(shape[1], shape[1]) }
    else if (shape.length === 1) scalars.set(quantity, rows())
  }
  return { t: times, points, quaternions, particles, fields, vectors, massMatrix, series: scalars }
}

/** @param expected null is any extent, called n in the message */
function checked(name: string, { data, shape }: Series, expected: readonly (number | null)[]): Float64Array {
  const fits =
    shape.length === expected.length && shape.every((n, i) => expected[i] === null || n === expected[i])
  if (!fits)
    throw new Error(
      `${name} must be of shape (${expected.map(n => n ?? 'n').join(', ')}), not (${shape.join(', ')})`,
    )
  return data
}

const column = (rows: Float64Array, index: number, width: number): Float64Array =>
  Float64Array.from({ length: rows.length / width }, (_, i) => rows[i * width + index])

function reverseRows(data: Float64Array, width: number): Float64Array {
  const rows = data.length / width
  return data.map((_, i) => data[(rows - 1 - Math.floor(i / width)) * width + (i % width)])
}
