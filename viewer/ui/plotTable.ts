import uPlot from 'uplot'
import { envelopeRows } from '../envelope.ts'
import { intervalAt } from '../interpolate.ts'
import type { Motion } from '../motion.ts'
import type { Curve, TimePlot } from '../plotModel.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import type { Span } from '../visible.ts'

/** Parts of a plot's width for each of which the extremes are kept: more than it has pixels. */
const buckets = 1500

type Column = (number | null)[]

/**
 * uPlot's table for a span: times, then the truth's curves (drawn first, below), then the prediction's, on the union of
 * both grids. Long spans are drawn by their extremes.
 */
export function plotTable(
  view: TrajectoryView,
  { curves, logarithmic }: TimePlot,
  span: Span,
): { data: uPlot.AlignedData; truthCurves: readonly Curve[] } {
  const { main, truth } = view
  const truthCurves = truth ? curves.filter(({ name }) => truth.series.has(name)) : []
  const mainTable = tableOf(main, curves, span, logarithmic)
  if (!truth || truthCurves.length === 0) return { data: mainTable, truthCurves }
  const truthTable = tableOf(truth, truthCurves, span, logarithmic)
  return { data: uPlot.join([truthTable, mainTable]), truthCurves }
}

function tableOf(
  motion: Motion,
  curves: readonly Curve[],
  { from, to }: Span,
  logarithmic: boolean,
): uPlot.AlignedData {
  const { t } = motion
  const columns = curves.map(({ name }) => motion.series.get(name)!)
  // A sample beyond each end, so that the curves leave the picture.
  const first = t[0] >= from ? 0 : intervalAt(t, from)
  const last = Math.min(intervalAt(t, to) + 1, t.length - 1)
  const rows = envelopeRows(columns, first, last, buckets)
  const drawn = (value: number): number | null =>
    Number.isFinite(value) && !(logarithmic && value <= 0) ? value : null
  return [
    rows.map(row => t[row]),
    ...columns.map((column): Column => rows.map(row => drawn(column[row]))),
  ] as uPlot.AlignedData
}
