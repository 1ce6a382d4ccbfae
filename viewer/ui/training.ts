import uPlot from 'uplot'
import { formatNumber, formatTick } from '../format.ts'
import { readPalette } from '../palette.ts'
import type { Epoch } from '../source.ts'
import { create, element } from './elements.ts'

/** What a training run says while it goes on: a line of state, and the curves of its loss. */
export interface Training {
  setEpochs(all: readonly Epoch[]): void
  add(line: Epoch): void
  setConnected(isConnected: boolean): void
}

const font = '11px Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'

/** @param picked is told the epoch that the user clicks at */
export function bindTraining(picked: (epoch: number) => void): Training {
  const state = element('output', 'training')
  const panel = element('section', 'losses')
  const holder = create('div', { className: 'canvas' })
  const legend = create(
    'header',
    {},
    create('h2', {}, 'loss'),
    create('span', { className: 'muted' }, 'training, validation'),
  )
  panel.append(legend, holder)
  let epochs: Epoch[] = []
  let connected = true
  let chart: uPlot | null = null
  let due = false

  const positive = (value: number | null | undefined): number | null =>
    value !== null && value !== undefined && value > 0 && Number.isFinite(value) ? value : null
  const table = (): uPlot.AlignedData => [
    epochs.map(({ epoch }) => epoch),
    epochs.map(({ loss }) => positive(loss)),
    epochs.map(({ validation }) => positive(validation)),
  ]
  const draw = (): void => {
    due = false
    const last = epochs.at(-1)
    panel.hidden = epochs.length < 2
    const progress = last && last.epoch < last.epochs ? `epoch ${last.epoch} of ${last.epochs}` : ''
    const loss = progress && last ? `, loss ${formatNumber(last.loss)}` : ''
    state.textContent = connected ? progress + loss : 'no connection, trying again …'
    state.hidden = state.textContent === ''
    if (panel.hidden) return
    chart ??= createChart(holder, picked)
    chart.setData(table())
    chart.setSize({ width: Math.max(holder.clientWidth, 120), height: Math.max(holder.clientHeight, 80) })
  }
  /** Many epochs a second are drawn once a frame. */
  const invalidate = (): void => {
    if (!due) requestAnimationFrame(draw)
    due = true
  }
  new ResizeObserver(invalidate).observe(panel)
  new MutationObserver(invalidate).observe(document.documentElement, { attributeFilter: ['data-theme'] })

  return {
    setEpochs: all => {
      epochs = [...all]
      invalidate()
    },
    add: line => {
      epochs = [...epochs.filter(({ epoch }) => epoch < line.epoch), line]
      invalidate()
    },
    setConnected: isConnected => {
      connected = isConnected
      invalidate()
    },
  }
}

function createChart(holder: HTMLElement, picked: (epoch: number) => void): uPlot {
  const palette = () => readPalette(document.documentElement)
  const axis = { stroke: () => palette().muted, font, ticks: { show: false } }
  const chart = new uPlot(
    {
      width: 320,
      height: 110,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: { show: false, drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { distr: 3 } },
      axes: [
        { ...axis, grid: { show: false }, size: 26, gap: 6, space: 60 },
        {
          ...axis,
          grid: { stroke: () => palette().line, width: 1 },
          size: 52,
          gap: 8,
          values: (_, splits) => splits.map(value => (value === null ? '' : formatTick(value))),
        },
      ],
      series: [
        {},
        { stroke: () => palette().curves[0], width: 1.5, points: { show: false } },
        { stroke: () => palette().curves[1], width: 1.5, points: { show: false }, spanGaps: true },
      ],
    },
    [[], [], []],
    holder,
  )
  chart.over.addEventListener('click', ({ offsetX }) => picked(chart.posToVal(offsetX, 'x')))
  return chart
}
