import { describe, expect, test } from 'vitest'
import { binaryPrimitives, type Node, unaryPrimitives } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { expectLawful, graphOf, spread, variable } from '../testing/derivatives.ts'
import { vjp } from './index.ts'

describe('each elementwise rule agrees with complex step and with its transpose, to second order', () => {
  const intervals: Partial<Record<string, [number, number]>> = {
    reciprocal: [0.3, 3],
    squareRoot: [0.3, 3],
    log: [0.3, 3],
    log1p: [-0.7, 3],
    asin: [-0.9, 0.9],
    acos: [-0.9, 0.9],
    atanh: [-0.9, 0.9],
    acosh: [1.2, 4],
    tan: [-1.3, 1.3],
  }
  test.each(unaryPrimitives)('%s', primitive => {
    const x = variable([9])
    expectLawful(graphOf([x], p.unary(primitive)(x)), spread(...(intervals[primitive] ?? [-3, 3])))
  })

  test.each(binaryPrimitives)('%s', primitive => {
    const [a, b] = [variable([9], 'a'), variable([9], 'b')]
    const positive = primitive === 'power'
    expectLawful(
      graphOf([a, b], p.binary(primitive)(a, b)),
      positive ? spread(0.4, 3) : spread(-2, 3),
      spread(2.7, -1.9),
    )
  })

  test('atan2 in all four quadrants', () => {
    const [y, x] = [variable([8], 'y'), variable([8], 'x')]
    const angles = spread(-Math.PI, Math.PI, 8)
    expectLawful(graphOf([y, x], p.atan2(y, x)), angles.map(Math.sin), angles.map(Math.cos))
  })

  test('select', () => {
    const [a, b] = [variable([6], 'a'), variable([6], 'b')]
    const condition = p.constant([1, 0, 0, 1, 1, 0], [6])
    expectLawful(graphOf([a, b], p.select(condition, a, b)), spread(-2, 2, 6), spread(1, 3, 6))
  })
})

/** The derivative of that order by x, at a point. */
function derivative(f: (x: Node) => Node, order: number, at: number): number {
  const x = variable([])
  let y = f(x)
  for (let k = 0; k < order; k++) y = vjp([y], [p.scalar(1)], [x])[0] ?? p.scalar(0)
  return interpret(graphOf([x], y), [Float64Array.of(at)])[0][0]
}

describe('kinks, and the edges of power', () => {
  test('a kink gets the mean of both sides', () => {
    expect(derivative(p.absolute, 1, 0)).toBe(0)
    expect(derivative(x => p.maximum(x, p.scalar(0)), 1, 0)).toBe(0.5)
    expect(derivative(x => p.maximum(p.scalar(0), x), 1, 0)).toBe(0.5)
    expect(derivative(x => p.minimum(x, p.scalar(0)), 1, 0)).toBe(0.5)
    expect(derivative(x => p.maximum(x, p.negate(x)), 1, 0)).toBe(0)
  })

  test.each([0, 1, 2, 3])('x^%i at 0, with the exponent a constant or an operand', exponent => {
    const factorials = [1, 1, 2, 6]
    // a step function of x, which is no constant to the rule
    const dynamic = (x: Node): Node => p.power(x, p.floor(p.add(x, p.scalar(exponent))))
    const constant = (x: Node): Node => p.power(x, p.scalar(exponent))
    for (const order of [0, 1, 2, 3]) {
      const expected = order === exponent ? factorials[order] : 0
      expect(derivative(constant, order, 0) + 0).toBe(expected)
      expect(derivative(dynamic, order, 0) + 0).toBe(expected)
    }
  })

  test('whole powers of negative numbers', () => {
    expect(derivative(x => p.power(x, p.scalar(3)), 1, -2)).toBe(12)
    expect(derivative(x => p.power(x, p.scalar(-2)), 1, -2)).toBe(0.25)
    expect(derivative(x => p.power(x, p.scalar(3)), 2, -2)).toBe(-12)
  })

  test('0^b is 0 near b = 2, so its derivatives by b are 0', () => {
    expect(derivative(b => p.power(p.scalar(0), b), 1, 2)).toBe(0)
    expect(derivative(b => p.power(p.scalar(0), b), 2, 2)).toBe(0)
  })

  test('far out, where the textbook formula of a function would overflow', () => {
    expect(derivative(p.softplus, 1, 800)).toBe(1)
    expect(derivative(p.softplus, 1, -800)).toBe(0)
    expect(derivative(p.logistic, 1, -800)).toBe(0)
    expect(derivative(p.logistic, 1, 800)).toBe(0)
    expect(derivative(p.tanh, 2, 800) + 0).toBe(0)
  })
})
