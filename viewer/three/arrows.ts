import { ConeGeometry, CylinderGeometry, Group, Mesh, MeshStandardMaterial, Vector3 } from 'three'
import { radiusOf } from '../cameraRig.ts'
import type { Display, VectorKind } from '../display.ts'
import { positionAt } from '../motion.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { fullScale, vectorAt, vectorKindsOf } from '../vectors.ts'
import type { Part } from './part.ts'

/** Sizes in parts of the scene's radius. */
const fullLength = 0.55
const shaftSize = 0.009
const headSize = 0.026
const headLength = 0.07

/** Which of the palette's curve colours an arrow has. */
export const vectorColour: Readonly<Record<VectorKind, number>> = { velocity: 2, force: 3, reaction: 4 }

/** The value for which an arrow has its full length: forces and reactions share one. */
export function vectorScales(view: TrajectoryView): Record<VectorKind, number> {
  const force = fullScale(view, ['force', 'reaction'])
  return { velocity: fullScale(view, ['velocity']), force, reaction: force }
}

/** Velocities, forces and reactions as arrows that begin at their bodies. */
export function createArrows(view: TrajectoryView): Part & { setDisplay(display: Display): void } {
  const object = new Group()
  const radius = radiusOf(view.bounds)
  const shaft = new CylinderGeometry(shaftSize * radius, shaftSize * radius, 1, 12).translate(0, 0.5, 0)
  const head = new ConeGeometry(headSize * radius, headLength * radius, 20).translate(
    0,
    -0.5 * headLength * radius,
    0,
  )
  const scales = vectorScales(view)
  const kinds = vectorKindsOf(view).map(kind => {
    const material = new MeshStandardMaterial({ roughness: 0.6, metalness: 0 })
    const arrows = view.bodies.map(body => {
      const group = new Group()
      const parts = { shaft: new Mesh(shaft, material), head: new Mesh(head, material) }
      group.add(parts.shaft, parts.head)
      object.add(group)
      return { body, group, parts }
    })
    return { kind, material, arrows }
  })
  let shown: ReadonlySet<VectorKind> = new Set()
  const up = new Vector3(0, 1, 0)
  const direction = new Vector3()
  const position = [0, 0, 0]
  const vector = [0, 0, 0]
  return {
    object,
    update: time => {
      for (const { kind, arrows } of kinds)
        for (const { body, group, parts } of arrows) {
          group.visible = shown.has(kind) && vectorAt(view.main, kind, body, time, vector)
          if (!group.visible) continue
          positionAt(view.main, body, time, position)
          direction.fromArray(vector)
          const length = (direction.length() / scales[kind]) * fullLength * radius
          group.visible = length > 0.2 * headLength * radius && position.every(Number.isFinite)
          if (!group.visible) continue
          group.position.fromArray(position)
          group.quaternion.setFromUnitVectors(up, direction.normalize())
          // A short arrow is all head, smaller.
          const shrink = Math.min(length / (headLength * radius), 1)
          parts.head.scale.setScalar(shrink)
          parts.head.position.y = length
          parts.shaft.scale.set(shrink, Math.max(length - 0.9 * headLength * radius, 1e-6), shrink)
        }
    },
    setDisplay: ({ vectors }) => {
      shown = vectors
    },
    setPalette: ({ curves }) => {
      for (const { kind, material } of kinds) material.color.set(curves[vectorColour[kind]])
    },
    dispose: () => {
      for (const resource of [shaft, head, ...kinds.map(({ material }) => material)]) resource.dispose()
      object.removeFromParent()
    },
  }
}
