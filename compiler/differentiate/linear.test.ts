import { describe, expect, test } from 'vitest'
import { structures } from '../../kernels/structure.ts'
import type { Graph, Node, Shape, Structure } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { complexStep } from '../testing/complexStep.ts'
import { expectLawful, graphOf, variable, vjpGraph } from '../testing/derivatives.ts'
import { distance, innerProduct, uniform, uniformFor } from '../testing/numbers.ts'
import { hvp, vjp } from './index.ts'

const identity = (shape: Shape): Node => {
  const n = shape.at(-1)!
  const unit = p.constant(
    Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
    [n, n],
  )
  return p.broadcastTo(unit, shape)
}

/** The matrix of a solve as a function of a parameter matrix: I + M·Mᵀ, M + Mᵀ + 2·I, or M + 2·I, of which a part may be read. */
function matrixOf(M: Node, structure: Structure): Node {
  if (structure === 'spd') return p.add(identity(M.shape), p.matmul(M, M, { transposeB: true }))
  const shifted = p.add(M, p.multiply(p.full(2, M.shape), identity(M.shape)))
  return structure === 'symmetric' ? p.add(shifted, p.transposeMatrix(M)) : shifted
}

describe('matmul', () => {
  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('transposed %s, %s', (transposeA, transposeB) => {
    for (const batch of [[], [3]]) {
      const a = variable([...batch, ...(transposeA ? [4, 2] : [2, 4])], 'a')
      const b = variable([...batch, ...(transposeB ? [5, 4] : [4, 5])], 'b')
      const graph = graphOf([a, b], p.matmul(a, b, { transposeA, transposeB }))
      expectLawful(graph, ...uniformFor([a, b], uniform(5)))
    }
  })
})

describe.each(structures)('solve, %s', structure => {
  describe.each([false, true])('transposed: %s', transposed => {
    const solveOf = (batch: number[], n: number, k: number): Graph => {
      const [M, B] = [variable([...batch, n, n], 'M'), variable([...batch, n, k], 'B')]
      return graphOf([M, B], p.solve(matrixOf(M, structure), B, { structure, transposed }))
    }
    const valuesOf = (graph: Graph, n: number): Float64Array[] =>
      uniformFor(graph.inputs, uniform(100 + n)).map((array, i) => (i === 0 ? array.map(x => x / n) : array))

    test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('first and second derivatives, n = %i', n => {
      const graph = solveOf([], n, 1)
      expectLawful(graph, ...valuesOf(graph, n))
    })

    test('several right-hand sides, and a batch of them', () => {
      for (const batch of [[], [3], [2, 2]]) {
        const graph = solveOf(batch, 4, 3)
        expectLawful(graph, ...valuesOf(graph, 4))
      }
    })

    test('the gradient and Hessian-vector products of a scalar loss agree with complex step', () => {
      for (const n of [1, 4, 12]) {
        const { inputs, outputs } = solveOf([], n, 2)
        const loss = p.sum(p.exp(p.sin(outputs[0])))
        const values = valuesOf({ inputs, outputs }, n)
        const random = uniform(n)
        const [v, w] = [uniformFor(inputs, random), uniformFor(inputs, random)]
        const gradients = vjp([loss], [p.scalar(1)], inputs) as Node[]
        const [exact] = complexStep(graphOf(inputs, loss), values, v)
        const actual = innerProduct(interpret(graphOf(inputs, ...gradients), values), v)
        expect(Math.abs(actual - exact[0])).toBeLessThan(1e-12 * Math.max(1, Math.abs(exact[0])))

        const directions = inputs.map(node => variable(node.shape, 'v'))
        const products = graphOf([...inputs, ...directions], ...(hvp(loss, inputs, directions) as Node[]))
        const Hv = interpret(products, [...values, ...v])
        expect(distance(Hv, complexStep(graphOf(inputs, ...gradients), values, v))).toBeLessThan(1e-12)
        const Hw = interpret(products, [...values, ...w])
        const size = Math.sqrt(innerProduct(Hv, Hv) * innerProduct(w, w))
        expect(Math.abs(innerProduct(w, Hv) - innerProduct(v, Hw))).toBeLessThan(1e-13 * Math.max(1, size))
      }
    })

    test('only A, or only B, may vary', () => {
      const [M, B] = solveOf([], 3, 2).inputs
      const constants = uniformFor([M, B], uniform(9))
      const fixedM = p.constant(constants[0], M.shape)
      const fixedB = p.constant(constants[1], B.shape)
      const options = { structure, transposed }
      expectLawful(graphOf([M], p.solve(matrixOf(M, structure), fixedB, options)), constants[0])
      expectLawful(graphOf([B], p.solve(matrixOf(fixedM, structure), B, options)), constants[1])
    })
  })
})

test('the gradient by a symmetric positive definite matrix is symmetric, half of that by a symmetric parameter', () => {
  const n = 4
  const [A, b] = [variable([n, n], 'A'), variable([n, 1], 'b')]
  const graph = graphOf([A, b], p.solve(A, b, { structure: 'spd' }))
  const random = uniform(21)
  const symmetric = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) symmetric[i * n + j] = symmetric[j * n + i] = random() + (i === j ? n : 0)
  }
  const right = Float64Array.from({ length: n }, random)
  const cotangent = Float64Array.from({ length: n }, random)
  const [gradient] = interpret(vjpGraph(graph), [symmetric, right, cotangent])
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      expect(gradient[i * n + j]).toBe(gradient[j * n + i])
      const parameter = new Float64Array(n * n)
      parameter[i * n + j] = parameter[j * n + i] = 1
      const change = complexStep(graph, [symmetric, right], [parameter, new Float64Array(n)])
      const weight = i === j ? 1 : 2
      expect(weight * gradient[i * n + j]).toBeCloseTo(innerProduct(change, [cotangent]), 14)
    }
  }
})

test('tridiag(−1, 5/2, −1): ∂x_t/∂a_jk is −(A⁻¹)_tj·(A⁻¹)_ks in closed form, finite n and far from the ends', () => {
  const n = 80
  const [s, t] = [38, 41]
  const [A, b] = [variable([n, n], 'A'), variable([n, 1], 'b')]
  const graph = graphOf([A, b], p.solve(A, b))
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = 2.5
    if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1
  }
  const unit = (i: number): Float64Array => new Float64Array(n).fill(1, i, i + 1)
  const [gradient] = interpret(vjpGraph(graph), [matrix, unit(s), unit(t)])

  // 5/2 = 2·cosh θ with θ = log 2; indices from 1, i ≤ j.
  const theta = Math.log(2)
  const inverse = (row: number, column: number): number => {
    const [i, j] = [Math.min(row, column) + 1, Math.max(row, column) + 1]
    return (
      (Math.sinh(i * theta) * Math.sinh((n + 1 - j) * theta)) /
      (Math.sinh(theta) * Math.sinh((n + 1) * theta))
    )
  }
  let finite = 0
  let unbounded = 0
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < n; k++) {
      finite = Math.max(finite, Math.abs(gradient[j * n + k] + inverse(t, j) * inverse(k, s)))
      const distant = Math.min(j, k, n - 1 - j, n - 1 - k) < 10
      const limit = -(4 / 9) * 2 ** -(Math.abs(t - j) + Math.abs(k - s))
      if (!distant) unbounded = Math.max(unbounded, Math.abs(gradient[j * n + k] - limit))
    }
  }
  expect(finite).toBeLessThan(1e-14)
  expect(unbounded).toBeLessThan(1e-13)
})
