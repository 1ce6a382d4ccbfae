import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Phase, rateAt, stagesOf } from './plan.ts'
import { cutWindows, growingLengths, type Series } from './windows.ts'

/** Series with irregular times, gaps now and then, single samples and none at all. */
const irregularSeries = fc
  .array(
    fc.oneof(fc.double({ min: 1e-3, max: 1, noNaN: true }), fc.double({ min: 5, max: 50, noNaN: true })),
    {
      maxLength: 60,
    },
  )
  .map((steps): Series => {
    const t = Float64Array.from([3, ...steps])
    for (let k = 1; k < t.length; k++) t[k] += t[k - 1]
    return { t, values: new Float64Array(t.length) }
  })

const cases = fc.tuple(
  fc.array(irregularSeries, { maxLength: 4 }),
  fc.double({ min: 0.05, max: 100, noNaN: true }),
)

describe('windows', () => {
  it('count every sample of every series exactly once', () => {
    fc.assert(
      fc.property(cases, ([series, length]) => {
        const counts = series.map(({ t }) => new Array<number>(t.length).fill(0))
        for (const { series: k, begin, end, next } of cutWindows(series, length)) {
          for (let i = begin; i < end + (next < 0 ? 1 : 0); i++) counts[k][i]++
        }
        series.forEach(({ t }, k) => {
          expect(counts[k]).toEqual(new Array(t.length).fill(t.length > 1 ? 1 : 0))
        })
      }),
    )
  })

  it('chain: the next begins where one ends, and the last of a series has none', () => {
    fc.assert(
      fc.property(cases, ([series, length]) => {
        const windows = cutWindows(series, length)
        windows.forEach(({ series: k, begin, end, next }, index) => {
          expect(end).toBeGreaterThan(begin)
          expect(next).toBe(end === series[k].t.length - 1 ? -1 : index + 1)
          if (next >= 0) expect(windows[next]).toMatchObject({ series: k, begin: end })
        })
      }),
    )
  })

  it('are at most as long as asked for and one sample, where there are samples', () => {
    fc.assert(
      fc.property(cases, ([series, length]) => {
        for (const { series: k, begin, end } of cutWindows(series, length)) {
          const { t } = series[k]
          if (end > begin + 1) expect(t[end - 1] - t[begin]).toBeLessThan(length * (1 + 1e-6))
        }
      }),
    )
  })

  it('are equal pieces of a regular series: none is left over at the end', () => {
    const t = Float64Array.from({ length: 101 }, (_, k) => 0.1 * k)
    const lengths = (length: number) =>
      cutWindows([{ t, values: t }], length).map(({ begin, end }) => end - begin)
    expect(lengths(2.5)).toEqual([25, 25, 25, 25])
    expect(lengths(2.6)).toEqual([25, 25, 25, 25])
    expect(lengths(10)).toEqual([100])
    expect(lengths(1e9)).toEqual([100])
    expect(lengths(1e-9)).toEqual(new Array(100).fill(1))
  })

  it('do not crumble behind a gap', () => {
    const t = Float64Array.of(0, 1, 2, 50, 51, 52, 53, 54)
    const windows = cutWindows([{ t, values: t }], 5)
    expect(windows.map(({ begin, end }) => [begin, end])).toEqual([
      [0, 3],
      [3, 7],
    ])
  })

  it('grow from one length to exactly the other, about doubling', () => {
    const length = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
    fc.assert(
      fc.property(length, length, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const lengths = growingLengths(from, to)
        expect(lengths.at(-1)).toBe(to)
        if (lengths.length > 1) expect(lengths[0]).toBe(from)
        for (let k = 1; k < lengths.length; k++) {
          expect(lengths[k] / lengths[k - 1]).toBeGreaterThan(Math.SQRT2 * 0.999)
          expect(lengths[k] / lengths[k - 1]).toBeLessThan(Math.SQRT2 * 2.001)
        }
      }),
    )
  })
})

describe('the plan', () => {
  const phase: Phase = {
    optimizer: 'adam',
    epochs: 10,
    window: { from: 1, to: 4 },
    rate: 0.1,
    schedule: 'cosine',
    batch: 1,
    decay: 0,
    clip: Infinity,
  }

  it('shares a phase’s epochs among its stages, and none is lost', () => {
    const stages = stagesOf([phase, { ...phase, epochs: 2 }])
    expect(
      stages.map(({ phaseIndex, length, epochs, offset }) => [phaseIndex, length, epochs, offset]),
    ).toEqual([
      [0, 1, 3, 0],
      [0, 2, 3, 3],
      [0, 4, 4, 6],
      [1, 4, 2, 0],
    ])
  })

  it('lowers the step size along half a cosine, to zero at the end of the phase', () => {
    expect(rateAt(phase, 0)).toBe(0.1)
    expect(rateAt(phase, 5)).toBeCloseTo(0.05, 15)
    expect(rateAt(phase, 10)).toBeCloseTo(0, 15)
    expect(rateAt({ ...phase, schedule: 'constant' }, 7)).toBe(0.1)
  })
})
