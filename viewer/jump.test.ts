import { expect, it } from 'vitest'
import { jumpOf } from './jump.ts'

it('is 0.1 s and 1 s in motions of seconds, about a hundredth and a tenth elsewhere', () => {
  for (const duration of [1, 10, 95, 1000])
    expect([jumpOf(duration, false), jumpOf(duration, true)]).toEqual([0.1, 1])
  for (const duration of [1e-9, 3e-4, 0.5, 2e3, 3e9]) {
    expect(duration / jumpOf(duration, false)).toBeGreaterThan(30)
    expect(duration / jumpOf(duration, false)).toBeLessThan(350)
  }
})
