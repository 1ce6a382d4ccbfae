import { describe, expect, test } from 'vitest'
import { type Node, sizeOf, topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { complexStep } from '../testing/complexStep.ts'
import { graphOf, variable } from '../testing/derivatives.ts'
import { distance, uniform, uniformFor } from '../testing/numbers.ts'
import { jacobian } from './index.ts'

/** A(x)⁻¹·tanh(W·x) with `rows` rows, and some of x's rows by index behind them. */
function model(n: number, rows: number): { x: Node; y: Node } {
  const x = variable([n])
  const random = uniform(3)
  const matrix = (m: number, k: number) => p.constant(Float64Array.from({ length: m * k }, random), [m, k])
  const h = p.tanh(p.matmul(matrix(rows, n), p.reshape(x, [n, 1])))
  const identity = Array.from({ length: rows ** 2 }, (_, i) => Number(i % (rows + 1) === 0))
  const A = p.add(
    p.matmul(h, h, { transposeB: true }),
    p.multiply(p.constant(identity, [rows, rows]), p.broadcastTo(p.exp(p.sum(x)), [rows, rows])),
  )
  const solution = p.reshape(p.solve(A, h), [rows])
  return { x, y: p.concatenate([solution, p.sin(p.gather(x, p.constant([n - 1, 0, 0], [3])))], 0) }
}

describe('the Jacobian', () => {
  for (const [n, rows, way] of [
    [4, 5, 'few columns'],
    [5, 1, 'few rows'],
    [12, 14, 'a batch of columns'],
    [20, 9, 'a batch of rows'],
  ] as const) {
    test(`by ${way} agrees with complex step`, () => {
      const { x, y } = model(n, rows)
      const values = uniformFor([x], uniform(5))
      const [J] = interpret(graphOf([x], jacobian(y, x)!), values)
      const m = sizeOf(y.shape)
      for (let k = 0; k < n; k++) {
        const column = complexStep(graphOf([x], y), values, [new Float64Array(n).fill(1, k, k + 1)])
        const ours = Float64Array.from({ length: m }, (_, j) => J[j * n + k])
        expect(distance([ours], column)).toBeLessThan(1e-14)
      }
    })
  }

  test('of second order, by batches of batches, agrees with complex step', () => {
    const { x, y } = model(10, 2)
    const J = jacobian(y, x)!
    const values = uniformFor([x], uniform(6))
    const direction = uniformFor([x], uniform(7))
    const H = p.reshape(jacobian(p.reshape(J, [50]), x)!, [50, 10])
    const product = p.matmul(H, p.constant(direction[0], [10, 1]))
    const expected = complexStep(graphOf([x], J), values, direction)
    expect(distance(interpret(graphOf([x], product), values), expected)).toBeLessThan(1e-13)
  })

  test('of many columns is a graph whose size does not depend on their number', () => {
    const nodes = (n: number) => {
      const { x, y } = model(n, n)
      return topologicalOrder([jacobian(y, x)!]).length
    }
    expect(nodes(40)).toBe(nodes(20))
  })

  test('is null where the output does not depend on the input', () => {
    for (const n of [2, 20]) {
      const [x, y] = [variable([n]), variable([n])]
      expect(jacobian(p.exp(y), x)).toBeNull()
      expect(jacobian(p.floor(x), x)).toBeNull()
    }
  })
})
