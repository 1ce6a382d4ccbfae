import { describe, expect, it } from 'vitest'
import { problems } from '../../bench/ivp/problems.ts'
import { odeint } from './index.ts'

/** By how much the flow multiplies an error, where that is more than 1: three revolutions of Kepler's problem. */
const condition: Readonly<Record<string, number>> = { kepler_e01: 100 }

const nonstiff = problems.filter(({ kind }) => kind === 'nonstiff')

describe.each(nonstiff)(
  '$name, to its reference in quadruple precision',
  ({ name, field, y0, span, reference, size }) => {
    it.each(['dop853', 'vern7', 'vern9'] as const)('%s is within 10 times its tolerance', method => {
      for (const rtol of [1e-4, 1e-7, 1e-10]) {
        const atol = size * rtol
        const { y, success } = odeint(field, y0, [...span], { method, rtol, atol, keepSteps: false })
        expect(success).toBe(true)
        const bound = 10 * (condition[name] ?? 1)
        reference.forEach((value, m) => {
          const error = Math.abs(y[y0.length + m] - value) / (atol + rtol * Math.abs(value))
          expect(error).toBeLessThan(bound)
        })
      }
    })
  },
)
