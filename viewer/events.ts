import type { ViewerMeta } from '../sim/files/viewerSeries.ts'

/** What happened at a time: an impact, a switch, an end; grazing: touched only. */
export interface Happening {
  readonly name: string
  readonly t: number
  readonly grazing: boolean
}

/** The events that a file's meta lists, in order of time; what is malformed is left out. */
export const eventsOf = ({ events }: ViewerMeta): readonly Happening[] =>
  (Array.isArray(events) ? events : [])
    .filter(event => typeof event?.name === 'string' && Number.isFinite(event.t))
    .map(({ name, t, grazing }) => ({ name, t, grazing: grazing === true }))
    .sort((a, b) => a.t - b.t)

/** The nearest event after (+1) or before (−1) a time; undefined where there is none. */
export function neighbouringEvent(
  events: readonly Happening[],
  time: number,
  direction: 1 | -1,
  slack = 1e-9,
): Happening | undefined {
  return direction > 0
    ? events.find(({ t }) => t > time + slack)
    : events.findLast(({ t }) => t < time - slack)
}

/** Events that lie closer than this part of the span, and are alike, are one mark. */
const nearness = 1 / 400

/** What is drawn of many events: runs of the same kind that lie close to each other are one, from its first to its last. */
export function marksOf(
  events: readonly Happening[],
  start: number,
  end: number,
): readonly {
  readonly from: number
  readonly to: number
  readonly event: Happening
  readonly count: number
}[] {
  const marks: { from: number; to: number; event: Happening; count: number }[] = []
  for (const event of events) {
    const last = marks.at(-1)
    const near = last && event.t - last.to < (end - start) * nearness && last.event.name === event.name
    if (near && last.event.grazing === event.grazing) {
      last.to = event.t
      last.count++
    } else marks.push({ from: event.t, to: event.t, event, count: 1 })
  }
  return marks
}
