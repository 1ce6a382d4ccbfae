import { describe, expect, it, vi } from 'vitest'
import { createClock, paceOf } from './clock.ts'

function withClock(start = 0, end = 10) {
  const wall = { now: 100 }
  const clock = createClock(() => wall.now, start, end)
  const wait = (seconds: number): number => {
    wall.now += seconds
    return clock.tick()
  }
  return { wall, clock, wait }
}

describe('clock', () => {
  it('stands still until it plays, and then advances by speed × wall time', () => {
    const { clock, wait } = withClock()
    expect(wait(3)).toBe(0)
    clock.play()
    expect(wait(2)).toBeCloseTo(2, 12)
    clock.setSpeed(0.5)
    expect(wait(2)).toBeCloseTo(3, 12)
    clock.pause()
    expect(wait(5)).toBeCloseTo(3, 12)
  })

  it('does not depend on how often it ticks', () => {
    const fine = withClock()
    const coarse = withClock()
    for (const { clock } of [fine, coarse]) clock.play()
    for (let frame = 0; frame < 1000; frame++) fine.wait(0.007)
    expect(fine.clock.time).toBeCloseTo(coarse.wait(7), 9)
  })

  it('wraps around in a loop, also over several rounds', () => {
    const { clock, wait } = withClock(1, 3)
    clock.play()
    expect(wait(2.5)).toBeCloseTo(1.5, 12)
    expect(wait(6)).toBeCloseTo(1.5, 12)
    expect(clock.playing).toBe(true)
  })

  it('stops at the end without a loop, says so once, and starts over when played again', () => {
    const { clock, wait } = withClock()
    clock.setLoop(false)
    clock.play()
    const heard = vi.fn()
    clock.subscribe(heard)
    expect(wait(11)).toBe(10)
    expect(clock.playing).toBe(false)
    expect(heard).toHaveBeenCalledTimes(1)
    clock.play()
    expect(wait(1)).toBeCloseTo(1, 12)
  })

  it('seeks within its span, playing or not', () => {
    const { clock, wait } = withClock()
    clock.seek(25)
    expect(clock.time).toBe(10)
    clock.seek(-1)
    expect(clock.time).toBe(0)
    clock.seek(Number.NaN)
    expect(clock.time).toBe(0)
    clock.play()
    wait(1)
    clock.seek(4)
    expect(wait(1)).toBeCloseTo(5, 12)
  })

  it('plays hours in half a minute and milliseconds in seconds; what is watched as it happened, as it happened', () => {
    for (const duration of [0.5, 3, 10, 150]) expect(paceOf(duration)).toBe(1)
    expect(paceOf(4000)).toBe(200)
    expect(paceOf(432_000)).toBe(20_000)
    expect(paceOf(1e-3)).toBeCloseTo(2e-4, 18)
    let wall = 0
    const clock = createClock(() => wall, 0, 4000)
    clock.play()
    wall = 2
    expect(clock.tick()).toBe(400)
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

  it('loops from A to B once both are marked, from wherever it was', () => {
    const { clock, wait } = withClock()
    clock.seek(4)
    clock.mark()
    clock.seek(2)
    clock.mark()
    expect(clock.marks).toEqual([2, 4])
    clock.play()
    expect(wait(1.5)).toBeCloseTo(3.5, 12)
    expect(wait(1)).toBeCloseTo(2.5, 12)
    clock.seek(9)
    expect(wait(0)).toBeCloseTo(3, 12)
    expect(clock.playing).toBe(true)
    clock.mark()
    expect(clock.marks).toEqual([])
    clock.seek(3)
    expect(wait(3)).toBeCloseTo(6, 12)
  })

  it('plays past B where it does not loop, and drops marks that a new span lacks', () => {
    const { clock, wait } = withClock()
    clock.setMarks([1, 2])
    clock.setLoop(false)
    clock.play()
    expect(wait(5)).toBeCloseTo(5, 12)
    clock.setSpan(0, 1.5)
    expect(clock.marks).toEqual([])
    clock.setMarks([-1, 0.5, Number.NaN])
    expect(clock.marks).toEqual([0.5])
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
