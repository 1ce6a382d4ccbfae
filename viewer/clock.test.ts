import { describe, expect, it, vi } from 'vitest'
import { createClock } from './clock.ts'

function withClock(start = 0, end = 10) {
  const wall = { now: 100 }
  const clock = createClock(() => wall.now, start, end)
  const after = (seconds: number): number => {
    wall.now += seconds
    return clock.tick()
  }
  return { wall, clock, after }
}

describe('clock', () => {
  it('stands still until it plays, and then advances by speed × wall time', () => {
    const { clock, after } = withClock()
    expect(after(3)).toBe(0)
    clock.play()
    expect(after(2)).toBeCloseTo(2, 12)
    clock.setSpeed(0.5)
    expect(after(2)).toBeCloseTo(3, 12)
    clock.pause()
    expect(after(5)).toBeCloseTo(3, 12)
  })

  it('does not depend on how often it ticks', () => {
    const fine = withClock()
    const coarse = withClock()
    for (const { clock } of [fine, coarse]) clock.play()
    for (let frame = 0; frame < 1000; frame++) fine.after(0.007)
    expect(fine.clock.time).toBeCloseTo(coarse.after(7), 9)
  })

  it('wraps around in a loop, also over several rounds', () => {
    const { clock, after } = withClock(1, 3)
    clock.play()
    expect(after(2.5)).toBeCloseTo(1.5, 12)
    expect(after(6)).toBeCloseTo(1.5, 12)
    expect(clock.playing).toBe(true)
  })

  it('stops at the end without a loop, says so once, and starts over when played again', () => {
    const { clock, after } = withClock()
    clock.setLoop(false)
    clock.play()
    const heard = vi.fn()
    clock.subscribe(heard)
    expect(after(11)).toBe(10)
    expect(clock.playing).toBe(false)
    expect(heard).toHaveBeenCalledTimes(1)
    clock.play()
    expect(after(1)).toBeCloseTo(1, 12)
  })

  it('seeks within its span, playing or not', () => {
    const { clock, after } = withClock()
    clock.seek(25)
    expect(clock.time).toBe(10)
    clock.seek(-1)
    expect(clock.time).toBe(0)
    clock.seek(Number.NaN)
    expect(clock.time).toBe(0)
    clock.play()
    after(1)
    clock.seek(4)
    expect(after(1)).toBeCloseTo(5, 12)
  })

  it('keeps the speed within a tenth and tenfold', () => {
    const { clock } = withClock()
    clock.setSpeed(0.001)
    expect(clock.speed).toBe(0.1)
    clock.setSpeed(99)
    expect(clock.speed).toBe(10)
  })

  it('keeps the time over a change of span where it can', () => {
    const { clock } = withClock()
    clock.seek(4)
    clock.setSpan(0, 5)
    expect(clock.time).toBe(4)
    clock.setSpan(0, 2)
    expect(clock.time).toBe(2)
    clock.setSpan(3, 3)
    clock.play()
    expect(clock.playing).toBe(false)
  })

  it('tells its listeners of changes until they leave', () => {
    const { clock } = withClock()
    const heard = vi.fn()
    const leave = clock.subscribe(heard)
    clock.toggle()
    clock.toggle()
    leave()
    clock.seek(3)
    expect(heard).toHaveBeenCalledTimes(2)
  })
})
