import cameraControls from 'camera-controls'
import {
  Box3,
  Matrix4,
  type PerspectiveCamera,
  Quaternion,
  Raycaster,
  Sphere,
  Spherical,
  Vector2,
  Vector3,
  Vector4,
} from 'three'
import type { Pose, Vector } from '../cameraRig.ts'

// The package's types describe its CommonJS build; bundlers take its ES module, whose default is the class itself.
const CameraControls = cameraControls as unknown as typeof cameraControls.default

CameraControls.install({
  THREE: { Vector2, Vector3, Vector4, Quaternion, Matrix4, Spherical, Box3, Sphere, Raycaster },
})

/** Carries poses of the camera rig over to camera-controls, and the user's dragging back. */
export interface Orbit {
  moveTo(pose: Pose, smoothly: boolean): void
  /** Moves camera and target by a vector at once. */
  shift(by: Vector): void
  /** Advances a motion of the camera; true while it has not come to rest. */
  update(seconds: number): boolean
  dispose(): void
}

/** @param moved is told the pose that a drag, wheel or pinch leads to */
export function createOrbit(
  camera: PerspectiveCamera,
  element: HTMLElement,
  moved: (pose: Pose) => void,
  wake: () => void,
): Orbit {
  const controls = new CameraControls(camera, element)
  controls.smoothTime = 0.18
  controls.draggingSmoothTime = 0.06
  controls.dollyToCursor = true
  const position = new Vector3()
  const target = new Vector3()
  controls.addEventListener('control', () => {
    controls.getPosition(position)
    controls.getTarget(target)
    moved({ position: position.toArray(), target: target.toArray() })
    wake()
  })
  for (const event of ['controlstart', 'transitionstart', 'wake'] as const)
    controls.addEventListener(event, wake)

  return {
    moveTo: ({ position: p, target: q }, smoothly) => {
      // From behind the scene the short way round: azimuths differ by less than half a turn.
      controls.normalizeRotations()
      controls.minDistance = 0.02 * Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
      void controls.setLookAt(p[0], p[1], p[2], q[0], q[1], q[2], smoothly)
      wake()
    },
    shift: ([x, y, z]) => {
      if (x === 0 && y === 0 && z === 0) return
      controls.getTarget(target)
      void controls.moveTo(target.x + x, target.y + y, target.z + z, false)
      controls.update(0)
    },
    update: seconds => controls.update(seconds),
    dispose: () => controls.dispose(),
  }
}
