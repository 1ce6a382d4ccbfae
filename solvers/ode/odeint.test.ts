import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { dopri5 } from './methods/dopri5.ts'
import { type MethodName, methodNames, tableaus } from './methods/index.ts'
import { createIntegrator, odeint } from './odeint.ts'
import { hasErrorEstimate } from './options.ts'
import type { Tableau } from './tableau.ts'
import { fieldOf, lotkaVolterra, oscillator, problems } from './testing/problems.ts'
import type { VectorField } from './vectorField.ts'

/** ‖(y − reference)/max(1, |reference|)‖∞: what rtol = atol promises. */
const scaledError = (y: ArrayLike<number>, reference: readonly number[]) =>
  Math.max(...reference.map((value, m) => Math.abs(y[m] - value) / Math.max(1, Math.abs(value))))

const endOf = (y: Float64Array, n: number) => y.subarray(y.length - n)

/** Bytes in use after a garbage collection. */
function retained(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** What is not implicit (implicit/ has its own tests) and chooses its steps, and of that what is of order 4 or more. */
const adaptive = methodNames.filter(
  method => hasErrorEstimate(method) && (method in tableaus || method === 'odex'),
)
const accurate = adaptive.filter(method => !['heun', 'midpoint', 'bosh3'].includes(method))

describe.each(Object.values(tableaus))(
  'order of $name',
  ({ name, order, denseOrder, embeddedOrder }: Tableau) => {
    const method = name as MethodName
    // the higher the order, the longer the steps, so that the error is not one of rounding
    const h = order < 6 ? 1 / 8 : order < 9 ? 1 / 2 : 1
    const errors = (fixedStep: number) => {
      const solution = odeint(oscillator(), [0, 1], [0, 8], { method, fixedStep })
      let dense = 0
      for (let t = 0; t <= 8; t += 0.007) dense = Math.max(dense, Math.abs(solution.at(t)[0] - Math.sin(t)))
      // the interpolation error alone, of one step from exact data
      const one = odeint(oscillator(), [0, 1], [0, fixedStep], { method, fixedStep })
      let local = 0
      for (let i = 1; i < 16; i++) {
        const t = (fixedStep * i) / 16
        local = Math.max(local, Math.hypot(one.at(t)[0] - Math.sin(t), one.at(t)[1] - Math.cos(t)))
      }
      const [x, v] = endOf(solution.y, 2)
      return { end: Math.hypot(x - Math.sin(8), v - Math.cos(8)), dense, local }
    }
    it('of a step, and of dense output, is what the tableau says', () => {
      const coarse = errors(h)
      const fine = errors(h / 2)
      // dop853 has a smaller error constant than its order shows: its error on linear problems is of order 9
      expect(Math.log2(coarse.end / fine.end)).toBeGreaterThan(order - 0.3)
      expect(Math.log2(coarse.end / fine.end)).toBeLessThan(order + 1.2)
      expect(Math.log2(coarse.dense / fine.dense)).toBeGreaterThan(Math.min(order, denseOrder + 1) - 0.5)
      expect(Math.log2(coarse.local / fine.local)).toBeGreaterThan(denseOrder + 1 - 0.3)
      expect(embeddedOrder).toBeLessThan(order)
    })
  },
)

describe.each(problems)('$name', ({ field, y0, t1, reference, byInitial }) => {
  const n = field.dimension
  // the tolerance bounds an error per step; the flow multiplies it by up to ‖∂y(t1)/∂y(0)‖∞
  const condition = Math.max(1, ...y0.map((_, i) => byInitial.reduce((sum, d) => sum + Math.abs(d[i]), 0)))

  it.each(adaptive)('%s is within 10 times its tolerance, times the condition of the problem', method => {
    // over three revolutions at 1e-4, Kepler's phase is lost: the error is no longer linear in the tolerance
    const loosest = condition > 100 ? 1e-6 : 1e-4
    const bound = accurate.includes(method) ? 10 : 20 // errors of many small steps add up
    const tightest = accurate.includes(method) ? 1e-10 : 1e-6
    for (const tolerance of [1e-4, 1e-6, 1e-8, 1e-10].filter(
      value => value <= loosest && value >= tightest,
    )) {
      const solution = odeint(field, y0, [0, t1], { method, rtol: tolerance, atol: tolerance })
      expect(solution.success).toBe(true)
      expect(scaledError(endOf(solution.y, n), reference)).toBeLessThan(bound * condition * tolerance)
    }
  })
  it('the methods agree in between', () => {
    const options = { rtol: 1e-10, atol: 1e-10 }
    const [first, ...others] = accurate.map(method =>
      odeint(field, y0, { span: [0, t1], saveEvery: t1 / 37 }, { method, ...options }),
    )
    for (const other of others)
      expect(scaledError(other.y, Array.from(first.y))).toBeLessThan(1e-9 * 10 * condition)
  })
  it.each(accurate)('%s finds its way back', method => {
    const options = { method, rtol: 1e-10, atol: 1e-10 }
    const there = odeint(field, y0, [0, 3], options)
    const back = odeint(field, endOf(there.y, n), { span: [3, 0], saveEvery: 0.5 }, options)
    expect(Array.from(back.t)).toEqual([3, 2.5, 2, 1.5, 1, 0.5, 0])
    expect(scaledError(endOf(back.y, n), [...y0])).toBeLessThan(1e-8)
    back.t.forEach((t, i) => {
      expect(scaledError(there.at(t), [...back.y.subarray(i * n, (i + 1) * n)])).toBeLessThan(1e-8)
    })
  })
})

describe('the solution', () => {
  it('is the same function of t, however it is asked for', () => {
    for (const method of adaptive) {
      const times = [0, 0.3, 0.31, 2, 7.7, 10]
      const grid = odeint(lotkaVolterra(), [1, 1], times, { method })
      const steps = odeint(lotkaVolterra(), [1, 1], { span: [0, 10] }, { method })
      expect(steps.t.length).toBe(steps.statistics.accepted + 1)
      expect(steps.statistics).toEqual(grid.statistics)
      grid.t.forEach((t, i) => {
        const saved = Array.from(grid.y.subarray(2 * i, 2 * i + 2))
        expect(scaledError(steps.at(t), saved)).toBeLessThan(method === 'odex' ? 1e-12 : 1e-300)
      })
      for (let j = 0; j < steps.t.length; j++)
        expect(Array.from(steps.at(steps.t[j]))).toEqual(Array.from(steps.y.subarray(2 * j, 2 * j + 2)))
    }
  })
  it('is not defined outside of the span', () => {
    const { at } = odeint(oscillator(), [0, 1], [1, 2])
    for (const t of [0.999, 2.001, Number.NaN]) expect(() => at(t)).toThrow(RangeError)
  })
  it('has a last interval that is shorter, where saveEvery does not divide the span', () => {
    expect(Array.from(odeint(oscillator(), [0, 1], { span: [0, 1], saveEvery: 0.4 }).t)).toEqual([
      0, 0.4, 0.8, 1,
    ])
    expect(odeint(oscillator(), [0, 1], { span: [0, 1], saveEvery: 0.1 }).t).toHaveLength(11)
  })
  it('counts the evaluations that were made', () => {
    for (const method of adaptive) {
      let calls = 0
      const field = lotkaVolterra()
      const counting: VectorField['evaluate'] = (t, y, dydt) => {
        calls++
        field.evaluate(t, y, dydt)
      }
      const counted: VectorField = { ...field, evaluate: counting }
      const { statistics } = odeint(counted, [1, 1], [0, 5], { method })
      expect(statistics.evaluations).toBe(calls)
      if (method === 'tsit5' || method === 'dopri5')
        expect(calls).toBe(2 + 6 * (statistics.accepted + statistics.rejected)) // f(t0, y0), the first step's size
    }
  })
  it('rejects steps that a jump of the right-hand side makes wrong, and still meets its tolerance', () => {
    const jump = fieldOf(1, [], (t, _y, _theta, dydt) => {
      dydt[0] = t < 1 ? 0 : 1
    })
    for (const method of accurate) {
      const solution = odeint(jump, [0], [0, 2], { method, rtol: 1e-8, atol: 1e-8, maxStep: 0.3 })
      expect(solution.statistics.rejected).toBeGreaterThan(0)
      expect(Math.abs(solution.y[1] - 1)).toBeLessThan(1e-6)
    }
  })
  it('arrives exactly, far from the origin of time', () => {
    for (const method of adaptive) {
      const solution = odeint(oscillator(), [0, 1], { span: [1e6, 1e6 + 0.1], saveEvery: 0.01 }, { method })
      expect(solution.t).toHaveLength(11)
      expect(solution.y[20]).toBeCloseTo(Math.sin(0.1), 7)
    }
  })
  it('takes tolerances per component, and 0 for one that stays 0', () => {
    const field = fieldOf(2, [], (_t, [x], _theta, dydt) => {
      dydt[0] = -x
      dydt[1] = 0
    })
    const solution = odeint(field, [1, 0], [0, 1], { atol: [1e-9, 0], rtol: 1e-9 })
    expect(solution.y[2]).toBeCloseTo(Math.exp(-1), 8)
    expect(solution.y[3]).toBe(0)
  })
})

describe('an integrator', () => {
  it('uses its memory again, and says so of solutions that are gone', () => {
    const integrator = createIntegrator(lotkaVolterra())
    const first = integrator.integrate([1, 1], [0, 1, 2])
    const y = Array.from(first.y)
    const second = integrator.integrate([1, 1], [0, 1, 2])
    expect(Array.from(second.y)).toEqual(y)
    expect(second.y.buffer).toBe(first.y.buffer)
    expect(() => first.at(1)).toThrow('used again')
    expect(() => first.steps).toThrow('used again')
  })
  it('takes 100 000 steps without growth of the heap', () => {
    const integrator = createIntegrator(oscillator(), { fixedStep: 1e-2, maxSteps: 1e6, keepSteps: false })
    integrator.integrate([0, 1], [0, 100])
    const before = retained()
    const solution = integrator.integrate([0, 1], [0, 1000])
    const growth = retained() - before
    expect(solution.statistics.accepted).toBeGreaterThanOrEqual(99_999)
    expect(solution.y[2]).toBeCloseTo(Math.sin(1000), 7)
    expect(growth).toBeLessThan(100_000)
    expect(() => solution.at(1)).toThrow('not kept')
  })
  it('takes any tableau for a method', () => {
    const solution = odeint(oscillator(), [0, 1], [0, 1], { method: { ...dopri5, name: 'mine' } })
    expect(solution.method).toBe('mine')
    expect(Array.from(solution.y)).toEqual(
      Array.from(odeint(oscillator(), [0, 1], [0, 1], { method: 'dopri5' }).y),
    )
  })
})
