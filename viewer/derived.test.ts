import { expect, it } from 'vitest'
import { driftSeries, errorSeries, withDrift, withError } from './derived.ts'
import { emptyMotion, type Motion } from './motion.ts'

const motion = (t: number[], x: (time: number) => number): Motion => {
  const times = Float64Array.from(t)
  return {
    ...emptyMotion,
    t: times,
    series: new Map([
      ['x', times.map(x)],
      ['energy', times.map(x)],
    ]),
  }
}

it('drift is the energy less its first value, and left alone where the file has one', () => {
  expect([...withDrift(motion([0, 1, 2], time => 5 + time * time)).series.get(driftSeries)!]).toEqual([
    0, 1, 4,
  ])
  const own = {
    ...emptyMotion,
    series: new Map([
      ['energy', Float64Array.of(1)],
      [driftSeries, Float64Array.of(7)],
    ]),
  }
  expect(withDrift(own)).toBe(own)
  expect(withDrift(emptyMotion)).toBe(emptyMotion)
})

it('error is the distance from the truth, on a common grid or another, and none outside it', () => {
  const main = motion([0, 1, 2, 3], time => time * time)
  const same = { ...motion([0, 1, 2, 3], time => time * time + 0.5), t: main.t }
  expect([...withError(main, same, ['x']).series.get(errorSeries)!]).toEqual([0.5, 0.5, 0.5, 0.5])
  const coarse = motion([0, 0.9, 2.2], time => time * time - 0.25)
  const error = withError(main, coarse, ['x']).series.get(errorSeries)!
  for (const i of [0, 1, 2]) expect(error[i]).toBeCloseTo(0.25, 12)
  expect(error[3]).toBeNaN()
  expect(withError(main, null, ['x'])).toBe(main)
})
