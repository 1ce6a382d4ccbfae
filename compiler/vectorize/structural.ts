/** Primitives that move numbers, and reductions: the same on the axes behind the batch. */

import type { Node } from '../graph.ts'
import * as p from '../primitives.ts'
import { type Rule, type Rules, shifted, stretched } from './rule.ts'

type Reduction = 'sum' | 'maximumOf' | 'minimumOf' | 'productOf'

const reduction =
  (reduce: (a: Node, axes: readonly number[]) => Node): Rule<Extract<Node, { primitive: Reduction }>> =>
  (y, [x]) =>
    reduce(x.node, shifted(y.attributes.axes))

type Structural =
  | ('reshape' | 'broadcast' | 'transpose' | 'slice' | 'pad' | 'concatenate' | 'reverse')
  | Reduction

export const structuralRules: Rules<Structural> = {
  reshape: (y, [x], batch) => p.reshape(x.node, [batch, ...y.shape]),
  broadcast: (y, [x], batch) => p.broadcast(x.node, [batch, ...y.shape]),
  transpose: (y, [x]) => p.transpose(x.node, [0, ...shifted(y.attributes.permutation)]),
  slice: (y, [x], batch) => {
    const { begin, strides } = y.attributes
    return p.slice(x.node, [0, ...begin], [batch, ...y.shape], [1, ...strides])
  },
  pad: (y, [x], batch) => {
    const { begin, strides } = y.attributes
    return p.pad(x.node, [batch, ...y.shape], [0, ...begin], [1, ...strides])
  },
  concatenate: (y, operands, batch) =>
    p.concatenate(
      operands.map(operand => stretched(operand, batch)),
      y.attributes.axis + 1,
    ),
  reverse: (y, [x]) => p.reverse(x.node, shifted(y.attributes.axes)),
  sum: reduction(p.sum),
  maximumOf: reduction(p.maximumOf),
  minimumOf: reduction(p.minimumOf),
  productOf: reduction(p.productOf),
}
