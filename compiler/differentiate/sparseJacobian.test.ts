import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Node, sizeOf, topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { compile } from '../program.ts'
import { rowIndices } from '../sparsity/index.ts'
import { complexStep } from '../testing/complexStep.ts'
import { graphOf, variable } from '../testing/derivatives.ts'
import { distance, uniform, uniformFor } from '../testing/numbers.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { jacobian, jvp, type SparseJacobian, sparseJacobian, vjp } from './index.ts'

/** The dense Jacobian by complex step, row-major. */
function exactJacobian(output: Node, inputs: Node[], k: number, values: Float64Array[]): Float64Array {
  const [m, n] = [sizeOf(output.shape), sizeOf(inputs[k].shape)]
  const J = new Float64Array(m * n)
  for (let j = 0; j < n; j++) {
    const direction = inputs.map(node => new Float64Array(sizeOf(node.shape)))
    direction[k][j] = 1
    complexStep(graphOf(inputs, output), values, direction)[0].forEach((entry, i) => {
      J[i * n + j] = entry
    })
  }
  return J
}

/** Compiled and run. */
function dense(J: SparseJacobian, inputs: Node[], values: Float64Array[]): Float64Array {
  const { run } = compile({ run: graphOf(inputs, J.values) })
  values.forEach((numbers, i) => {
    run.inputs[i].set(numbers)
  })
  run.run()
  const result = new Float64Array(J.rows * J.columns)
  rowIndices(J).forEach((i, q) => {
    result[i * J.columns + J.columnIndices[q]] = run.outputs[0][q]
  })
  return result
}

/** κ(uᵢ)-weighted differences: ((1 + u²ᵢ)uᵢ₊₁ − 2uᵢ + uᵢ₋₁)·exp(pᵢ), tridiagonal in u and diagonal in p. */
function reactionDiffusion(n: number): { u: Node; parameters: Node; rate: Node } {
  const [u, parameters] = [variable([n], 'u'), variable([n], 'p')]
  const right = p.pad(p.slice(u, [1], [n - 1]), [n], [0])
  const left = p.pad(p.slice(u, [0], [n - 1]), [n], [1])
  const weighted = p.multiply(p.add(p.full(1, [n]), p.multiply(u, u)), right)
  const difference = p.subtract(p.add(weighted, left), p.add(u, u))
  return { u, parameters, rate: p.multiply(difference, p.exp(parameters)) }
}

describe('the sparse Jacobian', () => {
  test('agrees with complex step, by columns and by rows', () => {
    const { u, parameters, rate } = reactionDiffusion(30)
    const values = uniformFor([u, parameters], uniform(1))
    const few = p.sum(p.reshape(rate, [6, 5]), [1])
    const twice = p.concatenate([rate, p.multiply(rate, rate)], 0)
    for (const [output, k, by, directions] of [
      [rate, 0, 'columns', 3],
      [rate, 1, 'columns', 1],
      [twice, 0, 'columns', 3],
      [few, 0, 'rows', 2],
    ] as const) {
      const J = sparseJacobian(output, [u, parameters][k])
      expect([J.by, J.directions]).toEqual([by, directions])
      const exact = exactJacobian(output, [u, parameters], k, values)
      expect(distance([dense(J, [u, parameters], values)], [exact])).toBeLessThan(1e-14)
    }
  })

  test('agrees with complex step on random graphs', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 6 }), ({ graph: { inputs, outputs }, inputs: values }) => {
        inputs.forEach((input, k) => {
          const J = dense(sparseJacobian(outputs[0], input), [...inputs], values)
          expect(distance([J], [exactJacobian(outputs[0], [...inputs], k, values)])).toBeLessThan(1e-13)
        })
      }),
      { numRuns: 40 },
    )
  })

  test('of a gradient is the Hessian; again, a third derivative', () => {
    const { u, parameters, rate } = reactionDiffusion(12)
    const energy = p.sum(p.multiply(rate, rate))
    const [gradient] = vjp([energy], [p.scalar(1)], [u])
    const values = uniformFor([u, parameters], uniform(2))
    const H = sparseJacobian(gradient!, u)
    // (∇²E) of a tridiagonal residual has five diagonals.
    expect(H.columnIndices).toHaveLength(5 * 12 - 6)
    expect(H.directions).toBe(5)
    const exact = exactJacobian(gradient!, [u, parameters], 0, values)
    expect(distance([dense(H, [u, parameters], values)], [exact])).toBeLessThan(1e-13)
    const third = sparseJacobian(H.values, u)
    const exactThird = exactJacobian(H.values, [u, parameters], 0, values)
    expect(distance([dense(third, [u, parameters], values)], [exactThird])).toBeLessThan(1e-13)
  })

  test('of what does not depend on the input has no entry', () => {
    const [x, y] = [variable([9]), variable([9])]
    for (const output of [p.exp(y), p.floor(x)]) {
      const { rowPointers, columnIndices, values } = sparseJacobian(output, x)
      expect([...rowPointers]).toEqual(Array(10).fill(0))
      expect([columnIndices.length, ...values.shape]).toEqual([0, 0])
    }
  })
})

describe('the dense Jacobian uses colours where they pay', () => {
  const widest = (node: Node) => Math.max(...topologicalOrder([node]).map(({ shape }) => sizeOf(shape)))

  test('a tridiagonal one takes three directions, and no n×n array but the result', () => {
    const n = 40
    const { u, parameters, rate } = reactionDiffusion(n)
    const J = jacobian(rate, u)!
    const [places] = topologicalOrder([J]).filter(node => node.primitive === 'scatterAdd')
    expect(widest(places.operands[0])).toBe(3 * n)
    const values = uniformFor([u, parameters], uniform(3))
    const [numbers] = interpret(graphOf([u, parameters], J), values)
    expect(distance([numbers], [exactJacobian(rate, [u, parameters], 0, values)])).toBeLessThan(1e-14)
  })

  test('a full one does not, and is the same', () => {
    const x = variable([20])
    const y = p.multiply(x, p.broadcastTo(p.sum(x), [20]))
    const J = jacobian(y, x)!
    expect(topologicalOrder([J]).some(node => node.primitive === 'scatterAdd')).toBe(false)
    const direction = p.constant(uniformFor([x], uniform(4))[0], [20])
    const product = p.reshape(p.matmul(J, p.reshape(direction, [20, 1])), [20])
    const values = uniformFor([x], uniform(5))
    const [ours, expected] = interpret(graphOf([x], product, jvp([y], [x], [direction])[0]!), values)
    expect(distance([ours], [expected])).toBeLessThan(1e-14)
  })
})
