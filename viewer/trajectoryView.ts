import { geomsOf, type Mesh, meshOf } from '../sim/files/geoms.ts'
import type { Trajectory } from '../sim/files/trajectory.ts'
import {
  type CameraView,
  type Comparison,
  comparisons,
  type Geom,
  type PlotRequest,
  truthSeries,
  type ViewerSection,
  world,
} from '../sim/files/viewerSeries.ts'
import { type Bounds, isCameraView } from './cameraRig.ts'
import { driftSeries, withDrift, withError } from './derived.ts'
import { eventsOf, type Happening } from './events.ts'
import { type Motion, motionOf } from './motion.ts'
import { type CloudPart, cloudsOf, type FieldPart, fieldsOf } from './sceneParts.ts'

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
  /** Shapes of bodies; a point without one is a sphere. */
  readonly geoms: readonly Geom[]
  readonly rods: readonly (readonly [string, string])[]
  /** The mesh of a geom that has one. */
  readonly meshOf: (geom: Geom) => Mesh | null
  readonly springs: readonly (readonly [string, string])[]
  readonly clouds: readonly CloudPart[]
  readonly fields: readonly FieldPart[]
  /** Seconds of trail by body. */
  readonly trails: ReadonlyMap<string, number>
  readonly phaseSpace: PhaseSpace | null
  readonly stateNames: readonly string[]
  readonly plots: readonly PlotRequest[]
  readonly bounds: Bounds
  readonly camera: CameraView
  /** How the truth is shown at first. */
  readonly comparison: Comparison
  /** Samples of the motion before it was thinned out. */
  readonly samples: number
  /** What the truth is called, and the motion beside it. */
  readonly truthName: string
  readonly mainName: string
  /** What happened, in order of time. */
  readonly events: readonly Happening[]
  /** Standard deviation of the noise of the data, where it is known. */
  readonly noise: number | null
  readonly unitOf: (name: string) => string
}

/** The body that stands for the whole state where a scene has no points. */
export const stateBody = 'state'

/**
 * @param fileName stands as the title where `meta.name` is missing
 * @param mainName what the motion is called beside a truth
 * @throws Error with a reason where times do not increase, a series does not fit them, or `meta.viewer` is wrong
 */
export function trajectoryView(
  trajectory: Trajectory,
  fileName: string,
  mainName = 'prediction',
): TrajectoryView {
  const { meta, names } = trajectory
  const section: ViewerSection = isRecord(meta.viewer) ? (meta.viewer as ViewerSection) : {}
  const units: Record<string, unknown> = isRecord(meta.units) ? (meta.units as Record<string, unknown>) : {}
  const found = section.compare?.truth === 'hidden' ? null : truthOf(trajectory)
  const ghost = found && withDrift(found)
  const own = withDrift(motionOf(trajectory.t, trajectory.y, names, trajectory.series, name => name))
  const motion = withError(own, ghost, names)
  const clouds = cloudsOf(motion, section)
  const fields = fieldsOf(trajectory, motion, section)
  const inSpace = motion.points.size + clouds.length + fields.length > 0
  const phaseSpace = inSpace ? null : phaseSpaceOf(names, motion, ghost)
  const [main, truth] = phaseSpace
    ? [withStateBody(motion, phaseSpace), ghost && withStateBody(ghost, phaseSpace)]
    : [motion, ghost]
  const bodies = [...main.points.keys()]
  const known = new Set([world, ...bodies])
  const pairs = (value: unknown): [string, string][] =>
    (Array.isArray(value) ? value : []).filter(([a, b]) => known.has(a) && known.has(b))

  const geoms = geomsOf(trajectory)
  const meshOfGeom = ({ mesh }: Geom): Mesh | null =>
    mesh === undefined ? null : meshOf(trajectory.series, mesh)
  const reach = Math.max(
    0,
    ...geoms.filter(({ body }) => body !== world).map(geom => reachOf(geom, meshOfGeom(geom))),
  )

  return {
    title: typeof meta.name === 'string' && meta.name !== '' ? meta.name : fileName.replace(/\.npz$/, ''),
    main,
    truth,
    bodies,
    geoms,
    meshOf: meshOfGeom,
    rods: pairs(section.rods),
    springs: pairs(section.springs),
    clouds,
    fields,
    trails: new Map(
      Object.entries(section.trails ?? {}).filter(([name, seconds]) => known.has(name) && seconds > 0),
    ),
    phaseSpace,
    stateNames: names,
    plots: Array.isArray(section.plots) && section.plots.length > 0 ? section.plots : ['state', 'energy'],
    bounds: widened(
      boundsOf(inSpace && motion.points.size > 0, truth ? [main, truth] : [main], fields),
      reach,
    ),
    camera: isCameraView(section.camera?.view)
      ? section.camera.view
      : (phaseSpace?.axes.length ?? 0) > 2
        ? 'iso'
        : 'front',
    comparison: comparisons.includes(section.compare?.truth as Comparison)
      ? (section.compare?.truth as Comparison)
      : 'ghost',
    samples: typeof meta.samples === 'number' ? meta.samples : trajectory.t.length,
    truthName: section.compare?.name ?? 'truth',
    mainName,
    events: eventsOf(meta),
    noise: typeof meta.noise === 'number' && meta.noise > 0 ? meta.noise : null,
    unitOf: name => (name === 't' ? 's' : String(units[name === driftSeries ? 'energy' : name] ?? '')),
  }
}

