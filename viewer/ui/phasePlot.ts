import { formatTick } from '../format.ts'
import { type Motion, valueAt } from '../motion.ts'
import type { Palette } from '../palette.ts'
import { axisRange, type PhasePlot, rangeOf } from '../plotModel.ts'
import { isMeasured, type TrajectoryView } from '../trajectoryView.ts'
import { bindDrag } from './drag.ts'
import { create } from './elements.ts'
import { createPlotHeader } from './plotHeader.ts'
import type { PlotActions, PlotPanel } from './plotPanel.ts'

const margin = { top: 8, right: 14, bottom: 26, left: 52 }
const font = '11px Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'

const mostPoints = 20_000

/** One quantity over another; the cursor is a dot on the curve, and a click goes to the nearest moment of the motion. */
export function createPhasePlot(
  view: TrajectoryView,
  { title, x, y }: PhasePlot,
  initialPalette: Palette,
  { seek, pick }: PlotActions,
): PlotPanel {
  let palette = initialPalette
  const header = createPlotHeader(title, '', [x, y], pick)
  const canvas = create('canvas', { className: 'phase' })
  const dot = create('div', { className: 'dot' })
  const holder = create('div', { className: 'canvas' }, canvas, dot)
  const element = create('section', { className: 'plot', ariaLabel: title }, header.element, holder)
  const context = canvas.getContext('2d')!

  let [left, right] = axisRange(...rangeOf(view, [x]))
  let [bottom, top] = axisRange(...rangeOf(view, [y]))
  let width = 1
  let height = 1
  const toX = (value: number): number =>
    margin.left + ((value - left) / (right - left)) * (width - margin.left - margin.right)
  const toY = (value: number): number =>
    margin.top + ((top - value) / (top - bottom)) * (height - margin.top - margin.bottom)

  /** A line through the samples, or a dot at each. */
  const drawCurve = (
    motion: Motion,
    colour: string,
    lineWidth: number,
    opacity: number,
    dots = false,
  ): void => {
    const xs = motion.series.get(x.name)
    const ys = motion.series.get(y.name)
    if (!xs || !ys) return
    context.beginPath()
    let drawing = false
    // Of a long motion every few samples: the curve would not look different.
    const stride = Math.ceil(xs.length / mostPoints)
    for (let i = 0; i < xs.length; i += stride) {
      const value = xs[i]
      const visible = Number.isFinite(value) && Number.isFinite(ys[i])
      if (visible && (dots || !drawing)) context.moveTo(toX(value), toY(ys[i]))
      if (visible && (dots || drawing)) context.lineTo(toX(value), toY(ys[i]))
      drawing = visible
    }
    context.strokeStyle = colour
    context.lineWidth = lineWidth
    context.lineCap = 'round'
    context.globalAlpha = opacity
    context.stroke()
    context.globalAlpha = 1
  }

  const draw = (): void => {
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    context.clearRect(0, 0, width, height)
    context.font = font
    context.fillStyle = palette.muted
    context.strokeStyle = palette.line
    context.lineWidth = 1
    context.lineJoin = 'round'
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    for (const value of ticks(bottom, top, (height - margin.top - margin.bottom) / 36)) {
      const at = Math.round(toY(value)) + 0.5
      context.beginPath()
      context.moveTo(margin.left, at)
      context.lineTo(width - margin.right, at)
      context.stroke()
      context.fillText(formatTick(value), margin.left - 8, at)
    }
    context.textAlign = 'center'
    context.textBaseline = 'alphabetic'
    const across = ticks(left, right, (width - margin.left - margin.right) / 60)
    across.forEach((value, i) => {
      const unit = i === across.length - 1 && x.unit !== '' ? ` ${x.unit}` : ''
      context.fillText(formatTick(value) + unit, toX(value), height - 8)
    })
    const colour = palette.curves[y.colour % palette.curves.length]
    if (view.truth) drawCurve(view.truth, colour, 5, 0.3, isMeasured(view))
    drawCurve(view.main, colour, 1.5, 1)
    dot.style.setProperty('--swatch', colour)
  }

  bindDrag(canvas, (px, py) => {
    const xs = view.main.series.get(x.name)!
    const ys = view.main.series.get(y.name)!
    let nearest = 0
    let least = Number.POSITIVE_INFINITY
    xs.forEach((value, i) => {
      const distance = Math.hypot(toX(value) - px, toY(ys[i]) - py)
      if (distance < least) {
        least = distance
        nearest = i
      }
    })
    seek(view.main.t[nearest])
  })

  let time = view.main.t[0]
  let reference: number | null = null
  const place = (): void => {
    const at = [valueAt(view.main, x.name, time), valueAt(view.main, y.name, time)]
    dot.hidden = !at.every(Number.isFinite)
    dot.style.transform = `translate(${toX(at[0])}px, ${toY(at[1])}px)`
  }
  const setValues = (): void =>
    header.setValues(
      ({ name }) => valueAt(view.main, name, time),
      reference === null ? null : ({ name }) => valueAt(view.main, name, reference!),
    )
  header.setPalette(palette)

  return {
    element,
    update: value => {
      time = value
      setValues()
      place()
    },
    refresh: () => {
      ;[left, right] = axisRange(...rangeOf(view, [x]))
      ;[bottom, top] = axisRange(...rangeOf(view, [y]))
      draw()
      setValues()
      place()
    },
    setReference: value => {
      reference = value
      setValues()
    },
    resize: () => {
      width = Math.max(holder.clientWidth, 120)
      height = Math.max(holder.clientHeight, 90)
      canvas.width = Math.round(width * devicePixelRatio)
      canvas.height = Math.round(height * devicePixelRatio)
      draw()
      place()
    },
    setPalette: value => {
      palette = value
      header.setPalette(palette)
      draw()
    },
    setSelection: selection => header.setSelection(selection),
    dispose: () => element.remove(),
  }
}

/** Round values within an interval, at most about `count` of them. */
function ticks(from: number, to: number, count: number): number[] {
  const least = (to - from) / Math.max(count, 1)
  const power = 10 ** Math.floor(Math.log10(least))
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= least) ?? 10)
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => (first + i) * step)
}
