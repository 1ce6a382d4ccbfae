/**
 * Reductions that are not linear.
 *
 * The derivative of a largest (or smallest) element belongs to that element; equal ones share it in equal parts, as
 * the operands of `maximum` do, so that it stays a subgradient (the weights sum to 1).
 */

import type { Node } from '../graph.ts'
import {
  concatenate,
  divide,
  equal,
  full,
  multiply,
  reshape,
  select,
  slice,
  sum,
  transpose,
} from '../primitives.ts'
import { jvp } from './jvp.ts'
import { type NodeFor, perOperand, type Rule, type Rules } from './rule.ts'
import { spread } from './structural.ts'
import { vjp } from './vjp.ts'

type Extremum = 'maximumOf' | 'minimumOf'

/** 1 where an element is the extreme one, and how many such there are. */
function winners(y: NodeFor<Extremum>): { mask: Node; count: Node } {
  const [a] = y.operands
  const mask = equal(a, spread(y, y.attributes.axes, a.shape))
  return { mask, count: sum(mask, y.attributes.axes) }
}

const extremum: Rule<NodeFor<Extremum>> = perOperand(
  (y, t) => {
    const { mask, count } = winners(y)
    return divide(sum(select(mask, t, full(0, t.shape)), y.attributes.axes), count)
  },
  (y, g) => {
    const { mask, count } = winners(y)
    const [a] = y.operands
    return select(mask, spread(divide(g, count), y.attributes.axes, a.shape), full(0, a.shape))
  },
)

/**
 * The product as a balanced tree of multiplications, whose derivatives need no division and so are right where
 * elements are zero, in every order.
 */
function productTree(a: Node, axes: readonly number[]): Node {
  const kept = a.shape.map((_, axis) => axis).filter(axis => !axes.includes(axis))
  const shape = kept.map(axis => a.shape[axis])
  const count = axes.reduce((product, axis) => product * a.shape[axis], 1)
  let level = reshape(transpose(a, [...axes, ...kept]), [count, ...shape])
  const rows = (begin: number, size: number): Node =>
    slice(level, [begin, ...shape.map(() => 0)], [size, ...shape])
  for (let remaining = count; remaining > 1; remaining = Math.ceil(remaining / 2)) {
    const half = Math.floor(remaining / 2)
    const products = multiply(rows(0, half), rows(half, half))
    level = remaining % 2 === 0 ? products : concatenate([products, rows(2 * half, 1)], 0)
  }
  return count === 0 ? full(1, shape) : reshape(level, shape)
}

export const reductionRules: Rules<Extremum | 'productOf'> = {
  maximumOf: extremum,
  minimumOf: extremum,
  productOf: perOperand(
    (y, t) => jvp([productTree(y.operands[0], y.attributes.axes)], [y.operands[0]], [t])[0],
    (y, g) => vjp([productTree(y.operands[0], y.attributes.axes)], [g], [y.operands[0]])[0],
  ),
}
