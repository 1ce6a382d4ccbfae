import { describe, expect, it } from 'vitest'
import { between, decimated, limited } from './rows.ts'
import type { Trajectory } from './trajectory.ts'

const T = 101
const t = Float64Array.from({ length: T }, (_, i) => i / 10)
const shape = (rows: number, width: number, f: (time: number, c: number) => number, times = t) => ({
  shape: [rows, width],
  data: Float64Array.from({ length: rows * width }, (_, k) => f(times[Math.floor(k / width)], k % width)),
})
const truthTimes = Float64Array.from({ length: 40 }, (_, i) => i / 4)
const trajectory: Trajectory = {
  t,
  y: Float64Array.from({ length: 2 * T }, (_, k) => t[k >> 1] + 100 * (k % 2)),
  names: ['a', 'b'],
  series: {
    'point:p': shape(T, 3, (time, c) => time * (c + 1)),
    'truth:t': { shape: [40], data: truthTimes },
    'truth:point:p': shape(40, 3, (time, c) => time * (c + 1), truthTimes),
    'mesh:m:vertices': { shape: [T, 3], data: new Float64Array(3 * T) },
  },
  meta: { name: 'x' },
}

/** That every array still belongs to its times. */
function expectConsistent(one: Trajectory): void {
  one.t.forEach((time, i) => {
    expect([...one.y.subarray(2 * i, 2 * i + 2)]).toEqual([time, time + 100])
    expect(one.series['point:p'].data[3 * i + 2]).toBe(time * 3)
  })
  expect(one.series['point:p'].shape).toEqual([one.t.length, 3])
  one.series['truth:t'].data.forEach((time, i) => {
    expect(one.series['truth:point:p'].data[3 * i + 1]).toBe(time * 2)
  })
  expect(one.series['mesh:m:vertices']).toBe(trajectory.series['mesh:m:vertices'])
}

describe('fewer rows', () => {
  it('are spread evenly, with both ends, and every array keeps its times', () => {
    for (const count of [2, 7, 50, 101, 5000]) {
      const one = decimated(trajectory, count)
      expect(one.t.length).toBe(Math.min(count, T))
      expect([one.t[0], one.t.at(-1)]).toEqual([0, 10])
      expectConsistent(one)
    }
  })

  it('are as many as a page can hold, and the file says how many there were', () => {
    expect(limited(trajectory)).toBe(trajectory)
    const one = limited(trajectory, 500)
    const numbers = Object.values(one.series).reduce((sum, { data }) => sum + data.length, 3 * one.t.length)
    expect(numbers - one.series['mesh:m:vertices'].data.length).toBeLessThanOrEqual(500)
    expect(one.meta.samples).toBe(T)
    expectConsistent(one)
  })

  it('within an interval; between two samples the nearest', () => {
    const one = between(trajectory, 2, 3)
    expect([one.t[0], one.t.at(-1), one.t.length]).toEqual([2, 3, 11])
    expect([one.series['truth:t'].data[0], one.series['truth:t'].data.at(-1)]).toEqual([2, 3])
    expectConsistent(one)
    expect([...between(trajectory, 2.01, 2.05).t]).toEqual([2])
  })
})
