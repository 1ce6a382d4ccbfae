import { massMatrixSeries } from '../sim/files/viewerSeries.ts'
import { driftSeries, errorSeries } from './derived.ts'
import { formatName } from './format.ts'
import type { Rows } from './motion.ts'
import type { TrajectoryView } from './trajectoryView.ts'
import type { Span } from './visible.ts'

/** One quantity as the prediction has it and, where it is known, as it truly was. */
export interface Curve {
  /** The series, as in the file. */
  readonly name: string
  /** The name as it is shown. */
  readonly label: string
  readonly unit: string
  /** Which of the palette's colours. */
  readonly colour: number
}

/** Curves over time. */
export interface TimePlot {
  readonly kind: 'time'
  readonly title: string
  /** The unit that all curves share, or ''. */
  readonly unit: string
  readonly curves: readonly Curve[]
  /** Errors span powers of ten. */
  readonly logarithmic: boolean
  /** The level below which an error is noise of the data. */
  readonly floor: number | null
}

/** One quantity over another, with time along the curve. */
export interface PhasePlot {
  readonly kind: 'phase'
  readonly title: string
  readonly x: Curve
  readonly y: Curve
}

/** A square matrix that changes with time. */
export interface MatrixPlot {
  readonly kind: 'matrix'
  readonly title: string
  readonly rows: Rows
}

export type Plot = TimePlot | PhasePlot | MatrixPlot

/** The quantities of a plot. */
export function curvesOf(plot: Plot): readonly Curve[] {
  switch (plot.kind) {
    case 'time':
      return plot.curves
    case 'phase':
      return [plot.x, plot.y]
    case 'matrix':
      return []
  }
}

const titles: Readonly<Record<string, string>> = {
  [errorSeries]: 'distance from truth',
  [driftSeries]: 'energy drift',
}

/** A plot with more curves than this cannot be read. */
const mostCurves = 6
/** Conserved quantities are shown as flat: the axis spans at least this part of their size. */
const flatness = 0.02

/** The plots that a file asks for; what it asks for but does not hold is left out. */
export function plotsOf(view: TrajectoryView): Plot[] {
  const colours = new Map<string, number>()
  const curve = (name: string): Curve => {
    if (!colours.has(name)) colours.set(name, colours.size)
    return { name, label: formatName(name), unit: view.unitOf(name), colour: colours.get(name)! }
  }
  const has = (name: string): boolean => view.main.series.has(name)

  const matrix = (view.main.massMatrix?.count ?? 0) > 1 && !view.plots.includes(massMatrixSeries)
  return [...view.plots, ...(matrix ? [massMatrixSeries] : [])].flatMap((request): Plot[] => {
    if (request === massMatrixSeries) {
      const rows = view.main.massMatrix
      return rows ? [{ kind: 'matrix', title: 'mass matrix M(q)', rows }] : []
    }
    if (typeof request === 'string') {
      const names = request === 'state' ? coordinatesOf(view.stateNames) : [request]
      const curves = names.filter(has).slice(0, mostCurves).map(curve)
      if (curves.length === 0) return []
      const unit = curves.every(({ unit }) => unit === curves[0].unit) ? curves[0].unit : ''
      const isError = request === errorSeries
      const title = titles[request] ?? formatName(request)
      return [{ kind: 'time', title, unit, curves, logarithmic: isError, floor: isError ? view.noise : null }]
    }
    const [x, y] = typeof request.phase === 'string' ? [request.phase, `${request.phase}_dot`] : request.phase
    if (!has(x) || !has(y)) return []
    return [{ kind: 'phase', title: `${formatName(y)} over ${formatName(x)}`, x: curve(x), y: curve(y) }]
  })
}

/** The components that are not the rate of another one: positions and rates have different units. */
const coordinatesOf = (names: readonly string[]): string[] =>
  names.filter(name => !(name.endsWith('_dot') && names.includes(name.slice(0, -'_dot'.length))))

/** The limits of an axis around data from `min` to `max`: a margin of 6 %, and no magnifying of rounding errors. */
export function axisRange(min: number, max: number): [number, number] {
  if (!(min <= max)) return [-1, 1]
  const least = flatness * Math.max(Math.abs(min), Math.abs(max)) || 1
  const half = Math.max((max - min) * 0.56, least)
  const middle = (min + max) / 2
  return [middle - half, middle + half]
}

/** The limits of a logarithmic axis around positive data, at least a power of ten apart. */
export function logarithmicRange(
  view: TrajectoryView,
  curves: readonly Curve[],
  span: Span,
): [number, number] {
  let min = Number.POSITIVE_INFINITY
  let max = 0
  for (const { name } of curves)
    view.main.series.get(name)?.forEach((value, i) => {
      if (!(value > 0) || view.main.t[i] < span.from || view.main.t[i] > span.to) return
      min = Math.min(min, value)
      max = Math.max(max, value)
    })
  if (!(min <= max)) return [1e-3, 1]
  // Errors that are zero but for rounding would take all of the axis.
  const low = 10 ** Math.floor(Math.log10(Math.max(min, max * 1e-8)))
  return [low, Math.max(10 ** Math.ceil(Math.log10(max)), 10 * low)]
}

/** The least and the greatest value of some curves within a span of time, of prediction and truth together. */
export function rangeOf(
  view: TrajectoryView,
  curves: readonly Curve[],
  span: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY },
): [number, number] {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const motion of view.truth ? [view.main, view.truth] : [view.main])
    for (const { name } of curves)
      motion.series.get(name)?.forEach((value, i) => {
        if (motion.t[i] < span.from || motion.t[i] > span.to) return
        if (value < min) min = value
        if (value > max) max = value
      })
  return [min, max]
}
