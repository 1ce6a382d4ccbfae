import { describe, expect, it } from 'vitest'
import { cos, exp, sin } from '../../../kernels/elementary/numbers.ts'
import type { VectorField } from '../index.ts'
import { odeint } from '../odeint.ts'
import { replay } from '../replay.ts'
import type { StepRecord } from '../steps.ts'
import { denseSlopes, denseWeights, flatten } from '../tableau.ts'
import { density, elementaryWeightsOf, treesOfSize } from '../testing/rootedTrees.ts'
import { extrapolationTableau } from './extrapolationTableau.ts'

/** ẏ = λ·y + sin t, and a pendulum. */
const field: VectorField = {
  dimension: 3,
  parameterCount: 0,
  parameters: new Float64Array(0),
  evaluate(t, [x, q, v], out) {
    out[0] = sin(t) - 0.7 * x
    out[1] = v
    out[2] = -sin(q)
  },
}
const y0 = [0.3, 2, 0.1]

describe('the Runge–Kutta method that a step of odex is', () => {
  it.each([2, 3])('%s columns have twice that order, and dense output of one less', columns => {
    const tableau = extrapolationTableau(columns)
    const flat = flatten(tableau)
    const phi = elementaryWeightsOf(tableau.a)
    const weights = new Float64Array(flat.stages)
    const defect = (theta: number, nodes: number) => {
      denseWeights(flat, theta, weights)
      return Math.max(
        ...treesOfSize(nodes).map(tree => {
          const sum = phi(tree).reduce((total, value, i) => total + weights[i] * value, 0)
          return Math.abs(sum - theta ** nodes / density(tree))
        }),
      )
    }
    for (let nodes = 1; nodes <= 2 * columns; nodes++) expect(defect(1, nodes)).toBeLessThan(1e-14)
    expect(defect(1, 2 * columns + 1)).toBeGreaterThan(1e-5)
    for (const theta of [0.2, 0.5, 0.9])
      for (let nodes = 1; nodes < 2 * columns; nodes++) expect(defect(theta, nodes)).toBeLessThan(1e-13)
  })

  it('dense output joins with one derivative', () => {
    const flat = flatten(extrapolationTableau(9))
    const slopes = new Float64Array(flat.stages)
    for (const [theta, stage] of [
      [0, 0],
      [1, flat.end],
    ]) {
      denseSlopes(flat, theta, slopes)
      slopes.forEach((slope, i) => {
        expect(Math.abs(slope - (i === stage ? 1 : 0))).toBeLessThan(1e-9)
      })
    }
  })

  it.each([1e-3, 1e-6, 1e-9, 1e-12])('gives the steps of the package, rtol %s', rtol => {
    const times = { span: [0, 30], saveEvery: 0.37 } as const
    const options = { method: 'odex', rtol, atol: rtol } as const
    const solution = odeint(field, y0, times, options)
    const again = replay(field, y0, solution, options)
    const { count, dense, width } = solution.steps as StepRecord
    const columns = Array.from({ length: count }, (_, step) => dense[(step + 1) * width])
    expect(columns.every(k => Number.isInteger(k) && k >= 2 && k <= 9)).toBe(true)
    expect(Math.max(...columns)).toBeGreaterThan(rtol < 1e-8 ? 4 : 2)
    again.y.forEach((value, i) => {
      expect(Math.abs(value - solution.y[i])).toBeLessThan(1e-12)
    })
  })
})

describe('odex behind the interface of the other methods', () => {
  const options = { method: 'odex', rtol: 1e-10, atol: 1e-10 } as const

  it('finds events to tolerance, lets the state jump, and ends', () => {
    // a ball that keeps 0.8 of its speed, and a ceiling that it does not reach
    const ball: VectorField = {
      dimension: 2,
      parameterCount: 0,
      parameters: new Float64Array(0),
      evaluate(_t, [, v], out) {
        out[0] = v
        out[1] = -9.81
      },
    }
    const floor = {
      when: (_t: number, [x]: Float64Array) => x,
      direction: 'falling' as const,
      apply(_t: number, y: Float64Array) {
        y[0] = 0
        y[1] *= -0.8
      },
    }
    const top = { when: (_t: number, [, v]: Float64Array) => v }
    const late = { when: (t: number) => t - 2, terminal: true }
    const solution = odeint(ball, [1, 0], [0, 0.5, 1, 1.9, 3], { ...options, events: [floor, top, late] })
    expect(solution.failure).toBeUndefined()
    expect(solution.terminated).toBe(true)
    const fall = Math.sqrt(2 / 9.81)
    const hits = solution.events.filter(({ event }) => event === 0).map(({ t }) => t)
    const rebound = (k: number) =>
      fall * (1 + 2 * Array.from({ length: k }, (_, i) => 0.8 ** (i + 1)).reduce((a, b) => a + b, 0))
    expect(hits.length).toBe(3)
    hits.forEach((t, k) => {
      expect(Math.abs(t - rebound(k))).toBeLessThan(1e-13)
    })
    const [, second] = solution.events.filter(({ event, t }) => event === 1 && t > 0)
    expect(Math.abs(second.t - (hits[1] + hits[2]) / 2)).toBeLessThan(1e-12)
    expect(solution.events.at(-1)!.t).toBe(2)
    expect(Array.from(solution.t)).toEqual([0, 0.5, 1, 1.9])
    const [x] = solution.at((hits[0] + hits[1]) / 2)
    expect(Math.abs(x - 0.64)).toBeLessThan(1e-12)
  })

  it('runs backwards through an event', () => {
    const crossing = { when: (_t: number, [, q]: Float64Array) => q }
    const forward = odeint(field, y0, [0, 7], { ...options, events: [crossing] })
    const backward = odeint(field, Array.from(forward.y.slice(-3)), [7, 0], {
      ...options,
      events: [crossing],
    })
    expect(backward.events.length).toBe(forward.events.length)
    expect(forward.events.length).toBeGreaterThan(0)
    backward.events.forEach(({ t }, i) => {
      expect(Math.abs(t - forward.events.at(-1 - i)!.t)).toBeLessThan(1e-8)
    })
  })

  it('hands saved states over', () => {
    const states: number[][] = []
    const { y, t } = odeint(field, y0, [0, 1, 2, 3], options)
    const none = odeint(field, y0, [0, 1, 2, 3], {
      ...options,
      keepSteps: false,
      onSaved: (time, state) => states.push([time, ...state]),
    })
    expect(states).toEqual(Array.from(t, (time, i) => [time, ...y.subarray(3 * i, 3 * i + 3)]))
    expect(none.y.length).toBe(0)
  })

  it('ends a step that an event cuts where the solution is, beside a fast decay', () => {
    const decay: VectorField = {
      dimension: 1,
      parameterCount: 0,
      parameters: new Float64Array(0),
      evaluate(t, [y], out) {
        out[0] = -50 * (y - cos(t)) - sin(t)
      },
    }
    const solution = odeint(decay, [2], [0, 3], {
      ...options,
      events: [{ when: (_t, [y]) => y - 0.5, terminal: true }],
    })
    const end = solution.events[0].t
    expect(Math.abs(cos(end) + exp(-50 * end) - 0.5)).toBeLessThan(1e-9)
  })
})
