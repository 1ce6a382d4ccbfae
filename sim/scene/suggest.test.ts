import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest, suggestion } from './suggest.ts'

describe('editDistance', () => {
  it('counts insertions, deletions, substitutions and swaps', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('sin', 'sni')).toBe(1)
    expect(editDistance('', 'abc')).toBe(3)
  })

  it('is symmetric, zero only for equal words, and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})

describe('nearest', () => {
  it('finds what was meant and nothing else', () => {
    expect(nearest('dopri', ['tsit5', 'dopri5', 'odex'])).toBe('dopri5')
    expect(nearest('kinteic', ['kinetic', 'potential'])).toBe('kinetic')
    expect(nearest('auto', ['tsit5', 'dopri5', 'odex'])).toBeUndefined()
    expect(nearest('x', ['y'])).toBeUndefined()
    expect(suggestion('m3', ['m1', 'g'])).toBe('. Did you mean "m1"?')
  })
})
