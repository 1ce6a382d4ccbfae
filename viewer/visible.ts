import { type Column, csvText } from '../sim/files/csv.ts'
import { truthSeries } from '../sim/files/viewerSeries.ts'
import type { Motion } from './motion.ts'
import { curvesOf, type Plot } from './plotModel.ts'
import { isMeasured, type TrajectoryView } from './trajectoryView.ts'

/** A part of the time axis. */
export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * What the plots show of a span as a table: t, then their curves. The truth's curves stand beside them as `truth:…` where
 * it has the same times; measurements have other times and are left out.
 */
export function visibleCsv(view: TrajectoryView, plots: readonly Plot[], { from, to }: Span): string {
  const { main, truth } = view
  const rows = [...main.t.keys()].filter(i => main.t[i] >= from && main.t[i] <= to)
  const names = [...new Set(plots.flatMap(curvesOf).map(({ name }) => name))]
  const columnsOf = (motion: Motion, named: (name: string) => string): Column[] =>
    names.flatMap(name => {
      const values = motion.series.get(name)
      return values ? [{ name: named(name), values: rows.map(i => values[i]) }] : []
    })
  return csvText([
    { name: 't', values: rows.map(i => main.t[i]) },
    ...columnsOf(main, name => name),
    ...(truth && !isMeasured(view) ? columnsOf(truth, truthSeries) : []),
  ])
}
