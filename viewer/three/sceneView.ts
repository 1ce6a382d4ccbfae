import { Color, Raycaster, Vector2, Vector3 } from 'three'
import { type Bounds, centreOf } from '../cameraRig.ts'
import { writeColour } from '../colourMap.ts'
import type { Display } from '../display.ts'
import type { Palette } from '../palette.ts'
import type { Selection } from '../selection.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { distanceFromTruth, largestDistance } from '../truthDistance.ts'
import { createArrows } from './arrows.ts'
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
  /** What the camera has to show: wider where the truth stands beside the prediction. */
  readonly bounds: Bounds
  update(time: number): void
  /** The motion is another one now, in the same arrays. */
  refresh(): void
  setPalette(palette: Palette): void
  setSelection(selection: Selection): void
  setDisplay(display: Display): void
  /** Where a point of space is in the picture, in CSS pixels from the upper left corner. */
  project(point: readonly number[]): [number, number]
  /** The point of space under a point of the canvas that is as far from the camera as `through`. */
  unproject(x: number, y: number, through: readonly number[]): [number, number, number]
  /** The body under a point of the canvas, in CSS pixels from its upper left corner. */
  pick(x: number, y: number): string | null
  dispose(): void
}

/** A finger is wider than a small sphere: how far from a body, in CSS pixels, a touch still means it. */
const touchRadius = 18

/** How far apart prediction and truth stand side by side, in parts of their width. */
const apart = 1.2

export function createSceneView(stage: Stage, view: TrajectoryView): SceneView {
  const main = createBodies(view, view.main, false)
  const trails = createTrails(view, view.main)
  const arrows = createArrows(view)
  const surroundings: Part = view.phaseSpace ? createPhaseCurve(view) : createFloor(view.bounds)
  const { truth } = view
  const ghosts: Part[] = truth
    ? [
        createBodies(view, truth, true),
        createSprings(view, truth, true),
        ...view.clouds
          .filter(({ name }) => truth.particles.has(name))
          .map(cloud => createCloud(view, cloud, truth, true)),
      ]
    : []
  const parts: Part[] = [
    main,
    trails,
    arrows,
    surroundings,
    createSprings(view, view.main, false),
    ...view.clouds.map(cloud => createCloud(view, cloud, view.main, false)),
    ...view.fields.map(field => createField(view, field, view.main)),
    ...ghosts,
  ]
  for (const part of parts) stage.scene.add(part.object)
  const ray = new Raycaster()
  const pointer = new Vector2()
  const projected = new Vector3()
  const colour = new Color()
  const rgb = [0, 0, 0]
  const range = [0, largestDistance(view)] as const
  let display: Display | null = null
  let bounds = view.bounds
  let now = view.main.t[0]

  const colourByError = (body: string): Color => {
    writeColour('sequential', distanceFromTruth(view, body, now), range, rgb, 0)
    return colour.fromArray(rgb)
  }

  return {
    get bounds() {
      return bounds
    },
    update: time => {
      now = time
      for (const part of parts) part.update?.(time)
      if (display?.comparison === 'error') main.setColours(colourByError)
    },
    refresh: () => {
      for (const part of parts) part.refresh?.()
    },
    setPalette: palette => {
      for (const part of parts) part.setPalette?.(palette)
    },
    setSelection: selection => main.setSelection?.(selection),
    setDisplay: value => {
      display = value
      const beside = truth !== null && display.comparison === 'side'
      const { min, max } = view.bounds
      const shift = apart * (max[0] - min[0] || centreOf(view.bounds)[0] || 1)
      bounds = beside ? { min, max: [max[0] + shift, max[1], max[2]] } : view.bounds
      for (const { object } of ghosts) {
        object.position.x = beside ? shift : 0
        object.visible = beside || display.comparison === 'ghost'
      }
      main.setColours(truth && display.comparison === 'error' ? colourByError : null)
      arrows.setDisplay(display)
      trails.setDisplay(display)
      stage.setBounds(bounds)
    },
    project: point => {
      projected.fromArray(point as number[]).project(stage.camera)
      return [((projected.x + 1) / 2) * stage.size.x, ((1 - projected.y) / 2) * stage.size.y]
    },
    unproject: (x, y, through) => {
      const { z } = projected.fromArray(through as number[]).project(stage.camera)
      projected.set((x / stage.size.x) * 2 - 1, 1 - (y / stage.size.y) * 2, z).unproject(stage.camera)
      return projected.toArray()
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
