import uPlot from 'uplot'
import { formatTick } from '../format.ts'
import { type Motion, valueAt } from '../motion.ts'
import type { Palette } from '../palette.ts'
import { axisRange, type Curve, rangeOf, type TimePlot } from '../plotModel.ts'
import { isDimmed, type Selection } from '../selection.ts'
import { isMeasured, type TrajectoryView } from '../trajectoryView.ts'
import { bindDrag } from './drag.ts'
import { create } from './elements.ts'
import { createPlotHeader } from './plotHeader.ts'
import type { PlotActions, PlotPanel } from './plotPanel.ts'

const font = '11px Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'

/** Curves over time: the truth as a broad pale line (measurements as dots), the prediction as a fine one over it, and the time as a cursor. */
export function createTimePlot(
  view: TrajectoryView,
  plot: TimePlot,
  initialPalette: Palette,
  { seek, pick }: PlotActions,
): PlotPanel {
  let palette = initialPalette
  let selection: Selection = null
  const colourOf = ({ colour }: Curve): string => palette.curves[colour % palette.curves.length]
  const opacityOf = ({ name }: Curve): number => (isDimmed(selection, { kind: 'series', name }) ? 0.2 : 1)

  const header = createPlotHeader(plot.title, plot.unit, plot.curves, pick)
  const canvas = create('div', { className: 'canvas' })
  const element = create(
    'section',
    { className: 'plot', ariaLabel: `${plot.title} over time` },
    header.element,
    canvas,
  )

  const { data, truthCurves } = alignedData(view, plot.curves)
  const [low, high] = axisRange(...rangeOf(view, plot.curves))
  const measured = isMeasured(view)
  const series: uPlot.Series[] = [
    {},
    ...truthCurves.map(
      (curve): uPlot.Series => ({
        stroke: () => translucent(colourOf(curve), 0.3 * opacityOf(curve)),
        width: 5,
        pxAlign: 0,
        ...(measured ? { paths: () => null } : {}),
        points: {
          show: measured,
          size: 5,
          width: 0,
          fill: () => translucent(colourOf(curve), 0.45 * opacityOf(curve)),
        },
      }),
    ),
    ...plot.curves.map(
      (curve): uPlot.Series => ({
        stroke: () => translucent(colourOf(curve), opacityOf(curve)),
        width: 1.5,
        pxAlign: 0,
        spanGaps: measured,
        points: { show: false },
      }),
    ),
  ]
  const axis = { stroke: () => palette.muted, font, ticks: { show: false } }
  const grid = { stroke: () => palette.line, width: 1 }
  const chart = new uPlot(
    {
      width: 320,
      height: 160,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: { show: false, drag: { x: false, y: false } },
      scales: {
        x: {
          time: false,
          range: () => [view.main.t[0], Math.max(view.main.t.at(-1)!, view.main.t[0] + 1e-9)],
        },
        y: { range: () => [low, high] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 26,
          gap: 6,
          space: 60,
          values: (_, splits) =>
            splits.map((value, i) =>
              i === splits.length - 1 ? `${formatTick(value)} s` : formatTick(value),
            ),
        },
        { ...axis, grid, size: 52, gap: 8, space: 36, values: (_, splits) => splits.map(formatTick) },
      ],
      series,
    },
    data,
    canvas,
  )

  const now = create('div', { className: 'now' })
  const dots = plot.curves.map(curve => ({ curve, dot: create('div', { className: 'dot' }) }))
  chart.over.append(now, ...dots.map(({ dot }) => dot))
  bindDrag(chart.over, x => seek(chart.posToVal(x, 'x')))

  let time = view.main.t[0]
  const place = (): void => {
    const x = chart.valToPos(time, 'x')
    now.style.transform = `translateX(${x}px)`
    for (const { curve, dot } of dots) {
      const value = valueAt(view.main, curve.name, time)
      dot.hidden = !Number.isFinite(value)
      dot.style.transform = `translate(${x}px, ${chart.valToPos(value, 'y')}px)`
      dot.style.opacity = String(opacityOf(curve))
    }
  }
  const paintDots = (): void => {
    for (const { curve, dot } of dots) dot.style.setProperty('--swatch', colourOf(curve))
  }
  header.setPalette(palette)
  paintDots()

  return {
    element,
    update: value => {
      time = value
      header.setValues(curve => valueAt(view.main, curve.name, time))
      place()
    },
    resize: () => {
      chart.setSize({ width: Math.max(canvas.clientWidth, 120), height: Math.max(canvas.clientHeight, 90) })
      place()
    },
    setPalette: value => {
      palette = value
      header.setPalette(palette)
      paintDots()
      chart.redraw(false)
    },
    setSelection: value => {
      selection = value
      header.setSelection(selection)
      chart.redraw(false)
      place()
    },
    dispose: () => {
      chart.destroy()
      element.remove()
    },
  }
}

/** uPlot's table: times, then the truth's curves (drawn first, below), then the prediction's, on the union of both grids. */
function alignedData(view: TrajectoryView, curves: readonly Curve[]) {
  const { main, truth } = view
  const columns = (motion: Motion, of: readonly Curve[]) =>
    of.map(({ name }) => withGaps(motion.series.get(name)!))
  const truthCurves = truth ? curves.filter(({ name }) => truth.series.has(name)) : []
  const mainTable: uPlot.AlignedData = [main.t, ...columns(main, curves)]
  if (!truth || truthCurves.length === 0) return { data: mainTable, truthCurves }
  const truthTable: uPlot.AlignedData = [truth.t, ...columns(truth, truthCurves)]
  const data: uPlot.AlignedData = isMeasured(view)
    ? uPlot.join([truthTable, mainTable])
    : [main.t, ...truthTable.slice(1), ...mainTable.slice(1)]
  return { data, truthCurves }
}

/** A gap is `null` to uPlot. */
const withGaps = (values: Float64Array): Float64Array | (number | null)[] =>
  values.every(Number.isFinite)
    ? values
    : Array.from(values, value => (Number.isFinite(value) ? value : null))

const translucent = (colour: string, opacity: number): string =>
  opacity === 1 ? colour : `color-mix(in srgb, ${colour} ${Math.round(100 * opacity)}%, transparent)`
