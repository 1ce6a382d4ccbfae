import { describe, expect, test } from 'vitest'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { expectLawful, graphOf, variable, vjpGraph } from '../testing/derivatives.ts'
import { uniform } from '../testing/numbers.ts'

describe('reductions', () => {
  test.each([p.maximumOf, p.minimumOf, p.productOf])('case %#', reduce => {
    const x = variable([3, 4, 2])
    const values = Float64Array.from({ length: 24 }, uniform(3))
    for (const axes of [[0], [1], [0, 2], [0, 1, 2]]) expectLawful(graphOf([x], reduce(x, axes)), values)
  })

  test('the product is differentiated exactly where elements are zero, in second order too', () => {
    const x = variable([2, 5])
    const values = Float64Array.from([2, 0, 3, -1, 5, 0, 4, 0, 2, 7])
    expectLawful(graphOf([x], p.productOf(x, [1])), values)
    const gradient = vjpGraph(graphOf([x], p.productOf(x, [1])))
    const [bar] = interpret(gradient, [values, Float64Array.of(1, 1)])
    expect([...bar]).toEqual([0, 2 * 3 * -1 * 5, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  test('equal extrema share the derivative in equal parts', () => {
    const x = variable([4])
    const gradient = vjpGraph(graphOf([x], p.maximumOf(x)))
    const [bar] = interpret(gradient, [Float64Array.of(1, 3, 3, 2), Float64Array.of(1)])
    expect([...bar]).toEqual([0, 0.5, 0.5, 0])
    expectLawful(graphOf([x], p.maximumOf(x), p.minimumOf(x)), Float64Array.of(1, 3, 3, 1))
  })
})
