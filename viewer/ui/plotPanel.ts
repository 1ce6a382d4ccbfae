import type { Palette } from '../palette.ts'
import type { Curve, Plot } from '../plotModel.ts'
import type { Selection } from '../selection.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
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
  dispose(): void
}

export interface PlotActions {
  seek(time: number): void
  pick(curve: Curve): void
}

export const createPlotPanel = (
  view: TrajectoryView,
  plot: Plot,
  palette: Palette,
  actions: PlotActions,
): PlotPanel =>
  plot.kind === 'time'
    ? createTimePlot(view, plot, palette, actions)
    : createPhasePlot(view, plot, palette, actions)
