/** What the user has singled out: a body of the scene or a curve of a plot. One thing at a time. */
export interface Item {
  kind: 'body' | 'series'
  name: string
}

export type Selection = Item | null

export const isSelected = (selection: Selection, item: Item): boolean =>
  selection !== null && selection.kind === item.kind && selection.name === item.name

/** Selects an item, or nothing where it was selected already. */
export const toggle = (selection: Selection, item: Item): Selection =>
  isSelected(selection, item) ? null : item

/** The item after the selected one, nothing after the last, the first after nothing. */
export function next(selection: Selection, items: readonly Item[]): Selection {
  return items[items.findIndex(item => isSelected(selection, item)) + 1] ?? null
}

/** The selection if it still exists among the items, as after another trajectory was opened. */
export const keep = (selection: Selection, items: readonly Item[]): Selection =>
  items.some(item => isSelected(selection, item)) ? selection : null

/** Whether an item steps back because another one of its kind is selected. */
export const isDimmed = (selection: Selection, item: Item): boolean =>
  selection !== null && selection.kind === item.kind && selection.name !== item.name
