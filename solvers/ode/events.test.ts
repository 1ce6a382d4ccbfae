import { describe, expect, it } from 'vitest'
import type { StateEvent } from './events.ts'
import { odeint } from './odeint.ts'
import { fieldOf, oscillator } from './testing/problems.ts'

const gravity = 9.81
/** A ball that falls: y'' = −g. */
const ball = fieldOf(
  2,
  [],
  (_t, [, v], _theta, dydt) => {
    dydt[0] = v
    dydt[1] = -gravity
  },
  undefined,
  ['height', 'velocity'],
)
const restitution = 0.8
const bounce: StateEvent = {
  when: (_t, [height]) => height,
  direction: 'falling',
  apply(_t, y) {
    y[0] = 0
    y[1] *= -restitution
  },
}
const ground: StateEvent = { when: (_t, [height]) => height, direction: 'falling', terminal: true }

const methods = ['tsit5', 'dopri5', 'bosh3', 'dop853', 'vern7', 'vern9'] as const

describe.each(methods)('%s', method => {
  const options = { method, rtol: 1e-9, atol: 1e-9 }

  it('bounces when it must, with the speed it must', () => {
    const { events, success, y, at } = odeint(ball, [1, 0], [0, 3], { ...options, events: [bounce] })
    expect(success).toBe(true)
    // impacts at √(2/g)·(1 + 2·Σ_{k<n} e^k), with speed √(2g)·e^(n−1) before
    const fall = Math.sqrt(2 / gravity)
    let time = fall
    let speed = Math.sqrt(2 * gravity)
    expect(events.length).toBeGreaterThan(4)
    for (const { t, y: reached, after, kind, event } of events) {
      expect(Math.abs(t / time - 1)).toBeLessThan(1e-12)
      expect(Math.abs(reached[0])).toBeLessThan(1e-14)
      expect(Math.abs(reached[1] / -speed - 1)).toBeLessThan(1e-12)
      expect(after[1]).toBe(-restitution * reached[1])
      expect([kind, event]).toEqual(['crossing', 0])
      speed *= restitution
      time += 2 * restitution ** events.findIndex(e => e.t === t) * restitution * fall
    }
    // between two impacts, a parabola
    const [first, second] = events
    const middle = (first.t + second.t) / 2
    expect(at(middle)[0]).toBeCloseTo(restitution ** 2, 12)
    expect(y.every(Number.isFinite)).toBe(true)
  })
  it('stops at a terminal event, where g is zero to rounding', () => {
    const { events, success, terminated, t, steps } = odeint(ball, [1, 0], [0, 0.1, 0.2, 3], {
      ...options,
      events: [ground],
    })
    expect([success, terminated, events.length]).toEqual([true, true, 1])
    expect(Array.from(t)).toEqual([0, 0.1, 0.2])
    expect(steps.t[steps.count]).toBe(events[0].t)
    expect(events[0].y[0]).toBeCloseTo(0, 14)
  })
  it('counts the zeros of sin t, each once, in either direction', () => {
    const zero: StateEvent = { when: (_t, [x]) => x }
    for (const [end, sign] of [
      [100, 1],
      [-100, -1],
    ]) {
      const { events } = odeint(oscillator(), [0, 1], [0, end], { ...options, events: [zero] })
      expect(events).toHaveLength(31)
      events.forEach(({ t, kind }, i) => {
        expect(kind).toBe('crossing')
        expect(Math.abs(t - sign * (i + 1) * Math.PI)).toBeLessThan(1e-6)
      })
      const rising = odeint(oscillator(), [0, 1], [0, end], {
        ...options,
        events: [{ ...zero, direction: 'rising' }],
      })
      expect(rising.events).toHaveLength(sign > 0 ? 15 : 16)
    }
  })
  it('finds several events within one step, in order', () => {
    const clock = fieldOf(1, [], (_t, _y, _theta, dydt) => {
      dydt[0] = 1
    })
    const wave: StateEvent = { when: (_t, [x]) => (x - 0.3) * (x - 0.31) * (x - 0.9) }
    const line: StateEvent = { when: (_t, [x]) => x - 0.6 }
    const { events } = odeint(clock, [0], [0, 1], { ...options, firstStep: 1, events: [wave, line] })
    expect(events.map(({ event }) => event)).toEqual([0, 0, 1, 0])
    events.forEach(({ t }, i) => {
      expect(t).toBeCloseTo([0.3, 0.31, 0.6, 0.9][i], 12)
    })
  })
})

