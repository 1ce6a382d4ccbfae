import { BoxGeometry, Color, EdgesGeometry, Group, LineBasicMaterial, LineSegments } from 'three'
import type { Motion } from '../motion.ts'
import type { Palette } from '../palette.ts'
import { stateBody, type TrajectoryView } from '../trajectoryView.ts'
import { createRibbon } from './ribbon.ts'

/** The whole trajectory as a curve in phase space, inside the box [−1, 1] of its axes. */
export interface PhaseCurve {
  readonly object: Group
  refresh(): void
  setPalette(palette: Palette): void
  dispose(): void
}

export function createPhaseCurve(view: TrajectoryView): PhaseCurve {
  const object = new Group()
  const flat = (view.phaseSpace?.axes.length ?? 0) < 3
  const box = new BoxGeometry(2, 2, flat ? 0 : 2)
  const edges = new EdgesGeometry(box)
  // The box stays behind what moves in it, its near edges too.
  const frame = new LineBasicMaterial({ depthTest: false, depthWrite: false })
  const lines = new LineSegments(edges, frame)
  lines.renderOrder = -3
  object.add(lines)
  const ribbonOf = (motion: Motion, width: number) => {
    const points = motion.points.get(stateBody)!
    const ribbon = createRibbon(Math.max(points.length / 3, 2), width)
    const fill = (): void => {
      ribbon.vertices.set(points)
      ribbon.moved()
    }
    fill()
    object.add(ribbon.object)
    return { ...ribbon, fill }
  }
  const truth = view.truth && ribbonOf(view.truth, 4)
  const main = ribbonOf(view.main, 1.75)
  if (truth) truth.object.renderOrder = -2
  return {
    object,
    refresh: main.fill,
    setPalette: ({ line, muted, ghost, paper }) => {
      frame.color.set(line)
      main.setColours(muted, muted)
      const pale = `#${new Color(paper).lerp(new Color(ghost), 0.4).getHexString()}`
      truth?.setColours(pale, pale)
    },
    dispose: () => {
      for (const resource of [box, edges, frame, main, truth]) resource?.dispose()
      object.removeFromParent()
    },
  }
}
