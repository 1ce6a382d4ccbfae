import {
  Color,
  CylinderGeometry,
  Group,
  Mesh,
  type MeshStandardMaterial,
  SphereGeometry,
  Vector3,
} from 'three'
import { world } from '../../sim/files/viewerSeries.ts'
import { radiusOf } from '../cameraRig.ts'
import { type Motion, orientationAt, positionAt } from '../motion.ts'
import type { Palette } from '../palette.ts'
import { isDimmed, isSelected, type Selection } from '../selection.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { geomGeometry } from './geomShapes.ts'
import { matte } from './materials.ts'
import type { Part } from './part.ts'

/** The bodies and rods of one motion. */
export interface Bodies extends Part {
  /** What can be clicked; each object's `name` is the body's. */
  readonly pickable: readonly Mesh[]
  /** Gives each body the colour of a value, or (null) its own colour again. */
  setColours(colourOf: ((body: string) => Color) | null): void
}

/** Sizes in parts of the scene's radius. */
const sphereSize = 0.05
const stateSize = 0.028
const rodSize = 0.011
const anchorSize = 0.026
/** The ghost is a little thinner: where it is right it disappears inside the prediction. */
const ghostSize = 0.96

const up = new Vector3(0, 1, 0)

/** @param ghost draws the motion translucent, to lie over the main one */
export function createBodies(view: TrajectoryView, motion: Motion, ghost: boolean): Bodies {
  const shrink = ghost ? ghostSize : 1
  const scale = radiusOf(view.bounds) * shrink
  const object = new Group()
  const resources: { dispose(): void }[] = []
  const keep = <R extends { dispose(): void }>(resource: R): R => {
    resources.push(resource)
    return resource
  }
  const sphere = keep(new SphereGeometry((view.phaseSpace ? stateSize : sphereSize) * scale, 48, 32))
  const cylinder = keep(new CylinderGeometry(rodSize * scale, rodSize * scale, 1, 24))
  const rodMaterial = keep(matte(0.7, ghost))

  const shapesOf = (body: string, material: MeshStandardMaterial): Mesh[] => {
    const own = view.geoms.filter(geom => geom.body === body)
    if (own.length === 0 && body !== world) return [new Mesh(sphere, material)]
    return own.map(geom => {
      const mesh = new Mesh(keep(geomGeometry(geom, view.meshOf(geom))), material)
      mesh.scale.setScalar(shrink)
      mesh.position.fromArray(geom.pos ?? [0, 0, 0])
      const [w, x, y, z] = geom.quat ?? [1, 0, 0, 0]
      mesh.quaternion.set(x, y, z, w).normalize()
      return mesh
    })
  }
  const bodies = view.bodies.map(name => {
    const material = keep(matte(0.42, ghost))
    const group = new Group()
    const meshes = shapesOf(name, material)
    for (const mesh of meshes) mesh.name = name
    group.add(...meshes)
    object.add(group)
    return { name, group, meshes, material }
  })
  if (!ghost) for (const mesh of shapesOf(world, rodMaterial)) object.add(mesh)
  const rods = view.rods.map(([from, to]) => {
    const mesh = new Mesh(cylinder, rodMaterial)
    object.add(mesh)
    return { from, to, mesh }
  })
  const hangs = [...view.rods, ...view.springs].flat().includes(world)
  if (hangs && !ghost) object.add(new Mesh(keep(new SphereGeometry(anchorSize * scale, 32, 24)), rodMaterial))

  let palette: Palette | null = null
  let selection: Selection = null
  let colourOf: ((body: string) => Color) | null = null
  const paint = (): void => {
    if (!palette) return
    rodMaterial.color.set(ghost ? palette.ghost : palette.rod)
    for (const { name, material } of bodies) {
      const item = { kind: 'body', name } as const
      const colour = isSelected(selection, item) ? palette.selected : (colourOf?.(name) ?? palette.body)
      material.color.set(ghost ? palette.ghost : colour)
      if (!ghost && isDimmed(selection, item)) material.color.lerp(new Color(palette.paper), 0.45)
    }
  }

  const a = [0, 0, 0]
  const b = [0, 0, 0]
  const turn = [1, 0, 0, 0]
  const direction = new Vector3()
  return {
    object,
    pickable: bodies.flatMap(({ meshes }) => meshes),
    update: time => {
      for (const { name, group } of bodies) {
        positionAt(motion, name, time, a)
        group.visible = a.every(Number.isFinite)
        if (!group.visible) continue
        group.position.fromArray(a)
        orientationAt(motion, name, time, turn)
        group.quaternion.set(turn[1], turn[2], turn[3], turn[0])
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
    setColours: value => {
      colourOf = value
      paint()
    },
    dispose: () => {
      for (const resource of resources) resource.dispose()
      object.removeFromParent()
    },
  }
}
