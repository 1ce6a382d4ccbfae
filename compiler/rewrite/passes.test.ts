/** What each pass does, as a graph before and after it. `rewrite.test.ts` has the single laws. */

import { describe, expect, test } from 'vitest'
import { vjp } from '../differentiate/index.ts'
import type { Node } from '../graph.ts'
import * as p from '../primitives.ts'
import { graphText } from '../text.ts'
import { rewrite } from './index.ts'

const [x, y] = [p.input('x', [6, 4]), p.input('y', [6, 4])]
const [v, s] = [p.input('v', [4]), p.input('s', [])]

const lines = (text: string): string[] => text.trim().split(/\n\s*/)
const body = (text: string): string[] => lines(text).slice(1, -1)

/** The bodies of the graph's text, before and after it is rewritten. */
function expectRewrite(
  inputs: Node[],
  outputs: (Node | null)[],
  before: string,
  after: string,
  smallSize = 0,
): void {
  const graph = { inputs, outputs: outputs.map(output => output!) }
  expect(body(graphText(graph))).toEqual(lines(before))
  expect(body(graphText(rewrite(graph, { smallSize })))).toEqual(lines(after))
}

test('constants are folded', () => {
  const table = p.add(p.constant([1, 2, 3, 4], [4]), p.full(0.5, [4]))
  expectRewrite(
    [v],
    [p.multiply(v, p.reverse(table, [0]))],
    `
      %1 [4] = constant(1, 2, 3, 4)
      %2 [4] = add(%1, 0.5)
      %3 [4] = reverse(%2, axes: [0])
      %4 [4] = multiply(v, %3)
      return %4
    `,
    `
      %1 [4] = constant(4.5, 3.5, 2.5, 1.5)
      %2 [4] = multiply(v, %1)
      return %2
    `,
  )
})

test('common subexpressions are computed once', () => {
  const [one, other] = [p.tanh(p.add(x, p.sin(y))), p.tanh(p.add(p.sin(y), x))]
  expectRewrite(
    [x, y],
    [p.multiply(one, other)],
    `
      %1 [6,4] = sin(y)
      %2 [6,4] = add(x, %1)
      %3 [6,4] = tanh(%2)
      %4 [6,4] = sin(y)
      %5 [6,4] = add(%4, x)
      %6 [6,4] = tanh(%5)
      %7 [6,4] = multiply(%3, %6)
      return %7
    `,
    `
      %1 [6,4] = sin(y)
      %2 [6,4] = add(x, %1)
      %3 [6,4] = tanh(%2)
      %4 [6,4] = multiply(%3, %3)
      return %4
    `,
  )
})

test('dead code is gone', () => {
  const both = p.concatenate([x, p.exp(y)], 0)
  expectRewrite(
    [x, y],
    [p.slice(both, [0, 0], [6, 4])],
    `
      %1 [6,4]  = exp(y)
      %2 [12,4] = concatenate(x, %1, axis: 0)
      %3 [6,4]  = slice(%2, begin: [0,0], strides: [1,1])
      return %3
    `,
    `
      return x
    `,
  )
})

test('algebra', () => {
  const full = (c: number) => p.full(c, [6, 4])
  const quarter = p.power(p.divide(x, full(4)), full(2))
  const sum = p.add(p.multiply(full(1), quarter), p.negate(p.multiply(full(0), y)))
  expectRewrite(
    [x, y],
    [sum, p.subtract(x, p.negate(y))],
    `
      %1 [6,4] = divide(x, 4)
      %2 [6,4] = power(%1, 2)
      %3 [6,4] = multiply(1, %2)
      %4 [6,4] = multiply(0, y)
      %5 [6,4] = negate(%4)
      %6 [6,4] = add(%3, %5)
      %7 [6,4] = negate(y)
      %8 [6,4] = subtract(x, %7)
      return %6, %8
    `,
    `
      %1 [6,4] = multiply(x, 0.25)
      %2 [6,4] = multiply(%1, %1)
      %3 [6,4] = add(x, y)
      return %2, %3
    `,
  )
})