it('saves what is before the jump up to it, and both sides of it where every step is saved', () => {
  const options = { rtol: 1e-9, atol: 1e-9, events: [bounce] }
  const { t, y, events, at } = odeint(ball, [1, 0], { span: [0, 1] }, options)
  const jump = t.indexOf(events[0].t)
  expect(t[jump + 1]).toBe(t[jump])
  expect(y[2 * jump + 1]).toBeLessThan(0)
  expect(y[2 * jump + 3]).toBeGreaterThan(0)
  expect(at(events[0].t)[1]).toBe(y[2 * jump + 1])
  const grid = odeint(ball, [1, 0], { span: [0, 1], saveEvery: 0.01 }, options)
  expect(grid.t).toHaveLength(101)
  grid.t.forEach((time, i) => {
    expect(grid.y[2 * i]).toBeCloseTo(at(time)[0], 9)
  })
})

it('a grazing contact is reported, one that crosses by little is not mistaken for it', () => {
  const touch = (depth: number): StateEvent => ({ when: (_t, [x]) => x - 1 - depth })
  const options = { rtol: 1e-10, atol: 1e-10 }
  const run = (depth: number) =>
    odeint(oscillator(), [0, 1], [0, 3], { ...options, events: [touch(depth)] }).events
  expect(run(0).map(({ kind }) => kind)).toEqual(['grazing'])
  expect(run(0)[0].t).toBeCloseTo(Math.PI / 2, 4)
  expect(run(-1e-5).map(({ kind }) => kind)).toEqual(['crossing', 'crossing'])
  expect(run(1e-5)).toEqual([])
})

it('an integrate-and-fire neuron fires at its period: a jump that leaves the zero', () => {
  const neuron = fieldOf(1, [], (_t, [v], _theta, dydt) => {
    dydt[0] = 2 - v
  })
  const spike: StateEvent = {
    when: (_t, [v]) => v - 1,
    apply(_t, y) {
      y[0] = 0
    },
  }
  const { events } = odeint(neuron, [0], [0, 20], { rtol: 1e-10, atol: 1e-10, events: [spike] })
  expect(events).toHaveLength(28)
  events.forEach(({ t }, i) => {
    expect(t / ((i + 1) * Math.LN2)).toBeCloseTo(1, 9)
  })
})

it('a ball that comes to rest ends with a reason, not with no end', () => {
  const { success, failure } = odeint(ball, [1, 0], [0, 10], { events: [bounce] })
  expect(success).toBe(false)
  expect(failure?.reason).toBe('step-too-small')
  expect(failure?.t).toBeCloseTo(Math.sqrt(2 / gravity) * (1 + (2 * restitution) / (1 - restitution)), 5)
})

it('events work with fixed steps, whose grid starts again at a jump', () => {
  for (const method of ['rk4', 'leapfrog', 'gauss4'] as const) {
    const { events, steps } = odeint(ball, [1, 0], [0, 2], { method, fixedStep: 0.01, events: [bounce] })
    expect(events.length).toBeGreaterThan(2)
    expect(events[0].t).toBeCloseTo(Math.sqrt(2 / gravity), 12)
    expect(steps.t[steps.count]).toBe(2)
  }
})

it('a mistake in an event is named', () => {
  const run = (event: StateEvent) => odeint(ball, [1, 0], [0, 1], { events: [event] })
  expect(run({ when: (t, [height]) => (t > 0.3 ? Number.NaN : height) }).failure).toMatchObject({
    reason: 'non-finite',
    message: expect.stringMatching(/^events\[0\].when is NaN at t = 0\.3/),
  })
  expect(() => run({ when: 1 as never })).toThrow('events[0].when must be a function')
  expect(() => run({ when: () => 1, direction: 'up' as never })).toThrow("not 'up'")
})
