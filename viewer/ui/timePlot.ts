import uPlot from 'uplot'
import { formatTick } from '../format.ts'
import { valueAt } from '../motion.ts'
import type { Palette } from '../palette.ts'
import { axisRange, type Curve, logarithmicRange, rangeOf, type TimePlot } from '../plotModel.ts'
import { isDimmed, type Selection } from '../selection.ts'
import { isMeasured, type TrajectoryView } from '../trajectoryView.ts'
import type { Span } from '../visible.ts'
import { create } from './elements.ts'
import { createPlotHeader } from './plotHeader.ts'
import type { PlotActions, PlotPanel } from './plotPanel.ts'
import { bindPlotPointer } from './plotPointer.ts'
import { plotTable } from './plotTable.ts'

const font = '11px Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'

/**
 * Curves over time: the truth as a broad pale line (measurements as dots), the prediction as a fine one over it, and the
 * time as a cursor.
 */
export function createTimePlot(
  view: TrajectoryView,
  plot: TimePlot,
  initialPalette: Palette,
  actions: PlotActions,
): PlotPanel {
  let palette = initialPalette
  let selection: Selection = null
  const whole: Span = {
    from: view.main.t[0],
    to: Math.max(view.main.t[view.main.t.length - 1], view.main.t[0] + 1e-9),
  }
  let span = whole
  let reference: number | null = null
  const colourOf = ({ colour }: Curve): string => palette.curves[colour % palette.curves.length]
  const opacityOf = ({ name }: Curve): number => (isDimmed(selection, { kind: 'series', name }) ? 0.2 : 1)

  const header = createPlotHeader(plot.title, plot.unit, plot.curves, actions.pick)
  const canvas = create('div', { className: 'canvas' })
  const element = create(
    'section',
    { className: 'plot', ariaLabel: `${plot.title} over time` },
    header.element,
    canvas,
  )

  /** Faint lines, under the curves, where something happened. */
  const drawEvents = (chart: uPlot): void => {
    const { ctx, bbox } = chart
    ctx.save()
    ctx.fillStyle = translucent(palette.event, 0.4)
    for (const { t } of view.events) {
      if (t < span.from || t > span.to) continue
      ctx.fillRect(Math.round(chart.valToPos(t, 'x', true)), bbox.top, devicePixelRatio, bbox.height)
    }
    ctx.restore()
  }
  const limits = (): [number, number] =>
    plot.logarithmic
      ? logarithmicRange(view, plot.curves, span)
      : axisRange(...rangeOf(view, plot.curves, span))
  let [low, high] = limits()
  const measured = isMeasured(view)
  const { truthCurves, data } = plotTable(view, plot, span)
  const series: uPlot.Series[] = [
    {},
    ...truthCurves.map(
      (curve): uPlot.Series => ({
        stroke: () => translucent(colourOf(curve), 0.3 * opacityOf(curve)),
        width: 5,
        pxAlign: 0,
        spanGaps: !measured,
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
        spanGaps: view.truth !== null && view.truth.t !== view.main.t,
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
        x: { time: false, range: () => [span.from, span.to] },
        y: { range: () => [low, high], ...(plot.logarithmic ? { distr: 3 } : {}) },
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
        {
          ...axis,
          grid,
          // Room for the longest number; superscripts are narrow.
          size: (_, values) =>
            Math.max(52, 14 + 5.5 * Math.max(0, ...(values ?? []).map(text => text.length))),
          gap: 8,
          space: 36,
          ...(plot.logarithmic ? { splits: () => decades(low, high), filter: (_, splits) => splits } : {}),
          values: (_, splits) =>
            splits.map(value => (value === null ? '' : formatTick(value, splits[1] - splits[0]))),
        },
      ],
      series,
      hooks: { drawAxes: [chart => drawEvents(chart)] },
    },
    data,
    canvas,
  )

  const now = create('div', { className: 'now' })
  const then = create('div', { className: 'now then', hidden: true })
  const box = create('div', { className: 'zoom', hidden: true })
  const floor = create('div', { className: 'floor', hidden: true, title: 'noise of the data' })
  const dots = plot.curves.map(curve => ({ curve, dot: create('div', { className: 'dot' }) }))
  chart.over.append(floor, box, then, now, ...dots.map(({ dot }) => dot))
  let time = view.main.t[0]
  const timeAt = (x: number): number => chart.posToVal(x, 'x')
  bindPlotPointer(chart.over, {
    cursor: () => chart.valToPos(time, 'x'),
    seek: x => actions.seek(timeAt(x)),
    mark: x => actions.mark(timeAt(x)),
    zoom: (from, to) =>
      actions.zoom({ from: Math.max(timeAt(from), whole.from), to: Math.min(timeAt(to), whole.to) }),
    unzoom: () => actions.zoom(null),
    showRange: range => {
      box.hidden = range === null
      if (!range) return
      box.style.left = `${range.from}px`
      box.style.width = `${range.to - range.from}px`
    },
  })

  const visible = (value: number): boolean => value >= span.from && value <= span.to
  const place = (): void => {
    const x = chart.valToPos(time, 'x')
    now.hidden = !visible(time)
    now.style.transform = `translateX(${x}px)`
    then.hidden = reference === null || !visible(reference)
    if (reference !== null) then.style.transform = `translateX(${chart.valToPos(reference, 'x')}px)`
    for (const { curve, dot } of dots) {
      const value = valueAt(view.main, curve.name, time)
      dot.hidden = !Number.isFinite(value) || !visible(time) || (plot.logarithmic && value <= 0)
      dot.style.transform = `translate(${x}px, ${chart.valToPos(value, 'y')}px)`
      dot.style.opacity = String(opacityOf(curve))
    }
    floor.hidden = plot.floor === null || plot.floor < low || plot.floor > high
    if (!floor.hidden) floor.style.transform = `translateY(${chart.valToPos(plot.floor!, 'y')}px)`
  }
  const refresh = (): void => {
    ;[low, high] = limits()
    chart.setData(plotTable(view, plot, span).data)
    setValues()
    place()
  }
  const paintDots = (): void => {
    for (const { curve, dot } of dots) dot.style.setProperty('--swatch', colourOf(curve))
  }
  const setValues = (): void =>
    header.setValues(
      curve => valueAt(view.main, curve.name, time),
      reference === null ? null : curve => valueAt(view.main, curve.name, reference!),
    )
  header.setPalette(palette)
  paintDots()

  return {
    element,
    update: value => {
      time = value
      setValues()
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
    setSpan: value => {
      span = value
      refresh()
    },
    refresh,
    setReference: value => {
      reference = value
      setValues()
      place()
    },
    dispose: () => {
      chart.destroy()
      element.remove()
    },
  }
}

/** Powers of ten between two of them, at most six. */
function decades(low: number, high: number): number[] {
  const [from, to] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))]
  const step = Math.ceil((to - from) / 5)
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => 10 ** (from + i * step))
}

const translucent = (colour: string, opacity: number): string =>
  opacity === 1 ? colour : `color-mix(in srgb, ${colour} ${Math.round(100 * opacity)}%, transparent)`
