/** Kernels of order along the last axis, by counting, for each element, those that come before it. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowerings } from '../lowering.ts'

/**
 * x [..., n] → values and indices, [..., k], in descending order, of equals the first one first. Takes n² comparisons
 * for each row; no element may be NaN.
 */
function topK(x: Node, k: number): { values: Node; indices: Node } {
  const n = x.shape.at(-1)!
  const outer = x.shape.slice(0, -1)
  const square = [...outer, n, n]
  const column = p.broadcast(p.reshape(x, [...outer, n, 1]), square)
  const row = p.broadcast(p.reshape(x, [...outer, 1, n]), square)
  const earlier = p.constant(
    Array.from({ length: n * n }, (_, i) => (i % n < Math.floor(i / n) ? 1 : 0)),
    [n, n],
  )
  const ties = p.multiply(p.equal(row, column), p.broadcastTo(earlier, square))
  const rank = p.sum(p.add(p.greater(row, column), ties), [outer.length + 1])

  const shape = [...outer, k, n]
  const along = (node: Node): Node => p.broadcast(p.reshape(node, [...outer, 1, n]), shape)
  const count = (extent: number): Node =>
    p.constant(
      Array.from({ length: extent }, (_, i) => i),
      [extent],
    )
  const places = p.broadcastTo(p.reshape(count(k), [k, 1]), shape)
  const hit = p.equal(along(rank), places)
  const pick = (candidates: Node): Node =>
    p.sum(p.select(hit, candidates, p.full(0, shape)), [outer.length + 1])
  return { values: pick(along(x)), indices: pick(p.broadcastTo(count(n), shape)) }
}

/** How many of `sorted` [batch, n] lie before each of `values` [batch, m]; with 'right', equal ones do. */
function searchSorted(sorted: Node, values: Node, side: 'left' | 'right'): Node {
  const [batch, n] = sorted.shape
  const shape = [batch, values.shape[1], n]
  const row = p.broadcast(p.reshape(sorted, [batch, 1, n]), shape)
  const column = p.broadcast(p.reshape(values, [...values.shape, 1]), shape)
  return p.sum(side === 'left' ? p.less(row, column) : p.lessEqual(row, column), [2])
}

registerLowerings({
  TopK: ({ x }, { k }) => {
    const { values, indices } = topK(x.node, k)
    return [
      { node: values, dtype: x.dtype },
      { node: indices, dtype: 'int32' },
    ]
  },
  SearchSorted: ({ sortedSequence, values }, { side }) => ({
    node: searchSorted(sortedSequence.node, values.node, side),
    dtype: 'int32',
  }),
})
