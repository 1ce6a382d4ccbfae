import type { Palette } from '../palette.ts'
import type { Curve, Plot } from '../plotModel.ts'
import type { Selection } from '../selection.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import type { Span } from '../visible.ts'
import { createMatrixPlot } from './matrixPlot.ts'
import { createPhasePlot } from './phasePlot.ts'
import { createTimePlot } from './timePlot.ts'

/** One plot in the panel. Its cursor is the clock's time. */
export interface PlotPanel {
  readonly element: HTMLElement
  update(time: number): void
  /** Fits the drawing to the element's size. */
  resize(): void
  setPalette(palette: Palette): void
  setSelection(selection: Selection): void
  /** The motion is another one now, in the same arrays. */
  refresh?(): void
  /** Shows a part of the time axis only. */
  setSpan?(span: Span): void
  /** A second time, whose differences are shown; null is none. */
  setReference(time: number | null): void
  dispose(): void
}

export interface PlotActions {
  seek(time: number): void
  pick(curve: Curve): void
  /** null shows everything. */
  zoom(span: Span | null): void
  mark(time: number): void
}

export function createPlotPanel(
  view: TrajectoryView,
  plot: Plot,
  palette: Palette,
  actions: PlotActions,
): PlotPanel {
  switch (plot.kind) {
    case 'time':
      return createTimePlot(view, plot, palette, actions)
    case 'phase':
      return createPhasePlot(view, plot, palette, actions)
    case 'matrix':
      return createMatrixPlot(view, plot, palette)
  }
}
