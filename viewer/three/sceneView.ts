import { Raycaster, Vector2, Vector3 } from 'three'
import type { Palette } from '../palette.ts'
import type { Selection } from '../selection.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { createBodies } from './bodies.ts'
import { createCloud } from './cloud.ts'
import { createField } from './field.ts'
import { createFloor } from './floor.ts'
import type { Part } from './part.ts'
import { createPhaseCurve } from './phaseCurve.ts'
import { createSprings } from './springs.ts'
import type { Stage } from './stage.ts'
import { createTrails } from './trails.ts'

/** One trajectory on the stage: prediction, ghost, trails, and the floor or the box around them. */
export interface SceneView {
  update(time: number): void
  setPalette(palette: Palette): void
  setSelection(selection: Selection): void
  /** Where a point of space is in the picture, in CSS pixels from the upper left corner. */
  project(point: readonly [number, number, number]): [number, number]
  /** The body under a point of the canvas, in CSS pixels from its upper left corner. */
  pick(x: number, y: number): string | null
  dispose(): void
}

/** A finger is wider than a small sphere: how far from a body, in CSS pixels, a touch still means it. */
const touchRadius = 18

export function createSceneView(stage: Stage, view: TrajectoryView): SceneView {
  const main = createBodies(view, view.main, false)
  const ghost = view.truth && createBodies(view, view.truth, true)
  const trails = createTrails(view, view.main)
  const surroundings = view.phaseSpace ? createPhaseCurve(view) : createFloor(view.bounds)
  const springs = [createSprings(view, view.main, false), view.truth && createSprings(view, view.truth, true)]
  const clouds = view.clouds.flatMap(cloud => [
    createCloud(view, cloud, view.main, false),
    view.truth?.particles.has(cloud.name) ? createCloud(view, cloud, view.truth, true) : null,
  ])
  const fields = view.fields.map(field => createField(view, field, view.main))
  const parts: Part[] = [main, ghost, trails, surroundings, ...springs, ...clouds, ...fields].filter(
    part => part !== null,
  )
  for (const part of parts) stage.scene.add(part.object)
  stage.setBounds(view.bounds)
  const ray = new Raycaster()
  const pointer = new Vector2()
  const projected = new Vector3()

  return {
    update: time => {
      for (const part of parts) part.update?.(time)
    },
    setPalette: palette => {
      for (const part of parts) part.setPalette?.(palette)
    },
    setSelection: selection => main.setSelection?.(selection),
    project: point => {
      projected.set(...point).project(stage.camera)
      return [((projected.x + 1) / 2) * stage.size.x, ((1 - projected.y) / 2) * stage.size.y]
    },
    pick: (x, y) => {
      const offsets = [0, touchRadius, -touchRadius].flatMap(dx =>
        [0, touchRadius, -touchRadius].map(dy => [dx, dy]),
      )
      for (const [dx, dy] of offsets) {
        pointer.set(((x + dx) / stage.size.x) * 2 - 1, 1 - ((y + dy) / stage.size.y) * 2)
        ray.setFromCamera(pointer, stage.camera)
        const [hit] = ray.intersectObjects(
          main.pickable.filter(object => object.parent?.visible),
          false,
        )
        if (hit) return hit.object.name
      }
      return null
    },
    dispose: () => {
      for (const part of parts) {
        stage.scene.remove(part.object)
        part.dispose()
      }
    },
  }
}
