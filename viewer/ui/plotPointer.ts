/** What a pointer can do in a plot over time; places are CSS pixels from its left edge. */
export interface PlotPointer {
  /** Where the clock's cursor stands: a press near it drags the time along. */
  cursor(): number
  seek(x: number): void
  /** A second cursor, to compare with. */
  mark(x: number): void
  zoom(from: number, to: number): void
  unzoom(): void
  /** Shows what a drag would zoom into, or (null) nothing. */
  showRange(range: { from: number; to: number } | null): void
}

/** A press this near to the cursor takes hold of it; a drag shorter than this is a click. */
const grip = 10
const stillness = 6

/**
 * A click seeks; a drag zooms, unless it begins at the cursor or with a finger: then it moves the time. Shift and a click
 * set the second cursor; a double click shows everything again.
 */
export function bindPlotPointer(element: HTMLElement, plot: PlotPointer): void {
  let drag: { kind: 'time' | 'zoom'; start: number } | null = null
  const placeOf = ({ clientX }: PointerEvent): number => clientX - element.getBoundingClientRect().left

  element.addEventListener('pointerdown', event => {
    if (event.button !== 0 || !event.isPrimary) return
    const x = placeOf(event)
    if (event.shiftKey) {
      plot.mark(x)
      return
    }
    element.setPointerCapture(event.pointerId)
    const atCursor = Math.abs(x - plot.cursor()) <= grip
    drag = { kind: atCursor || event.pointerType === 'touch' ? 'time' : 'zoom', start: x }
    if (drag.kind === 'time') plot.seek(x)
  })
  element.addEventListener('pointermove', event => {
    if (!drag) return
    const x = placeOf(event)
    if (drag.kind === 'time') plot.seek(x)
    else plot.showRange(Math.abs(x - drag.start) > stillness ? ordered(drag.start, x) : null)
  })
  element.addEventListener('pointerup', event => {
    if (drag?.kind === 'zoom') {
      const x = placeOf(event)
      const { from, to } = ordered(drag.start, x)
      if (to - from > stillness) plot.zoom(from, to)
      else plot.seek(x)
    }
    drag = null
    plot.showRange(null)
  })
  element.addEventListener('pointercancel', () => {
    drag = null
    plot.showRange(null)
  })
  element.addEventListener('dblclick', () => plot.unzoom())
}

const ordered = (a: number, b: number) => ({ from: Math.min(a, b), to: Math.max(a, b) })
