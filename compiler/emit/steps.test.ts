/** How a rewritten graph becomes loops and kernels: what is fused, what shares memory, what is added in place. */

import { expect, test } from 'vitest'
import { vjp } from '../differentiate/index.ts'
import type { Node } from '../graph.ts'
import * as p from '../primitives.ts'
import { compile } from '../program.ts'
import { rewrite } from '../rewrite/index.ts'
import { stepsText } from '../testing/stepsText.ts'
import { inputName } from '../text.ts'
import { layOutArena } from './arena.ts'
import { createLayout } from './layout.ts'
import { planSteps } from './plan.ts'

/** The steps of a graph, its outputs called y1, y2, …; `accumulate` adds to all of them. */
function stepsOf(inputs: Node[], outputs: (Node | null)[], accumulate = false): string[] {
  const graph = rewrite({ inputs, outputs: outputs.map(output => output!) }, { smallSize: 0 })
  const layout = createLayout(0)
  const places = graph.outputs.map(({ shape }) => ({ size: shape.reduce((a, b) => a * b, 1), address: -1 }))
  const plan = planSteps(graph, {
    leaf: layout.leaf,
    outputs: places,
    accumulated: new Set(accumulate ? places.keys() : []),
  })
  layOutArena(plan.steps, plan.temporaries, 0)
  const names = new Map(places.map((place, j) => [place, `y${j + 1}`]))
  for (const input of inputs) names.set(layout.leaf(input), inputName(input))
  return stepsText(plan, names)
}

const [x, z] = [p.input('x', [8, 20]), p.input('z', [8, 20])]
const [W, b] = [p.input('W', [20, 20]), p.input('b', [8, 20])]

test('a chain of elementwise functions is one loop', () => {
  const h = p.tanh(p.add(x, z))
  expect(stepsOf([x, z], [p.multiply(h, p.subtract(p.full(1, h.shape), h))])).toEqual([
    'y1 ← multiply(tanh(add(x, z)), subtract(1, tanh(add(x, z))))',
  ])
})

test('elementwise work is done inside the sum that reads it', () => {
  expect(stepsOf([x, z], [p.sum(p.multiply(p.sin(x), z), [0])])).toEqual(['y1 ← sum(multiply(z, sin(x)))'])
})

test('what two loops read is stored', () => {
  const h = p.exp(x)
  expect(stepsOf([x, W], [p.matmul(h, W), p.sum(h, [1])])).toEqual([
    't1 ← exp(x)',
    'y1 ← t1·W',
    'y2 ← sum(t1)',
  ])
})

test('slices, transposes and repetitions are no steps', () => {
  const row = p.broadcast(p.slice(z, [0, 0], [1, 20]), [8, 20])
  expect(stepsOf([x, z], [p.transposeMatrix(p.add(p.reverse(x, [0]), row))])).toEqual([
    't1 ← add(z, x)',
    'y1 ← t1',
  ])
})

test('bias and activation are written over the product, and a layer reads one array and writes another', () => {
  const layer = (h: Node) => p.tanh(p.add(p.matmul(h, W), b))
  expect(stepsOf([x, W, b], [layer(layer(layer(x)))])).toEqual([
    't1 ← x·W',
    't1 ← tanh(add(b, t1))',
    't2 ← t1·W',
    't2 ← tanh(add(b, t2))',
    't1 ← t2·W',
    'y1 ← tanh(add(b, t1))',
  ])
})

test('an operand that is read once more is not written over', () => {
  const product = p.matmul(x, W)
  const h = p.tanh(product)
  expect(stepsOf([x, W], [p.matmul(h, W), p.matmul(product, W)])).toEqual([
    't1 ← x·W',
    't2 ← tanh(t1)',
    'y1 ← t2·W',
    'y2 ← t1·W',
  ])
})

test('the gradient of a shared matrix is added product by product', () => {
  const h = p.matmul(x, W)
  const [gradient] = vjp([p.matmul(h, W)], [z], [W])
  expect(stepsOf([x, z, W], [gradient], true)).toEqual(['t1 ← x·W', 't2 ← z·W', 'y1 += t1·z', 'y1 += x·t2'])
})

test('a solve and its adjoint: one factorisation, right-hand sides solved for in place', () => {
  const [A, c, d] = [p.input('A', [9, 9]), p.input('c', [9, 1]), p.input('d', [9, 1])]
  const u = p.solve(A, p.sin(c))
  expect(stepsOf([A, c, d], [u, ...vjp([u], [d], [A])])).toEqual([
    't1 ← A',
    't1 ← factor(t1)',
    'y1 ← sin(c)',
    'y1 ← solve(t1, y1)',
    't2 ← d',
    't2 ← solve(t1, t2)',
    't2 ← negate(t2)',
    'y2 ← t2·y1',
  ])
})

test('a net of any depth takes the memory of two of its layers', () => {
  const bytes = [2, 3, 8, 20].map(depth => {
    let h: Node = x
    for (let i = 0; i < depth; i++) h = p.tanh(p.add(p.matmul(h, W), b))
    return compile({ net: { inputs: [x, W, b], outputs: [h] } }).statistics.arenaBytes
  })
  const layer = 8 * 8 * 20
  expect(bytes).toEqual([2 * layer, 2 * layer, 2 * layer, 2 * layer])
})
