import { describe, expect, it } from 'vitest'
import { type Item, isDimmed, isSelected, keep, next, type Selection, toggle } from './selection.ts'

const items: Item[] = [
  { kind: 'body', name: 'p1' },
  { kind: 'body', name: 'p2' },
  { kind: 'series', name: 'p1' },
]

describe('selection', () => {
  it('toggling twice changes nothing', () => {
    for (const item of items) expect(toggle(toggle(null, item), item)).toBe(null)
  })

  it('tells bodies from series of the same name', () => {
    const selection = toggle(null, items[0])
    expect(isSelected(selection, items[0])).toBe(true)
    expect(isSelected(selection, items[2])).toBe(false)
  })

  it('goes round all items and back to nothing', () => {
    let selection: Selection = null
    const visited: Selection[] = []
    for (let i = 0; i < 4; i++) {
      selection = next(selection, items)
      visited.push(selection)
    }
    expect(visited).toEqual([...items, null])
  })

  it('survives a new trajectory only where the item exists there', () => {
    expect(keep(items[1], items)).toBe(items[1])
    expect(keep(items[1], items.slice(0, 1))).toBe(null)
  })

  it('dims the others of its kind only', () => {
    expect(items.map(item => isDimmed(items[0], item))).toEqual([false, true, false])
    expect(items.map(item => isDimmed(null, item))).toEqual([false, false, false])
  })
})
