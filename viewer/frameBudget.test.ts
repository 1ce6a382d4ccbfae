import { describe, expect, it } from 'vitest'
import { createFrameBudget } from './frameBudget.ts'

describe('frame budget', () => {
  const report = (
    budget: ReturnType<typeof createFrameBudget>,
    milliseconds: number,
    frames: number,
  ): void => {
    for (let i = 0; i < frames; i++) budget.report(milliseconds)
  }

  it('keeps the full ratio at 60 frames a second and over single slow frames', () => {
    const budget = createFrameBudget(2)
    for (let i = 0; i < 50; i++) {
      report(budget, 16, 10)
      budget.report(120)
    }
    expect(budget.pixelRatio).toBe(2)
  })

  it('lowers the ratio under steady load, to a floor, and recovers it to the limit', () => {
    const budget = createFrameBudget(2)
    report(budget, 50, 20)
    expect(budget.pixelRatio).toBe(1.5)
    report(budget, 50, 1000)
    expect(budget.pixelRatio).toBe(0.5)
    report(budget, 10, 100_000)
    expect(budget.pixelRatio).toBe(2)
  })

  it('follows the display', () => {
    const budget = createFrameBudget(2)
    budget.setDisplayRatio(1)
    expect(budget.pixelRatio).toBe(1)
  })
})
