import { formatName } from '../format.ts'
import { positionAt } from '../motion.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { create } from './elements.ts'

/** Names that stand beside bodies: of all of them, or of the one that is pointed at. */
export interface BodyNames {
  setView(view: TrajectoryView): void
  update(
    time: number,
    all: boolean,
    pointedAt: string | null,
    project: (point: readonly number[]) => [number, number],
  ): void
}

/** More names than this would cover the scene. */
const mostNames = 60

export function createBodyNames(stage: HTMLElement): BodyNames {
  let view: TrajectoryView | null = null
  let labels: { body: string; label: HTMLElement }[] = []
  const position = [0, 0, 0]
  return {
    setView: value => {
      view = value
      for (const { label } of labels) label.remove()
      labels = view.bodies.map(body => {
        const label = create(
          'span',
          { className: 'body-name', ariaHidden: 'true', hidden: true },
          formatName(body),
        )
        stage.append(label)
        return { body, label }
      })
    },
    update: (time, all, pointedAt, project) => {
      labels.forEach(({ body, label }, i) => {
        label.hidden = !(body === pointedAt || (all && i < mostNames))
        if (label.hidden || !view) return
        positionAt(view.main, body, time, position)
        const [x, y] = project(position)
        label.hidden = !Number.isFinite(x + y)
        label.style.transform = `translate(${x + 14}px, ${y - 22}px)`
      })
    },
  }
}
