import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gradientOf, linearOfOklab, oklabOf, writeColour } from './colourMap.ts'

const lightness = (map: 'sequential' | 'diverging', part: number): number => {
  const out: [number, number, number] = [0, 0, 0]
  writeColour(map, part, [0, 1], out, 0)
  return oklabOf(out)[0]
}
const parts = Array.from({ length: 65 }, (_, i) => i / 64)

describe('colour maps', () => {
  it('OKLab is inverted by its inverse', () => {
    const c = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.tuple(c, c, c), rgb => {
        linearOfOklab(oklabOf(rgb)).forEach((value, i) => void expect(value).toBeCloseTo(rgb[i], 5))
      }),
    )
  })

  it('the sequential one grows lighter all the way', () => {
    const all = parts.map(part => lightness('sequential', part))
    for (let i = 1; i < all.length; i++) expect(all[i]).toBeGreaterThan(all[i - 1])
  })

  it('the diverging one is lightest in its middle, and falls to both sides', () => {
    const all = parts.map(part => lightness('diverging', part))
    for (let i = 1; i <= 32; i++) {
      expect(all[i]).toBeGreaterThan(all[i - 1])
      expect(all[32 + i]).toBeLessThan(all[31 + i])
    }
  })

  it('holds its ends outside the range, and is grey where there is no value', () => {
    const colour = (value: number, range: [number, number] = [2, 4]): number[] => {
      const out = [0, 0, 0]
      writeColour('sequential', value, range, out, 0)
      return out
    }
    expect(colour(-9)).toEqual(colour(2))
    expect(colour(99)).toEqual(colour(4))
    expect(colour(Number.NaN)).toEqual([0.3, 0.3, 0.3])
    expect(colour(1, [1, 1]).every(Number.isFinite)).toBe(true)
    expect(gradientOf('sequential')).toMatch(
      /^linear-gradient\(to right, rgb\(42 26 94\), .*rgb\(246 231 108\)\)$/,
    )
  })
})
