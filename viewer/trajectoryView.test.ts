import { describe, expect, it } from 'vitest'
import type { Trajectory } from '../sim/files/trajectory.ts'
import { positionAt, valueAt } from './motion.ts'
import { doublePendulum } from './testing/doublePendulum.ts'
import { isMeasured, stateBody, trajectoryView } from './trajectoryView.ts'

const pendulum = doublePendulum({ samples: 201 })
const view = trajectoryView(pendulum, 'file.npz')

const at = (motion: typeof view.main, body: string, time: number): number[] => {
  const out = [0, 0, 0]
  positionAt(motion, body, time, out)
  return out
}

const bare = (change: Partial<Trajectory>): Trajectory => ({
  t: Float64Array.of(0, 1, 2),
  y: Float64Array.of(1, 10, 2, 20, 4, 40),
  names: ['x', 'v'],
  series: {},
  meta: {},
  ...change,
})

describe('trajectoryView', () => {
  it('finds bodies, rods, trails, units and title', () => {
    expect(view.title).toBe('double-pendulum')
    expect(view.bodies).toEqual(['p1', 'p2'])
    expect(view.rods).toEqual([
      ['world', 'p1'],
      ['p1', 'p2'],
    ])
    expect([...view.trails]).toEqual([['p2', 2]])
    expect(view.unitOf('a_dot')).toBe('rad/s')
    expect(view.unitOf('t')).toBe('s')
    expect(view.unitOf('unknown')).toBe('')
  })

  it('keeps the rods’ lengths between samples too', () => {
    for (let time = 0; time < 2; time += 0.0031) {
      const [x1, y1] = at(view.main, 'p1', time)
      const [x2, y2] = at(view.main, 'p2', time)
      expect(Math.hypot(x1, y1)).toBeCloseTo(1, 4)
      expect(Math.hypot(x2 - x1, y2 - y1)).toBeCloseTo(0.8008, 4)
    }
  })

  it('bounds every position of main and ghost, and the world', () => {
    for (const motion of [view.main, view.truth!])
      for (const points of motion.points.values())
        points.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(view.bounds.min[i % 3])
          expect(value).toBeLessThanOrEqual(view.bounds.max[i % 3])
        })
    expect(view.bounds.max[1]).toBeGreaterThanOrEqual(0)
    expect(at(view.main, 'world', 1)).toEqual([0, 0, 0])
  })

  it('separates prediction and truth, and hides the truth on request', () => {
    expect(valueAt(view.truth!, 'energy', 1)).toBeCloseTo(valueAt(view.truth!, 'energy', 0), 4)
    expect(at(view.truth!, 'p2', 0)).not.toEqual(at(view.main, 'p2', 0))
    const hidden = {
      ...pendulum,
      meta: { ...pendulum.meta, viewer: { compare: { truth: 'hidden' as const } } },
    }
    expect(trajectoryView(hidden, 'f').truth).toBe(null)
  })

  it('reads a truth on its own times, with gaps', () => {
    const series = {
      'truth:t': { shape: [2], data: Float64Array.of(0.5, 1.5) },
      'truth:y': { shape: [2, 2], data: Float64Array.of(1, Number.NaN, 3, 30) },
    }
    const measured = trajectoryView(bare({ series }), 'f')
    expect([isMeasured(measured), isMeasured(view)]).toEqual([true, false])
    const { truth } = measured
    expect(valueAt(truth!, 'x', 1)).toBe(2)
    expect(valueAt(truth!, 'v', 1)).toBeNaN()
    expect(at(truth!, 'nobody', 1)).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })

  it('falls back to phase space, scaled to [−1, 1] on each axis', () => {
    const phase = trajectoryView(bare({}), 'van-der-pol.npz')
    expect(phase.title).toBe('van-der-pol')
    expect(phase.bodies).toEqual([stateBody])
    expect(phase.phaseSpace?.axes).toEqual([
      { name: 'x', min: 1, max: 4 },
      { name: 'v', min: 10, max: 40 },
    ])
    expect(at(phase.main, stateBody, 0)).toEqual([-1, -1, 0])
    expect(at(phase.main, stateBody, 2)).toEqual([1, 1, 0])
    const single = trajectoryView(bare({ y: Float64Array.of(5, 5, 5), names: ['x'] }), 'f')
    expect(single.phaseSpace?.axes.map(axis => axis.name)).toEqual(['t', 'x'])
    expect(at(single.main, stateBody, 2)).toEqual([1, 0, 0])
  })

  it('turns a backward integration round', () => {
    const backward = trajectoryView(bare({ t: Float64Array.of(2, 1, 0) }), 'f')
    expect([...backward.main.t]).toEqual([0, 1, 2])
    expect(valueAt(backward.main, 'x', 0)).toBe(4)
    expect(valueAt(backward.main, 'v', 2)).toBe(10)
  })

  it('says what does not fit', () => {
    expect(() => trajectoryView(bare({ t: Float64Array.of(0, 1, 1) }), 'f')).toThrow(
      /t must be finite.*entry 2/,
    )
    const series = { 'point:p': { shape: [3, 2], data: new Float64Array(6) } }
    expect(() => trajectoryView(bare({ series }), 'f')).toThrow('point:p must be of shape (3, 3), not (3, 2)')
    const short = { 'truth:y': { shape: [2, 2], data: new Float64Array(4) } }
    expect(() => trajectoryView(bare({ series: short }), 'f')).toThrow('truth:y holds 4 numbers, not 3 × 2')
  })

  it('survives a viewer section that is wrong', () => {
    const meta = { viewer: { rods: [['p9', 'world']], trails: { p9: 1 }, camera: { view: 'below' } } }
    const sloppy = trajectoryView(bare({ meta: meta as never }), 'f')
    expect(sloppy.rods).toEqual([])
    expect(sloppy.trails.size).toBe(0)
    expect(sloppy.camera).toBe('front')
  })
})
