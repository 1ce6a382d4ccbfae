import { Group } from 'three'
import type { Display } from '../display.ts'
import { type Motion, positionAt } from '../motion.ts'
import type { Palette } from '../palette.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { createRibbon } from './ribbon.ts'

/** The recent past of bodies: sampled from the file at every frame, so that seeking shows the right trail at once. */
export interface Trails {
  readonly object: Group
  update(time: number): void
  setPalette(palette: Palette): void
  setDisplay(display: Display): void
  dispose(): void
}

/** Vertices of one trail: a fast loop of the second pendulum is still round. */
const vertexCount = 160

export function createTrails(view: TrajectoryView, motion: Motion): Trails {
  const object = new Group()
  const trails = [...view.trails].map(([body, seconds]) => {
    const ribbon = createRibbon(vertexCount, 2.5)
    object.add(ribbon.object)
    return { body, seconds, ribbon }
  })
  const position = [0, 0, 0]
  let length = 1
  return {
    object,
    update: time => {
      for (const { body, seconds, ribbon } of trails) {
        ribbon.object.visible = length > 0
        const from = Math.max(time - length * seconds, motion.t[0])
        for (let i = 0; i < vertexCount; i++) {
          positionAt(motion, body, from + ((time - from) * i) / (vertexCount - 1), position)
          ribbon.vertices.set(position, 3 * i)
        }
        ribbon.moved()
      }
    },
    setPalette: ({ paper, body }) => {
      for (const { ribbon } of trails) ribbon.setColours(paper, body)
    },
    setDisplay: display => {
      length = display.trails
    },
    dispose: () => {
      for (const { ribbon } of trails) ribbon.dispose()
      object.removeFromParent()
    },
  }
}
