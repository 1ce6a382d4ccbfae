import { gradientOf, writeColour } from '../colourMap.ts'
import { conditionNumber } from '../condition.ts'
import { formatNumber, formatTick } from '../format.ts'
import { sampleAt } from '../interpolate.ts'
import type { Palette } from '../palette.ts'
import type { MatrixPlot } from '../plotModel.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { create } from './elements.ts'
import type { PlotPanel } from './plotPanel.ts'

/** Entries are written into their cells up to this many rows. */
const readable = 5

/** M(q) as it is now, a cell for each entry, with its condition number κ; the truth's κ beside it. */
export function createMatrixPlot(
  view: TrajectoryView,
  { title, rows }: MatrixPlot,
  palette: Palette,
): PlotPanel {
  const n = rows.count
  const reach =
    rows.data.reduce((most, entry) => (Number.isNaN(entry) ? most : Math.max(most, Math.abs(entry))), 0) || 1
  const range = [-reach, reach] as const
  const condition = create('b')
  const header = create(
    'header',
    {},
    create('h2', {}, title),
    create('span', { className: 'condition' }, 'κ', condition),
  )
  const canvas = create('canvas', { className: 'matrix', role: 'img' })
  const bar = create('i')
  bar.style.backgroundImage = gradientOf('diverging')
  const scale = create(
    'div',
    { className: 'scale' },
    formatTick(-Number(reach.toPrecision(2))),
    bar,
    formatTick(Number(reach.toPrecision(2))),
  )
  const holder = create('div', { className: 'canvas' }, canvas, scale)
  const element = create('section', { className: 'plot', ariaLabel: title }, header, holder)
  const context = canvas.getContext('2d')!
  const entries = new Float64Array(n * n)
  const rgb = [0, 0, 0]
  let side = 100
  let time = view.main.t[0]

  const draw = (): void => {
    sampleAt(view.main.t, rows.data, n * n, time, entries)
    const kappa = conditionNumber(entries, n)
    condition.textContent = Number.isFinite(kappa) ? formatNumber(kappa) : '∞'
    canvas.ariaLabel = `${title}, ${n} × ${n}, condition number ${condition.textContent}`
    const cell = side / n
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.font = `${Math.min(13, cell / 4)}px Inter, "Helvetica Neue", Helvetica, Arial, sans-serif`
    for (let row = 0; row < n; row++)
      for (let column = 0; column < n; column++) {
        const entry = entries[row * n + column]
        writeColour('diverging', entry, range, rgb, 0)
        const [r, g, b] = rgb.map(c => Math.round(255 * c ** (1 / 2.2)))
        context.fillStyle = `rgb(${r} ${g} ${b})`
        context.fillRect(column * cell, row * cell, cell + 0.5, cell + 0.5)
        if (n > readable) continue
        context.fillStyle = 0.3 * r + 0.6 * g + 0.1 * b > 140 ? '#1b1f24' : '#ffffff'
        context.fillText(formatNumber(entry), (column + 0.5) * cell, (row + 0.5) * cell)
      }
    context.strokeStyle = palette.line
    context.strokeRect(0, 0, side, side)
  }

  return {
    element,
    update: value => {
      time = value
      draw()
    },
    resize: () => {
      side = Math.max(Math.min(holder.clientWidth - 24, holder.clientHeight - 26), 60)
      canvas.style.width = canvas.style.height = `${side}px`
      canvas.width = canvas.height = Math.round(side * devicePixelRatio)
      draw()
    },
    setPalette: value => {
      palette = value
      draw()
    },
    setSelection: () => {},
    setReference: () => {},
    dispose: () => element.remove(),
  }
}
