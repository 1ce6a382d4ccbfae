import type { Series, Trajectory } from '../sim/files/trajectory.ts'
import {
  type CameraView,
  type PlotRequest,
  pointOf,
  truthSeries,
  type ViewerSection,
  world,
} from '../sim/files/viewerSeries.ts'
import { type Bounds, isCameraView } from './cameraRig.ts'
import { sampleAt } from './interpolate.ts'

/** One motion with random access by time: the prediction, or the truth that it is compared with. */
export interface Motion {
  /** T times in s, strictly increasing. */
  readonly t: Float64Array
  /** Positions (T, 3) of each point in m (without a unit in phase space). */
  readonly points: ReadonlyMap<string, Float64Array>
  /** Scalar series (T): the state's components first, under their names, then `energy` and others. */
  readonly series: ReadonlyMap<string, Float64Array>
}

/** The state space drawn where a scene has no points: one axis per component, scaled to [−1, 1]. */
export interface PhaseSpace {
  readonly axes: readonly { name: string; min: number; max: number }[]
}

/** Where the names of phase space's axes stand: outside the middle of one near edge of the box each. */
export function axisNamePositions({ axes }: PhaseSpace): [number, number, number][] {
  const near = axes.length < 3 ? 0 : 1
  return [
    [0, -1.12, near],
    [-1.12, 0, near],
    [1.12, -1.12, 0],
  ]
}

/** All that is drawn of a trajectory file. */
export interface TrajectoryView {
  readonly title: string
  readonly main: Motion
  readonly truth: Motion | null
  /** Names of the points, in the order of the file. */
  readonly bodies: readonly string[]
  readonly rods: readonly (readonly [string, string])[]
  /** Seconds of trail by body. */
  readonly trails: ReadonlyMap<string, number>
  readonly phaseSpace: PhaseSpace | null
  readonly stateNames: readonly string[]
  readonly plots: readonly PlotRequest[]
  readonly bounds: Bounds
  readonly camera: CameraView
  readonly unitOf: (name: string) => string
}

/** The body that stands for the whole state where a scene has no points. */
export const stateBody = 'state'

/**
 * @param fileName stands as the title where `meta.name` is missing
 * @throws Error with a reason where times do not increase or a series does not fit them
 */
export function trajectoryView(trajectory: Trajectory, fileName: string): TrajectoryView {
  const { meta, names } = trajectory
  const section: ViewerSection = isRecord(meta.viewer) ? (meta.viewer as ViewerSection) : {}
  const units: Record<string, unknown> = isRecord(meta.units) ? (meta.units as Record<string, unknown>) : {}
  const motion = motionOf(trajectory.t, trajectory.y, names, trajectory.series, name => name)
  const ghost = section.compare?.truth === 'hidden' ? null : truthOf(trajectory)
  const inSpace = motion.points.size > 0
  const phaseSpace = inSpace ? null : phaseSpaceOf(names, motion, ghost)
  const [main, truth] = phaseSpace
    ? [withStateBody(motion, phaseSpace), ghost && withStateBody(ghost, phaseSpace)]
    : [motion, ghost]
  const bodies = [...main.points.keys()]
  const known = new Set([world, ...bodies])

  return {
    title: typeof meta.name === 'string' && meta.name !== '' ? meta.name : fileName.replace(/\.npz$/, ''),
    main,
    truth,
    bodies,
    rods: (Array.isArray(section.rods) ? section.rods : []).filter(([a, b]) => known.has(a) && known.has(b)),
    trails: new Map(
      Object.entries(section.trails ?? {}).filter(([name, seconds]) => known.has(name) && seconds > 0),
    ),
    phaseSpace,
    stateNames: names,
    plots: Array.isArray(section.plots) && section.plots.length > 0 ? section.plots : ['state', 'energy'],
    bounds: boundsOf(inSpace, truth ? [main, truth] : [main]),
    camera: isCameraView(section.camera?.view)
      ? section.camera.view
      : (phaseSpace?.axes.length ?? 0) > 2
        ? 'iso'
        : 'front',
    unitOf: name => (name === 't' ? 's' : typeof units[name] === 'string' ? units[name] : ''),
  }
}

/** Whether the truth has times of its own, as measurements do: then it is shown as points, not as a curve. */
export const isMeasured = ({ main, truth }: TrajectoryView): boolean => truth !== null && truth.t !== main.t

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

const scratch = [0]