describe('layout', () => {
  test('transposes become flags of products', () => {
    const transpose = p.transposeMatrix
    expectRewrite(
      [x, y],
      [transpose(p.matmul(transpose(x), y)), p.matmul(x, transpose(y))],
      `
      %1 [4,6] = transpose(x, permutation: [1,0])
      %2 [4,4] = matmul(%1, y)
      %3 [4,4] = transpose(%2, permutation: [1,0])
      %4 [4,6] = transpose(y, permutation: [1,0])
      %5 [6,6] = matmul(x, %4)
      return %3, %5
    `,
      `
      %1 [4,4] = matmul(y, x, transposeA)
      %2 [6,6] = matmul(x, y, transposeB)
      return %1, %2
    `,
    )
  })

  test('a product with equal rows has one of them', () => {
    const A = p.input('A', [9, 4])
    expectRewrite(
      [A, v],
      [p.matmul(p.broadcastTo(v, [9, 4]), A, { transposeB: true })],
      `
      %1 [1,4] = reshape(v)
      %2 [9,4] = broadcast(%1)
      %3 [9,9] = matmul(%2, A, transposeB)
      return %3
    `,
      `
      %1 [1,4] = reshape(v)
      %2 [1,9] = matmul(%1, A, transposeB)
      %3 [9,9] = broadcast(%2)
      return %3
    `,
    )
  })

  test('rearrangements of rearrangements are one', () => {
    const twice = p.reverse(p.reverse(x, [0]), [0])
    const rows = p.transposeMatrix(p.slice(twice, [1, 0], [5, 4]))
    expectRewrite(
      [x],
      [p.slice(rows, [0, 2], [4, 3])],
      `
      %1 [6,4] = reverse(x, axes: [0])
      %2 [6,4] = reverse(%1, axes: [0])
      %3 [5,4] = slice(%2, begin: [1,0], strides: [1,1])
      %4 [4,5] = transpose(%3, permutation: [1,0])
      %5 [4,3] = slice(%4, begin: [0,2], strides: [1,1])
      return %5
    `,
      `
      %1 [3,4] = slice(x, begin: [3,0], strides: [1,1])
      %2 [4,3] = transpose(%1, permutation: [1,0])
      return %2
    `,
    )
  })

  test('the gradient of slices is joined, not padded and added', () => {
    const inner = p.sum(p.multiply(p.slice(v, [0], [2]), p.slice(v, [2], [2])))
    expectRewrite(
      [v],
      vjp([inner], [p.scalar(1)], [v]),
      `
      %1 [2] = slice(v, begin: [0], strides: [1])
      %2 [2] = slice(v, begin: [2], strides: [1])
      %3 [2] = multiply(1, %2)
      %4 [2] = multiply(1, %1)
      %5 [4] = pad(%4, begin: [2], strides: [1])
      %6 [4] = pad(%3, begin: [0], strides: [1])
      %7 [4] = add(%5, %6)
      return %7
    `,
      `
      %1 [2] = slice(v, begin: [0], strides: [1])
      %2 [2] = slice(v, begin: [2], strides: [1])
      %3 [4] = concatenate(%2, %1, axis: 0)
      return %3
    `,
    )
  })
})

test('sums of multiples, and of equal rows', () => {
  const multiple = p.multiply(p.full(3, [6, 4]), p.negate(x))
  expectRewrite(
    [x, v],
    [p.sum(multiple, [0]), p.sum(p.broadcastTo(v, [6, 4]), [0])],
    `
      %1 [6,4] = negate(x)
      %2 [6,4] = multiply(3, %1)
      %3 [4]   = sum(%2, axes: [0])
      %4 [1,4] = reshape(v)
      %5 [6,4] = broadcast(%4)
      %6 [4]   = sum(%5, axes: [0])
      return %3, %6
    `,
    `
      %1 [4] = sum(x, axes: [0])
      %2 [4] = multiply(%1, -3)
      %3 [4] = multiply(v, 6)
      return %2, %3
    `,
  )
})

test('functions of repeated numbers are computed before they are repeated', () => {
  const factor = p.broadcastTo(p.reshape(s, [1, 1]), [6, 4])
  expectRewrite(
    [v, s],
    [p.multiply(factor, p.exp(p.broadcastTo(v, [6, 4])))],
    `
      %1 [1,1] = reshape(s)
      %2 [6,4] = broadcast(%1)
      %3 [1,4] = reshape(v)
      %4 [6,4] = broadcast(%3)
      %5 [6,4] = exp(%4)
      %6 [6,4] = multiply(%2, %5)
      return %6
    `,
    `
      %1 [4]   = exp(v)
      %2 [1]   = reshape(s)
      %3 [4]   = broadcast(%2)
      %4 [4]   = multiply(%1, %3)
      %5 [1,4] = reshape(%4)
      %6 [6,4] = broadcast(%5)
      return %6
    `,
  )
})