/**
 * Whether the truth has times of its own, as measurements do: then it is shown as points, not as a curve. Another run,
 * which has a name, is a curve on any times.
 */
export const isMeasured = ({ main, truth, truthName }: TrajectoryView): boolean =>
  truth !== null && truth.t !== main.t && truthName === 'truth'

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function truthOf({ t, series, names }: Trajectory): Motion | null {
  const y = series[truthSeries('y')]
  const times = series[truthSeries('t')]?.data ?? t
  const motion = motionOf(times, y?.data ?? new Float64Array(0), y ? names : [], series, truthSeries)
  return motion.points.size + motion.series.size > 0 ? motion : null
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

function withStateBody(motion: Motion, phaseSpace: PhaseSpace): Motion {
  const points = new Float64Array(motion.t.length * 3)
  writePhasePoints(motion, phaseSpace, points)
  return { ...motion, points: new Map([[stateBody, points]]) }
}

/** points (T, 3) ← where the states lie in phase space. */
export function writePhasePoints(motion: Motion, { axes }: PhaseSpace, points: Float64Array): void {
  axes.forEach(({ name, min, max }, axis) => {
    coordinateOf(motion, name).forEach((value, i) => {
      points[3 * i + axis] = max > min ? (2 * (value - min)) / (max - min) - 1 : 0
    })
  })
}

/** The box around every point, particle and mesh at all times, and around the world's origin where points hang from it. */
function boundsOf(withOrigin: boolean, motions: readonly Motion[], fields: readonly FieldPart[]): Bounds {
  const min = withOrigin ? [0, 0, 0] : Array(3).fill(Number.POSITIVE_INFINITY)
  const max = withOrigin ? [0, 0, 0] : Array(3).fill(Number.NEGATIVE_INFINITY)
  const include = (value: number, axis: number): void => {
    if (value < min[axis]) min[axis] = value
    if (value > max[axis]) max[axis] = value
  }
  const includeAll = (points: Float64Array): void =>
    points.forEach((value, i) => {
      include(value, i % 3)
    })
  for (const motion of motions) {
    for (const points of motion.points.values()) includeAll(points)
    for (const { data } of motion.particles.values()) includeAll(data)
  }
  for (const { mesh, height, range } of fields) {
    includeAll(mesh.vertices)
    if (height === 0) continue
    const [low, high] = [min[1], max[1]]
    for (const value of range) {
      include(low + height * value, 1)
      include(high + height * value, 1)
    }
  }
  const bounded = min.every((value, i) => Number.isFinite(value) && Number.isFinite(max[i]))
  return bounded
    ? { min: [min[0], min[1], min[2]], max: [max[0], max[1], max[2]] }
    : { min: [-1, -1, -1], max: [1, 1, 1] }
}

/** How far a geom reaches from its body's origin. */
function reachOf({ type, size = [], pos = [0, 0, 0] }: Geom, mesh: Mesh | null): number {
  const away = Math.hypot(...pos)
  if (type === 'capsule') return away + size[0] + size[1]
  if (!mesh) return away + Math.hypot(...size)
  let farthest = 0
  for (let i = 0; i < mesh.vertices.length; i += 3)
    farthest = Math.max(farthest, Math.hypot(mesh.vertices[i], mesh.vertices[i + 1], mesh.vertices[i + 2]))
  return away + farthest
}

const widened = ({ min, max }: Bounds, by: number): Bounds => ({
  min: [min[0] - by, min[1] - by, min[2] - by],
  max: [max[0] + by, max[1] + by, max[2] + by],
})
