import { describe, expect, it } from 'vitest'
import { eventsOf, marksOf, neighbouringEvent } from './events.ts'

const at = (...times: number[]) => times.map(t => ({ name: 'hit', t, grazing: false }))

describe('events of a trajectory', () => {
  it('come in order of time, without what is malformed', () => {
    const events = [
      { name: 'b', t: 2, grazing: true },
      { name: 'a', t: 1 },
      { name: 'c', t: Number.NaN },
      null,
    ]
    expect(eventsOf({ events: events as never })).toEqual([
      { name: 'a', t: 1, grazing: false },
      { name: 'b', t: 2, grazing: true },
    ])
    expect(eventsOf({})).toEqual([])
    expect(eventsOf({ events: 'none' as never })).toEqual([])
  })
  it('are gone through one by one', () => {
    const events = at(1, 2, 3)
    expect(neighbouringEvent(events, 2, 1)?.t).toBe(3)
    expect(neighbouringEvent(events, 2, -1)?.t).toBe(1)
    expect(neighbouringEvent(events, 3, 1)).toBeUndefined()
  })
  it('that lie close together, as bounces before rest do, are one mark', () => {
    const bounces = at(1, 5, 9, 9.001, 9.0015, 9.0016)
    expect(marksOf(bounces, 0, 10).map(({ from, to, count }) => [from, to, count])).toEqual([
      [1, 1, 1],
      [5, 5, 1],
      [9, 9.0016, 4],
    ])
  })
})
