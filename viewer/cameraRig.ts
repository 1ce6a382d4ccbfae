import { type CameraView, cameraViews } from '../sim/files/viewerSeries.ts'

/** Where the camera stands and what it looks at: pure state, y up. `three/orbit.ts` carries it over to the controls. */

export type Vector = readonly [x: number, y: number, z: number]

export interface Bounds {
  min: Vector
  max: Vector
}

export interface Lens {
  /** Width over height of the picture. */
  aspect: number
  /** Vertical field of view in radians. */
  fov: number
}

export interface Pose {
  position: Vector
  target: Vector
}

export interface CameraRig {
  /** `free` once the user has moved the camera away from a view. */
  view: CameraView | 'free'
  bounds: Bounds
  lens: Lens
  pose: Pose
}

/** Vertical, in radians: narrow enough that a plane motion seen from the front looks plane. */
export const fieldOfView = 0.49

/** How much of the picture's half width or height the bounds may fill. */
const fill = 0.86

/** The unit vectors of each view: to the right, upwards in the picture, and from the target to the camera. */
const axes: Record<CameraView, { right: Vector; up: Vector; back: Vector }> = {
  front: { right: [1, 0, 0], up: [0, 1, 0], back: [0, 0, 1] },
  top: { right: [1, 0, 0], up: [0, 0, -1], back: [0, 1, 0] },
  side: { right: [0, 0, -1], up: [0, 1, 0], back: [1, 0, 0] },
  iso: {
    right: [Math.SQRT1_2, 0, -Math.SQRT1_2],
    up: [-1 / Math.sqrt(6), 2 / Math.sqrt(6), -1 / Math.sqrt(6)],
    back: [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  },
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

export const centreOf = ({ min, max }: Bounds): Vector => [
  (min[0] + max[0]) / 2,
  (min[1] + max[1]) / 2,
  (min[2] + max[2]) / 2,
]

/** Half the diagonal of the bounds, never 0. */
export const radiusOf = ({ min, max }: Bounds): number =>
  Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / 2 || 1

const cornersOf = ({ min, max }: Bounds): Vector[] =>
  [min[0], max[0]].flatMap(x => [min[1], max[1]].flatMap(y => [min[2], max[2]].map((z): Vector => [x, y, z])))

/**
 * The nearest pose on the view's axis from which all of the bounds lies inside the picture, with a margin. A corner at
 * (x, y, z) in the camera's axes about the target is seen from distance d at x / ((d − z)·tan ½fov·aspect).
 */
export function fitPose(view: CameraView, bounds: Bounds, lens: Lens): Pose {
  const target = centreOf(bounds)
  const { right, up, back } = axes[view]
  const tanY = Math.tan(lens.fov / 2)
  const tanX = tanY * lens.aspect
  let distance = radiusOf(bounds) * 0.1
  for (const corner of cornersOf(bounds)) {
    const c: Vector = [corner[0] - target[0], corner[1] - target[1], corner[2] - target[2]]
    const reach = Math.max(Math.abs(dot(c, right)) / tanX, Math.abs(dot(c, up)) / tanY) / fill
    distance = Math.max(distance, dot(c, back) + reach)
  }
  return {
    target,
    position: [
      target[0] + distance * back[0],
      target[1] + distance * back[1],
      target[2] + distance * back[2],
    ],
  }
}

export const createRig = (view: CameraView, bounds: Bounds, lens: Lens): CameraRig => ({
  view,
  bounds,
  lens,
  pose: fitPose(view, bounds, lens),
})

export const withView = (rig: CameraRig, view: CameraView): CameraRig => createRig(view, rig.bounds, rig.lens)

/** A new picture size: a view fits again, a camera that the user has placed stays. */
export const withLens = (rig: CameraRig, lens: Lens): CameraRig =>
  rig.view === 'free' ? { ...rig, lens } : createRig(rig.view, rig.bounds, lens)

/** The user has moved the camera by hand. */
export const withPose = (rig: CameraRig, pose: Pose): CameraRig => ({ ...rig, view: 'free', pose })

export const isCameraView = (value: unknown): value is CameraView => cameraViews.includes(value as CameraView)