/** The value of a scalar series at a time; NaN inside a gap or where there is no such series. */
export function valueAt(motion: Motion, name: string, time: number): number {
  const values = motion.series.get(name)
  if (!values) return Number.NaN
  sampleAt(motion.t, values, 1, time, scratch)
  return scratch[0]
}

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function truthOf({ t, series, names }: Trajectory): Motion | null {
  const y = series[truthSeries('y')]
  const times = series[truthSeries('t')]?.data ?? t
  const motion = motionOf(times, y?.data ?? new Float64Array(0), y ? names : [], series, truthSeries)
  return motion.points.size + motion.series.size > 0 ? motion : null
}

/** Collects the series of one motion; `named` tells under which name the file holds a quantity of it. */
function motionOf(
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
  const ordered = (data: Float64Array, width: number): Float64Array =>
    forward ? data : reverseRows(data, width)

  const points = new Map<string, Float64Array>()
  const scalars = new Map<string, Float64Array>()
  if (y.length !== times.length * names.length)
    throw new Error(`${named('y')} holds ${y.length} numbers, not ${times.length} × ${names.length}`)
  names.forEach((name, i) => {
    scalars.set(name, ordered(column(y, i, names.length), 1))
  })
  const prefix = named('')
  for (const [name, { data, shape }] of Object.entries(series)) {
    if (!name.startsWith(prefix) || (prefix === '' && name.startsWith(truthSeries('')))) continue
    const quantity = name.slice(prefix.length)
    if (quantity === 't' || quantity === 'y') continue
    const point = pointOf(quantity)
    if (point !== null) points.set(point, ordered(checked(name, data, shape, [times.length, 3]), 3))
    else if (shape.length === 1) scalars.set(quantity, ordered(checked(name, data, shape, [times.length]), 1))
  }
  return { t: times, points, series: scalars }
}

function checked(name: string, data: Float64Array, shape: Series['shape'], expected: number[]): Float64Array {
  if (shape.length !== expected.length || shape.some((extent, i) => extent !== expected[i]))
    throw new Error(`${name} must be of shape (${expected.join(', ')}), not (${shape.join(', ')})`)
  return data
}

const column = (rows: Float64Array, index: number, width: number): Float64Array =>
  Float64Array.from({ length: rows.length / width }, (_, i) => rows[i * width + index])

function reverseRows(data: Float64Array, width: number): Float64Array {
  const rows = data.length / width
  return data.map((_, i) => data[(rows - 1 - Math.floor(i / width)) * width + (i % width)])
}

/** The first three components span the space; a single one is drawn over time. */
function phaseSpaceOf(names: readonly string[], main: Motion, truth: Motion | null): PhaseSpace {
  const chosen = names.length === 1 ? ['t', ...names] : names.slice(0, 3)
  return {
    axes: chosen.map(name => {
      let min = Number.POSITIVE_INFINITY
      let max = Number.NEGATIVE_INFINITY
      for (const motion of truth ? [main, truth] : [main])
        for (const value of coordinateOf(motion, name)) {
          if (value < min) min = value
          if (value > max) max = value
        }
      return min <= max ? { name, min, max } : { name, min: 0, max: 0 }
    }),
  }
}

const coordinateOf = (motion: Motion, name: string): Float64Array =>
  name === 't' ? motion.t : (motion.series.get(name) ?? new Float64Array(motion.t.length).fill(Number.NaN))

function withStateBody(motion: Motion, { axes }: PhaseSpace): Motion {
  const points = new Float64Array(motion.t.length * 3)
  axes.forEach(({ name, min, max }, axis) => {
    coordinateOf(motion, name).forEach((value, i) => {
      points[3 * i + axis] = max > min ? (2 * (value - min)) / (max - min) - 1 : 0
    })
  })
  return { ...motion, points: new Map([[stateBody, points]]) }
}

/** The box around every point at all times, and around the world's origin where the scene lies in space. */
function boundsOf(withOrigin: boolean, motions: readonly Motion[]): Bounds {
  const min = withOrigin ? [0, 0, 0] : Array(3).fill(Number.POSITIVE_INFINITY)
  const max = withOrigin ? [0, 0, 0] : Array(3).fill(Number.NEGATIVE_INFINITY)
  for (const motion of motions)
    for (const points of motion.points.values())
      points.forEach((value, i) => {
        if (value < min[i % 3]) min[i % 3] = value
        if (value > max[i % 3]) max[i % 3] = value
      })
  const bounded = min.every((value, i) => Number.isFinite(value) && Number.isFinite(max[i]))
  return bounded
    ? { min: [min[0], min[1], min[2]], max: [max[0], max[1], max[2]] }
    : { min: [-1, -1, -1], max: [1, 1, 1] }
}
