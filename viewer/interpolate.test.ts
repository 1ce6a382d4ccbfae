import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervalAt, nearestSample, neighbouringTime, quaternionAt, rateAt, sampleAt } from './interpolate.ts'

const grid = fc
  .array(fc.double({ min: 0.01, max: 2, noNaN: true }), { minLength: 3, maxLength: 30 })
  .map(gaps => Float64Array.from(gaps.map((_, i) => gaps.slice(0, i + 1).reduce((a, b) => a + b))))

const at = (t: Float64Array, values: Float64Array, time: number): number => {
  const out = [0]
  sampleAt(t, values, 1, time, out)
  return out[0]
}

describe('intervalAt', () => {
  it('brackets every time inside the grid', () => {
    fc.assert(
      fc.property(grid, fc.double({ min: 0, max: 1, noNaN: true }), (t, part) => {
        const time = t[0] + part * (t[t.length - 1] - t[0])
        const i = intervalAt(t, time)
        expect(t[i]).toBeLessThanOrEqual(time)
        expect(t[i + 1]).toBeGreaterThanOrEqual(time)
      }),
    )
  })

  it('answers for one sample', () => {
    expect(intervalAt(Float64Array.of(3), 7)).toBe(0)
    expect(at(Float64Array.of(3), Float64Array.of(5), 7)).toBe(5)
  })
})

describe('sampleAt', () => {
  it('passes through the samples and holds the ends', () => {
    fc.assert(
      fc.property(grid, t => {
        const values = t.map(time => Math.sin(3 * time))
        t.forEach((time, i) => {
          expect(at(t, values, time)).toBe(values[i])
        })
        expect(at(t, values, t[0] - 1)).toBe(values[0])
        expect(at(t, values, t[t.length - 1] + 1)).toBe(values[values.length - 1])
      }),
    )
  })

  it('reproduces every parabola, on any grid', () => {
    const coefficient = fc.double({ min: -5, max: 5, noNaN: true })
    fc.assert(
      fc.property(
        grid,
        fc.tuple(coefficient, coefficient, coefficient),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (t, [a, b, c], part) => {
          const parabola = (x: number): number => a + b * x + c * x * x
          const time = t[0] + part * (t[t.length - 1] - t[0])
          const scale = Math.abs(a) + Math.abs(b) * 60 + Math.abs(c) * 3600 + 1
          expect(Math.abs(at(t, t.map(parabola), time) - parabola(time))).toBeLessThan(1e-11 * scale)
        },
      ),
    )
  })

  it('is of third order for smooth motion', () => {
    const error = (n: number): number => {
      const t = Float64Array.from({ length: n + 1 }, (_, i) => i / n)
      const values = t.map(x => Math.sin(5 * x))
      let worst = 0
      for (let x = 0; x < 1; x += 0.0013)
        worst = Math.max(worst, Math.abs(at(t, values, x) - Math.sin(5 * x)))
      return worst
    }
    expect(Math.log2(error(40) / error(80))).toBeGreaterThan(2.7)
  })

  it('is linear beside a gap and NaN within it', () => {
    const t = Float64Array.of(0, 1, 2, 3, 4)
    const values = Float64Array.of(0, 2, Number.NaN, 4, 5)
    expect(at(t, values, 0.5)).toBe(1)
    expect(at(t, values, 3.5)).toBe(4.5)
    expect(at(t, values, 1.5)).toBeNaN()
  })
})

describe('stepping through the samples', () => {
  it('finds the nearest sample and its neighbours', () => {
    const t = Float64Array.of(0, 1, 4)
    expect(nearestSample(t, 2.4)).toBe(1)
    expect(nearestSample(t, 2.6)).toBe(2)
    expect(neighbouringTime(t, 1, 1)).toBe(4)
    expect(neighbouringTime(t, 1, -1)).toBe(0)
    expect(neighbouringTime(t, 0.9, 1)).toBe(1)
    expect(neighbouringTime(t, 1.1, -1)).toBe(1)
    expect(neighbouringTime(t, 1.1, 1)).toBe(4)
    expect(neighbouringTime(t, 4, 1)).toBe(4)
    expect(neighbouringTime(t, 0, -1)).toBe(0)
  })

  it('walks over every sample exactly once', () => {
    fc.assert(
      fc.property(grid, t => {
        let time = t[0]
        for (let i = 1; i < t.length; i++) {
          time = neighbouringTime(t, time, 1)
          expect(time).toBe(t[i])
        }
      }),
    )
  })
})

describe('quaternionAt', () => {
  const about = (angle: number): number[] => [
    Math.cos(angle / 2),
    0.6 * Math.sin(angle / 2),
    0,
    0.8 * Math.sin(angle / 2),
  ]
  const between = (t: Float64Array, rows: number[][], time: number): number[] => {
    const out = [0, 0, 0, 0]
    quaternionAt(t, Float64Array.from(rows.flat()), time, out)
    return out
  }

  it('turns at constant speed about one axis, whichever sign the samples have', () => {
    const t = Float64Array.of(0, 2)
    for (const sign of [1, -1])
      for (const part of [0, 0.25, 0.7, 1]) {
        const q = between(t, [about(0.3), about(2.9).map(c => sign * c)], 2 * part)
        about(0.3 + 2.6 * part).forEach((c, k) => void expect(q[k]).toBeCloseTo(c, 14))
      }
  })

  it('is a unit quaternion, also between samples that are all but equal', () => {
    const angles = [0, 1e-9, 2, 4]
    const t = Float64Array.of(0, 1, 2, 3)
    for (const time of [-1, 0, 0.5, 1.3, 2.9, 7]) {
      const q = between(t, angles.map(about), time)
      expect(Math.hypot(...q)).toBeCloseTo(1, 12)
    }
    expect(between(t, angles.map(about), 9)).toEqual(about(4))
  })
})

describe('rateAt', () => {
  const rate = (t: Float64Array, values: Float64Array, time: number): number => {
    const out = [0]
    rateAt(t, values, 1, time, out)
    return out[0]
  }

  it('is the derivative of sampleAt', () => {
    const t = Float64Array.of(0, 0.3, 1, 1.2, 2)
    const values = t.map(time => Math.sin(2 * time))
    for (const time of [0.1, 0.4, 0.99, 1.1, 1.7]) {
      const h = 1e-5
      const difference = (at(t, values, time + h) - at(t, values, time - h)) / (2 * h)
      expect(rate(t, values, time)).toBeCloseTo(difference, 7)
    }
  })

  it('is exact for parabolas up to both ends, and second order elsewhere', () => {
    const t = Float64Array.of(0, 0.3, 1, 1.2, 2)
    const parabola = t.map(time => 3 * time * time - time)
    for (const time of [0, 0.7, 2]) expect(rate(t, parabola, time)).toBeCloseTo(6 * time - 1, 11)
    const errorOf = (n: number): number => {
      const grid = Float64Array.from({ length: n + 1 }, (_, i) => i / n)
      return Math.abs(rate(grid, grid.map(Math.sin), 0.5 + 0.25 / n) - Math.cos(0.5 + 0.25 / n))
    }
    expect(errorOf(20) / errorOf(40)).toBeGreaterThan(3.5)
    expect(rate(Float64Array.of(1), Float64Array.of(5), 1)).toBe(0)
  })
})
