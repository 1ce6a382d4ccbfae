import {
  Color,
  CylinderGeometry,
  Group,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  SphereGeometry,
  Vector3,
} from 'three'
import { world } from '../../sim/files/viewerSeries.ts'
import { radiusOf } from '../cameraRig.ts'
import { type Motion, positionAt } from '../motion.ts'
import type { Palette } from '../palette.ts'
import { isDimmed, isSelected, type Selection } from '../selection.ts'
import type { TrajectoryView } from '../trajectoryView.ts'

/** The spheres and rods of one motion. */
export interface Bodies {
  readonly object: Group
  /** What can be clicked; each object's `name` is the body's. */
  readonly pickable: readonly Object3D[]
  update(time: number): void
  setPalette(palette: Palette): void
  setSelection(selection: Selection): void
  dispose(): void
}

/** Sizes in parts of the scene's radius. */
const sphereSize = 0.05
const stateSize = 0.028
const rodSize = 0.011
const anchorSize = 0.026
const ghostOpacity = 0.38
/** The ghost is a little thinner: where it is right it disappears inside the prediction. */
const ghostSize = 0.96

const up = new Vector3(0, 1, 0)

/** @param ghost draws the motion translucent, to lie over the main one */
export function createBodies(view: TrajectoryView, motion: Motion, ghost: boolean): Bodies {
  const scale = radiusOf(view.bounds) * (ghost ? ghostSize : 1)
  const object = new Group()
  const sphere = new SphereGeometry((view.phaseSpace ? stateSize : sphereSize) * scale, 48, 32)
  const cylinder = new CylinderGeometry(rodSize * scale, rodSize * scale, 1, 24)
  const material = (roughness: number): MeshStandardMaterial =>
    new MeshStandardMaterial({
      roughness,
      metalness: 0,
      transparent: ghost,
      opacity: ghost ? ghostOpacity : 1,
      depthWrite: !ghost,
    })
  const rodMaterial = material(0.7)
  const spheres = view.bodies.map(name => {
    const mesh = new Mesh(sphere, material(0.42))
    mesh.name = name
    object.add(mesh)
    return mesh
  })
  const rods = view.rods.map(([from, to]) => {
    const mesh = new Mesh(cylinder, rodMaterial)
    object.add(mesh)
    return { from, to, mesh }
  })
  const anchor = view.rods.flat().includes(world) && !ghost ? createAnchor(scale) : null
  if (anchor) object.add(anchor.mesh)

  let palette: Palette | null = null
  let selection: Selection = null
  const paint = (): void => {
    if (!palette) return
    rodMaterial.color.set(ghost ? palette.ghost : palette.rod)
    anchor?.mesh.material.color.set(palette.rod)
    for (const mesh of spheres) {
      const item = { kind: 'body', name: mesh.name } as const
      const colour = isSelected(selection, item) ? palette.selected : palette.body
      mesh.material.color.set(ghost ? palette.ghost : colour)
      if (!ghost && isDimmed(selection, item)) mesh.material.color.lerp(new Color(palette.paper), 0.45)
    }
  }

  const a = [0, 0, 0]
  const b = [0, 0, 0]
  const direction = new Vector3()
  return {
    object,
    pickable: spheres,
    update: time => {
      for (const mesh of spheres) {
        positionAt(motion, mesh.name, time, a)
        mesh.visible = a.every(Number.isFinite)
        if (mesh.visible) mesh.position.set(a[0], a[1], a[2])
      }
      for (const { from, to, mesh } of rods) {
        positionAt(motion, from, time, a)
        positionAt(motion, to, time, b)
        direction.set(b[0] - a[0], b[1] - a[1], b[2] - a[2])
        const length = direction.length()
        mesh.visible = length > 0
        if (!mesh.visible) continue
        mesh.position.set((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)
        mesh.scale.set(1, length, 1)
        mesh.quaternion.setFromUnitVectors(up, direction.divideScalar(length))
      }
    },
    setPalette: value => {
      palette = value
      paint()
    },
    setSelection: value => {
      selection = value
      paint()
    },
    dispose: () => {
      sphere.dispose()
      cylinder.dispose()
      rodMaterial.dispose()
      for (const mesh of spheres) mesh.material.dispose()
      anchor?.dispose()
      object.removeFromParent()
    },
  }
}

/** The pivot at the origin. */
function createAnchor(scale: number) {
  const geometry = new SphereGeometry(anchorSize * scale, 32, 24)
  const material = new MeshStandardMaterial({ roughness: 0.6 })
  return {
    mesh: new Mesh(geometry, material),
    dispose: () => {
      geometry.dispose()
      material.dispose()
    },
  }
}
