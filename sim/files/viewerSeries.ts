/**
 * What a trajectory file carries for the viewer: the names of its series and the shape of `meta.viewer`. The writer is
 * `sim`, the reader is `viewer/`; docs/viewer.md says the same in prose.
 */

/**
 * The `viewer` section of a scene, as resolved; every key may be missing.
 *
 * @example
 * { camera: { view: 'front' }, rods: [['world', 'p1'], ['p1', 'p2']], trails: { p2: 2 },
 *   compare: { truth: 'ghost' }, plots: ['energy', { phase: 'b' }] }
 */
export interface ViewerSection {
  camera?: { view?: CameraView }
  /** What bodies look like; a point without one is a sphere. */
  geoms?: Geom[]
  /** Pairs of point names to join; `world` is the origin. */
  rods?: [string, string][]
  /** Pairs of point names with a coil between them. */
  springs?: [string, string][]
  /** How `particles:NAME` are drawn. */
  particles?: Record<string, ParticleRequest>
  /** How `field:NAME` are drawn. */
  fields?: Record<string, FieldRequest>
  /** How many seconds of its past a point drags behind it. */
  trails?: Record<string, number>
  /** How `truth:…` is shown, and what it is called where it is not the truth: a translucent copy, beside the motion, as its colour, or not. Default: ghost. */
  compare?: { truth?: Comparison; name?: string }
  /** The plots, from top to bottom. Default: state, energy. */
  plots?: PlotRequest[]
}

/** A shape that moves with a point (and its `quaternion:` series), in the words and units of MuJoCo's MJCF. */
export interface Geom {
  /** A point's name, or `world`. */
  body: string
  type: GeomType
  /** m. Sphere: radius. Capsule, cylinder: radius and half its length along the local z axis. Box: half its sides. */
  size?: number[]
  /** In the body's frame, m. Default: its origin. */
  pos?: [number, number, number]
  /** In the body's frame, [w, x, y, z]. Default: none. */
  quat?: [number, number, number, number]
  /** For `mesh`: the M of `mesh:M:vertices` and `mesh:M:triangles`. */
  mesh?: string
}

export const geomTypes = ['sphere', 'capsule', 'cylinder', 'box', 'mesh'] as const
export type GeomType = (typeof geomTypes)[number]

/** How many numbers `size` holds. */
export const geomSizes: Readonly<Record<GeomType, number>> = {
  sphere: 1,
  capsule: 2,
  cylinder: 2,
  box: 3,
  mesh: 0,
}

export const comparisons = ['ghost', 'side', 'error', 'hidden'] as const
export type Comparison = (typeof comparisons)[number]

export const colourMaps = ['sequential', 'diverging'] as const

/** Particles are spheres; they may be joined, or carry a surface. */
export interface ParticleRequest {
  /** m. Default: a small part of the scene. */
  radius?: number
  /** Particles to join: each with the next, or pairs of indices. */
  links?: 'chain' | [number, number][]
  /** Rows and columns of a cloth whose vertices the particles are, row by row. */
  cloth?: [number, number]
  /** Seconds of its past that each particle drags behind it. */
  trail?: number
  /** The N of a `field:N` (T, n) that colours them. */
  colour?: string
}

/** A field is colour on a mesh: a surface of triangles, or a network of edges. */
export interface FieldRequest {
  /** The M of `mesh:M:vertices` (n, 3), with `mesh:M:triangles` or `mesh:M:edges`; not for the colour of particles. */
  mesh?: string
  /** Default: diverging where values have both signs. */
  colours?: (typeof colourMaps)[number]
  /** Values at the ends of the colour map. Default: the least and the greatest. */
  range?: [number, number]
  /** Raises the surface along y by value times this. Default: 0. */
  height?: number
  /** Number of contour lines. Default: 0. */
  contours?: number
}

export const cameraViews = ['front', 'top', 'iso', 'side'] as const
export type CameraView = (typeof cameraViews)[number]

/**
 * `'state'`: the components of y over t. `'drift'`: energy less its first value. `'error'`: distance of the state from the
 * truth, on a logarithmic axis. `'mass_matrix'`: M(q) as a picture, with its condition number. Another string: the series of that name over t (`'energy'`), or that state
 * component. `{ phase: 'b' }`: b_dot over b; `{ phase: ['x', 'v'] }`: v over x.
 */
export type PlotRequest = string | { phase: string | [string, string] }

/** The origin of the scene, which rods may hang from. */
export const world = 'world'

/** Series of shape (T, 3): the position of a point of the scene in metres, y up. */
export const pointSeries = (point: string): string => `point:${point}`

/** Series of shape (T, 4): the orientation of a point's body, [w, x, y, z]. */
export const quaternionSeries = (point: string): string => `quaternion:${point}`

/** Series of shape (T, n, 3): positions of n particles. */
export const particleSeries = (name: string): string => `particles:${name}`

/** Series of shape (T, n): a value at each vertex of a mesh, or of each particle. */
export const fieldSeries = (name: string): string => `field:${name}`

/** Arrays without time: the parts of a mesh. Indices are stored as float64. */
export const meshArray = (mesh: string, part: 'vertices' | 'triangles' | 'edges'): string =>
  `mesh:${mesh}:${part}`

/** Series of shape (T, 3) at a point: what acts on it, in N. */
export const vectorSeries = (kind: 'force' | 'reaction', point: string): string => `${kind}:${point}`

/** Series of shape (T, n, n): the mass matrix. */
export const massMatrixSeries = 'mass_matrix'

/**
 * The same quantity of what the motion is compared with: `truth:y` (T', n), `truth:energy` (T'),
 * `truth:point:NAME` (T', 3). T' = T, unless the file holds `truth:t` (T'), the truth's own times.
 */
export const truthSeries = (series: string): string => `truth:${series}`

/** The name of the point that a series holds (`point:p1` → `p1`), or null. */
export const pointOf = (series: string): string | null =>
  series.startsWith('point:') ? series.slice('point:'.length) : null

/** What the viewer reads of a trajectory's `meta`; other keys are left alone. */
export interface ViewerMeta {
  /** Title on the page; default: the file's name. */
  name?: string
  viewer?: ViewerSection
  /** How many samples there were, where only some of them are here. */
  samples?: number
  /** What happened at which time, s; grazing: touched, and not acted upon. */
  events?: readonly { readonly name: string; readonly t: number; readonly grazing?: boolean }[]
  /** Standard deviation of the noise in the data, in the units of the state. */
  noise?: number
  /** SI unit of a state component or series by its name, e.g. `{ a: 'rad', energy: 'J' }`; t is in s, points in m. */
  units?: Record<string, string>
}
