import { describe, expect, it } from 'vitest'
import { emptyMotion, type Motion } from './motion.ts'
import type { TrajectoryView } from './trajectoryView.ts'
import { fullScale, vectorAt, vectorKindsOf } from './vectors.ts'

const t = Float64Array.from({ length: 51 }, (_, i) => i / 25)
const circle = Float64Array.from(Array.from(t, time => [Math.cos(3 * time), Math.sin(3 * time), 0]).flat())
const motion: Motion = {
  ...emptyMotion,
  t,
  points: new Map([['p', circle]]),
  vectors: new Map([['reaction:p', circle.map(value => -9 * value)]]),
}
const view = { main: motion, bodies: ['p'], phaseSpace: null } as unknown as TrajectoryView

describe('vectors', () => {
  const out = [0, 0, 0]
  it('velocity is the rate of the position', () => {
    for (const time of [0.1, 0.777, 1.5]) {
      expect(vectorAt(motion, 'velocity', 'p', time, out)).toBe(true)
      expect(out[0]).toBeCloseTo(-3 * Math.sin(3 * time), 1)
      expect(out[1]).toBeCloseTo(3 * Math.cos(3 * time), 1)
    }
  })

  it('forces are there where the file holds them', () => {
    expect(vectorAt(motion, 'reaction', 'p', 0, out)).toBe(true)
    expect(out[0]).toBe(-9)
    expect(vectorAt(motion, 'force', 'p', 0, out)).toBe(false)
    expect(vectorAt(motion, 'velocity', 'q', 0, out)).toBe(false)
    expect(vectorKindsOf(view)).toEqual(['velocity', 'reaction'])
  })

  it('the longest arrow stands for a round number at or above the largest', () => {
    expect(fullScale(view, ['velocity'])).toBe(5)
    expect(fullScale(view, ['force', 'reaction'])).toBe(10)
    expect(fullScale(view, ['force'])).toBe(1)
  })
})
