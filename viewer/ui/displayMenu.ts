import { type Comparison, comparisons } from '../../sim/files/viewerSeries.ts'
import { type Display, type VectorKind, vectorKinds } from '../display.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { vectorKindsOf } from '../vectors.ts'
import { create, element } from './elements.ts'

/** The menu of what is shown beside the motion itself. */
export interface DisplayMenu {
  readonly display: Display
  /** Offers what a trajectory has; the choices stay as they are where it has them too. */
  setView(view: TrajectoryView, again: boolean): void
  toggleVector(kind: VectorKind): void
  toggleNames(): void
  /** Goes on to the next way to compare with the truth. */
  nextComparison(): void
}

const words: Readonly<Record<Comparison, string>> = {
  ghost: 'as a ghost',
  side: 'side by side',
  error: 'as colour',
  hidden: 'not at all',
}

/** @param changed is called after every choice */
export function bindDisplayMenu(changed: () => void): DisplayMenu {
  const menu = element('fieldset', 'display')
  const comparing = element('fieldset', 'comparing')
  const arrows = element('fieldset', 'arrows')
  const names = element('input', 'names')
  const trails = element('input', 'trails')
  const trailsRow = element('label', 'trails-row')
  const nothing = element('p', 'no-choices')
  let display: Display = { comparison: 'ghost', vectors: new Set(), names: false, trails: 1 }
  let canCompare = false

  const radios = comparisons.map(comparison => {
    const input = create('input', { type: 'radio', name: 'comparison', value: comparison })
    input.addEventListener('change', () => set({ comparison }))
    comparing.append(create('label', {}, input, words[comparison]))
    return input
  })
  const boxes = vectorKinds.map(kind => {
    const input = create('input', { type: 'checkbox', value: kind })
    const label = create('label', {}, input, kind)
    input.addEventListener('change', () => toggleVector(kind))
    arrows.append(label)
    return { kind, input, label }
  })
  names.addEventListener('change', () => set({ names: names.checked }))
  trails.addEventListener('input', () => set({ trails: Number(trails.value) }))

  const reflect = (): void => {
    for (const radio of radios) radio.checked = radio.value === display.comparison
    for (const { kind, input } of boxes) input.checked = display.vectors.has(kind)
    names.checked = display.names
    trails.value = String(display.trails)
    trails.ariaValueText = `${trails.value} times as long as in the file`
  }
  function set(part: Partial<Display>): void {
    display = { ...display, ...part }
    reflect()
    changed()
  }
  function toggleVector(kind: VectorKind): void {
    if (boxes.find(box => box.kind === kind)!.label.hidden) return
    const vectors = new Set(display.vectors)
    if (!vectors.delete(kind)) vectors.add(kind)
    set({ vectors })
  }
  reflect()

  return {
    get display() {
      return display
    },
    setView: (view, again) => {
      const kinds = vectorKindsOf(view)
      canCompare = view.truth !== null
      comparing.hidden = !canCompare
      comparing.querySelector('legend')!.textContent = `Show ${view.truthName}`
      for (const { kind, label } of boxes) label.hidden = !kinds.includes(kind)
      arrows.hidden = kinds.length === 0
      trailsRow.hidden = view.trails.size === 0
      names.closest('label')!.hidden = view.bodies.length === 0
      nothing.hidden = [...menu.children].some(child => child !== nothing && !(child as HTMLElement).hidden)
      if (!again) display = { ...display, comparison: view.comparison }
      reflect()
    },
    toggleVector,
    toggleNames: () => set({ names: !display.names }),
    nextComparison: () => {
      if (canCompare)
        set({ comparison: comparisons[(comparisons.indexOf(display.comparison) + 1) % comparisons.length] })
    },
  }
}