test('one factorisation serves a solve and its gradient', () => {
  const [A, b, c] = [p.input('A', [9, 9]), p.input('b', [9, 1]), p.input('c', [9, 1])]
  const u = p.solve(A, b)
  expectRewrite(
    [A, b, c],
    [u, ...vjp([u], [c], [A, b])],
    `
      %1 [9,1] = solve(A, b, structure: general)
      %2 [9,1] = solve(A, c, structure: general, transposed)
      %3 [9,9] = matmul(%2, %1, transposeB)
      %4 [9,9] = negate(%3)
      return %1, %4, %2
    `,
    `
      %1 [90]  = factor(A, structure: general)
      %2 [9,1] = factorSolve(%1, b, structure: general)
      %3 [9,1] = factorSolve(%1, c, structure: general, transposed)
      %4 [9,1] = negate(%3)
      %5 [9,9] = matmul(%4, %2, transposeB)
      return %2, %5, %3
    `,
  )
})

test('small arrays are unrolled into scalars', () => {
  const [angle, q] = [p.input('angle', []), p.input('q', [2])]
  const entries = [p.cos(angle), p.negate(p.sin(angle)), p.sin(angle), p.cos(angle)]
  const rotation = p.concatenate(
    entries.map(entry => p.reshape(entry, [1])),
    0,
  )
  const turned = p.matmul(p.reshape(rotation, [2, 2]), p.reshape(q, [2, 1]))
  expectRewrite(
    [angle, q],
    [p.reshape(turned, [2])],
    `
      %1  []    = cos(angle)
      %2  []    = sin(angle)
      %3  []    = negate(%2)
      %4  []    = sin(angle)
      %5  []    = cos(angle)
      %6  [1]   = reshape(%1)
      %7  [1]   = reshape(%3)
      %8  [1]   = reshape(%4)
      %9  [1]   = reshape(%5)
      %10 [4]   = concatenate(%6, %7, %8, %9, axis: 0)
      %11 [2,2] = reshape(%10)
      %12 [2,1] = reshape(q)
      %13 [2,1] = matmul(%11, %12)
      %14 [2]   = reshape(%13)
      return %14
    `,
    `
      %1  [1] = slice(q, begin: [0], strides: [1])
      %2  []  = reshape(%1)
      %3  [1] = slice(q, begin: [1], strides: [1])
      %4  []  = reshape(%3)
      %5  []  = cos(angle)
      %6  []  = sin(angle)
      %7  []  = multiply(%2, %5)
      %8  []  = multiply(%4, %6)
      %9  []  = subtract(%7, %8)
      %10 []  = multiply(%2, %6)
      %11 []  = multiply(%4, %5)
      %12 []  = add(%10, %11)
      %13 [1] = reshape(%9)
      %14 [1] = reshape(%12)
      %15 [2] = concatenate(%13, %14, axis: 0)
      return %15
    `,
    16,
  )
})

test('the gradient of a chain of neighbours is one array, not one per link', () => {
  const q = p.input('q', [300])
  const part = (i: number): Node => p.slice(q, [20 * i], [20])
  const links = Array.from({ length: 14 }, (_, i) => p.sum(p.sin(p.subtract(part(i + 1), part(i)))))
  const [gradient] = vjp([links.reduce(p.add)], [p.scalar(1)], [q])
  const [joined] = rewrite({ inputs: [q], outputs: [gradient!] }).outputs
  expect(joined.primitive).toBe('concatenate')
  expect(joined.operands.map(({ shape }) => shape[0])).toEqual(new Array(15).fill(20))
})

test('a long chain of small arrays costs time in proportion, not by its square', () => {
  const start = p.input('start', [3])
  let end = start
  for (let i = 0; i < 20_000; i++) end = p.sin(p.add(end, start))
  const before = performance.now()
  rewrite({ inputs: [start], outputs: [end] })
  expect(performance.now() - before).toBeLessThan(4000) // 0.4 s; 70 s before paths to roots were halved
})
