/** Sums of products by index, as one matrix product: `ij,jk->ik`. */

import { type Node, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowering } from '../lowering.ts'

/** A node whose axes have names, one letter each. */
interface Indexed {
  readonly node: Node
  readonly axes: string
}

const extentsOf = ({ node, axes }: Indexed, wanted: readonly string[]): number[] =>
  wanted.map(axis => node.shape[axes.indexOf(axis)])

/** The axes in another order; those not wanted are summed over. */
function arrange({ node, axes }: Indexed, wanted: readonly string[]): Indexed {
  const rest = [...axes].filter(axis => wanted.includes(axis))
  const summed = [...axes].flatMap((axis, i) => (wanted.includes(axis) ? [] : [i]))
  const reduced = summed.length > 0 ? p.sum(node, summed) : node
  const order = wanted.filter(axis => rest.includes(axis))
  return {
    node: p.transpose(
      reduced,
      order.map(axis => rest.indexOf(axis)),
    ),
    axes: order.join(''),
  }
}

/** The product of two, summed over what they share and the result does not have. */
function contract(a: Indexed, b: Indexed, result: string): Indexed {
  const shared = [...a.axes].filter(axis => b.axes.includes(axis))
  const batch = shared.filter(axis => result.includes(axis))
  const inner = shared.filter(axis => !result.includes(axis))
  const rows = [...a.axes].filter(axis => !shared.includes(axis) && result.includes(axis))
  const columns = [...b.axes].filter(axis => !shared.includes(axis) && result.includes(axis))
  const left = arrange(a, [...batch, ...rows, ...inner])
  const right = arrange(b, [...batch, ...inner, ...columns])
  const [batches, m, k, n] = [
    extentsOf(a, batch),
    extentsOf(a, rows),
    extentsOf(a, inner),
    extentsOf(b, columns),
  ]
  const product = p.matmul(
    p.reshape(left.node, [...batches, sizeOf(m), sizeOf(k)]),
    p.reshape(right.node, [...batches, sizeOf(k), sizeOf(n)]),
  )
  return {
    node: p.reshape(product, [...batches, ...m, ...n]),
    axes: [...batch, ...rows, ...columns].join(''),
  }
}

registerLowering('Einsum', (operands, { equation }: { equation: string }) => {
  const [terms, result] = equation.replaceAll(/\s/g, '').split('->')
  const values = Object.values(operands)
  const indexed = terms.split(',').map((axes, i) => ({ node: values[i].node, axes }))
  const product = indexed.length === 2 ? contract(indexed[0], indexed[1], result) : indexed[0]
  return { node: arrange(product, [...result]).node, dtype: 'float32' }
})
