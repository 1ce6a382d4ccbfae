import { describe, expect, it } from 'vitest'
import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import { methodNames } from './methods/index.ts'
import { odeint } from './odeint.ts'
import { hasErrorEstimate } from './options.ts'
import { fieldOf, oscillator } from './testing/problems.ts'
import type { VectorField } from './vectorField.ts'

const twoComponents = (f: (t: number, x: number) => number) =>
  fieldOf(
    2,
    [],
    (t, [, x], _theta, dydt) => {
      dydt[0] = 0
      dydt[1] = f(t, x)
    },
    undefined,
    ['quiet', 'loud'],
  )

describe.each(methodNames.filter(hasErrorEstimate))(
  '%s: a failure is a value, with time, component and advice',
  method => {
    it('growth without bound: step too small', () => {
      const { success, failure, t, y } = odeint(
        twoComponents((_t, x) => x * x),
        [0, 1],
        [0, 0.5, 2],
        { method },
      )
      expect(success).toBe(false)
      expect(failure!.reason).toBe('step-too-small')
      expect(failure!.t).toBeCloseTo(1, 4)
      expect(failure!.component).toEqual({ index: 1, name: 'loud' })
      expect(failure!.message).toMatch(/step size fell to .* at t = [\d.]+; loud dominates .* loosen rtol/)
      expect(Array.from(t)).toEqual([0, 0.5]) // only what was reached
      expect(y[3]).toBeCloseTo(2, 4)
    })
    it('too many steps', () => {
      const { failure, statistics } = odeint(oscillator(), [0, 1], [0, 1e4], { method, maxSteps: 50 })
      expect(failure!.reason).toBe('too-many-steps')
      expect(failure!.message).toMatch(/^50 steps reached t = .* of 10000; .* Raise maxSteps .* stiff/)
      expect(statistics.accepted + statistics.rejected).toBeLessThanOrEqual(50)
      expect(failure!.t).toBeGreaterThan(0)
    })
    it('a derivative that is not a number beyond some time', () => {
      const { failure, statistics } = odeint(
        twoComponents(t => (t < 1 ? 1 : Number.NaN)),
        [0, 0],
        [0, 2],
        { method },
      )
      expect(failure!.reason).toBe('non-finite')
      expect(failure!.t).toBeCloseTo(1, 4)
      expect(failure!.component).toEqual({ index: 1, name: 'loud' })
      expect(failure!.message).toMatch(/^the derivative of loud is NaN at t = 1, .* domain of the model/)
      expect(statistics.accepted).toBeGreaterThan(0)
    })
    it('a derivative that is not finite at once', () => {
      const { failure, statistics, t } = odeint(
        twoComponents(() => Infinity),
        [0, 0],
        [0, 2],
        { method },
      )
      expect(failure!.reason).toBe('non-finite')
      expect(failure!.message).toContain('the derivative of loud is Infinity at t = 0')
      expect(statistics).toMatchObject({ evaluations: 1, accepted: 0 })
      expect(Array.from(t)).toEqual([0])
    })
    it('a singular matrix', () => {
      const field: VectorField = {
        ...oscillator(),
        evaluate(t, y, dydt) {
          if (t >= 1) throw new SingularMatrixError(1, 'general', 0, 'model.ts:7')
          dydt.set(y)
        },
      }
      const { failure } = odeint(field, [1, 1], [0, 2], { method })
      expect(failure!.reason).toBe('singular-matrix')
      expect(failure!.t).toBeCloseTo(1, 4)
      expect(failure!.pivot).toBe(1)
      expect(failure!.message).toMatch(
        /^matrix is singular: pivot 2 is zero \(solve at model.ts:7\), at t = 1,/,
      )
    })
    it('cancelled by onProgress', () => {
      const { failure, statistics } = odeint(oscillator(), [0, 1], [0, 10], {
        method,
        onProgress: (_t, { accepted }) => accepted < 3,
      })
      expect(failure!.reason).toBe('cancelled')
      expect(statistics.accepted).toBe(3)
    })
    it('another error of the model is the caller’s', () => {
      const field: VectorField = {
        ...oscillator(),
        evaluate() {
          throw new TypeError('mine')
        },
      }
      expect(() => odeint(field, [1, 1], [0, 2], { method })).toThrow('mine')
    })
    it('a stage outside of the domain only costs a smaller step', () => {
      // y = (1 − t/2)² runs into y = 0 at t = 2 only; a long first step leaves the domain of the root
      const field = fieldOf(1, [], (_t, [y], _theta, dydt) => {
        dydt[0] = -Math.sqrt(y)
      })
      const solution = odeint(field, [1], [0, 1.9], { method, firstStep: 1.9 })
      expect(solution.success).toBe(true)
      expect(solution.y[1]).toBeCloseTo(0.05 ** 2, 5)
      if (method !== 'odex') expect(solution.statistics.rejected).toBeGreaterThan(0)
    })
  },
)

it('a value that a later stage swallows is found, too', () => {
  const field = fieldOf(1, [], (t, [y], _theta, dydt) => {
    dydt[0] = t > 0.15 && t < 0.2 ? Infinity : Math.tanh(y)
  })
  const { failure } = odeint(field, [1], [0, 1], { firstStep: 1, maxStep: 1 })
  expect(failure!.reason).toBe('non-finite')
})

describe('arguments are checked, and what is wrong is named', () => {
  const field: VectorField = { ...oscillator(), names: ['x', 'v'] }
  it.each([
    [() => odeint(field, [1], [0, 1]), 'y0 has 1 components, the vector field 2'],
    [() => odeint(field, [1, Number.NaN], [0, 1]), 'y0[1] (v) is NaN, not a finite number'],
    [() => odeint(field, [0, 1], [0]), 'times needs at least two entries'],
    [() => odeint(field, [0, 1], [0, 1, 1]), 'times[1] = 1, times[2] = 1'],
    [() => odeint(field, [0, 1], [0, 1, 0.5]), 'strictly increasing or strictly decreasing'],
    [() => odeint(field, [0, 1], [0, Infinity]), 'times[1] is Infinity'],
    [() => odeint(field, [0, 1], { span: [1, 1] }), 'span must be two different finite times'],
    [
      () => odeint(field, [0, 1], { span: [0, 1], saveEvery: 0 }),
      'saveEvery must be a positive number, not 0',
    ],
    [() => odeint(field, [0, 1], [0, 1], { rtol: 0 }), 'rtol must be a positive number, not 0'],
    [() => odeint(field, [0, 1], [0, 1], { atol: -1 }), 'atol must be a number ≥ 0, not -1'],
    [() => odeint(field, [0, 1], [0, 1], { atol: [1] }), 'atol has 1 entries for a state of 2'],
    [() => odeint(field, [0, 1], [0, 1], { atol: [1, -1] }), 'atol[1] must be a number ≥ 0'],
    [() => odeint(field, [0, 1], [0, 1], { firstStep: -1 }), 'firstStep must be a positive number'],
    [() => odeint(field, [0, 1], [0, 1], { maxSteps: 0.5 }), 'maxSteps must be a positive whole number'],
    [
      () => odeint(field, [0, 1], [0, 1], { method: 'rk' as 'tsit5' }),
      "no method 'rk': there are 'tsit5', 'dopri5', 'euler'",
    ],
  ])('%#', (call, message) => {
    expect(call).toThrow(RangeError)
    expect(call).toThrow(message)
  })
})
