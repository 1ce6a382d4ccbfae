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
  /** Pairs of point names to join; `world` is the origin. */
  rods?: [string, string][]
  /** How many seconds of its past a point drags behind it. */
  trails?: Record<string, number>
  /** Whether `truth:…` series are drawn as a translucent copy behind the main motion. Default: ghost. */
  compare?: { truth?: 'ghost' | 'hidden' }
  /** The plots, from top to bottom. Default: state, energy. */
  plots?: PlotRequest[]
}

export const cameraViews = ['front', 'top', 'iso', 'side'] as const
export type CameraView = (typeof cameraViews)[number]

/**
 * `'state'`: the components of y over t. Another string: the series of that name over t (`'energy'`), or that state
 * component. `{ phase: 'b' }`: b_dot over b; `{ phase: ['x', 'v'] }`: v over x.
 */
export type PlotRequest = string | { phase: string | [string, string] }

/** The origin of the scene, which rods may hang from. */
export const world = 'world'

/** Series of shape (T, 3): the position of a point of the scene in metres, y up. */
export const pointSeries = (point: string): string => `point:${point}`

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
  /** SI unit of a state component or series by its name, e.g. `{ a: 'rad', energy: 'J' }`; t is in s, points in m. */
  units?: Record<string, string>
}
