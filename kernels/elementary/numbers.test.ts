import { describe, expect, it } from 'vitest'
import { createEvaluator, type UnaryName } from './index.ts'
import * as numbers from './numbers.ts'

const functions: Readonly<Record<string, (...x: number[]) => number>> = { ...numbers }
const points = Float64Array.of(-20.5, -1, -0.3, 0, 1e-9, 0.4, 0.9, 1, 3.7, 100.25, 1e6, 1e300)

describe('elementary functions of numbers', () => {
  it.each([
    'exp',
    'log',
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'acosh',
    'atanh',
  ] as const)('%s has the bits of compiled programs', name => {
    const evaluator = createEvaluator(name as UnaryName, 2, points.length)
    evaluator.operands[0].set(points)
    evaluator.run()
    points.forEach((x, i) => {
      expect(Object.is(functions[name](x), evaluator.result[i])).toBe(true)
    })
  })

  it('power and atan2 too', () => {
    for (const name of ['power', 'atan2'] as const) {
      const evaluator = createEvaluator(name, 2, points.length)
      evaluator.operands[0].set(points)
      evaluator.operands[1].set(points.toReversed())
      evaluator.run()
      points.forEach((x, i) => {
        expect(Object.is(functions[name](x, points[points.length - 1 - i]), evaluator.result[i])).toBe(true)
      })
    }
  })
})
