import { formatQuantity } from '../format.ts'
import type { Palette } from '../palette.ts'
import type { Curve } from '../plotModel.ts'
import { isSelected, type Selection } from '../selection.ts'
import { create } from './elements.ts'

/** Title, unit, and a button for each curve with its value now. */
export interface PlotHeader {
  readonly element: HTMLElement
  /** @param referenceOf values at a second time: their differences are shown too */
  setValues(numberOf: (curve: Curve) => number, referenceOf: ((curve: Curve) => number) | null): void
  setPalette(palette: Palette): void
  setSelection(selection: Selection): void
}

/** @param pick is told when the user presses a curve's button */
export function createPlotHeader(
  title: string,
  unit: string,
  curves: readonly Curve[],
  pick: (curve: Curve) => void,
): PlotHeader {
  const heading = create('h2', {}, title)
  if (unit !== '') heading.append(create('small', {}, ` / ${unit}`))
  const entries = curves.map(curve => {
    const value = create('b')
    const swatch = create('i')
    const button = create(
      'button',
      { type: 'button', title: `Single out ${curve.label}` },
      swatch,
      curve.label,
      value,
    )
    button.addEventListener('click', () => pick(curve))
    return { curve, value, swatch, button }
  })
  return {
    element: create('header', {}, heading, ...entries.map(({ button }) => button)),
    setValues: (numberOf, referenceOf) => {
      for (const { curve, value } of entries) {
        const number = numberOf(curve)
        const text = formatQuantity(number, curve.unit)
        value.textContent = referenceOf
          ? `${text}  Δ ${formatQuantity(number - referenceOf(curve), curve.unit)}`
          : text
      }
    },
    setPalette: palette => {
      for (const { curve, swatch } of entries)
        swatch.style.setProperty('--swatch', palette.curves[curve.colour % palette.curves.length])
    },
    setSelection: selection => {
      for (const { curve, button } of entries)
        button.ariaPressed = String(isSelected(selection, { kind: 'series', name: curve.name }))
    },
  }
}
