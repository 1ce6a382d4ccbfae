/**
 * Gather and scatterAdd. Where each sample has indices of its own, the samples' rows are put one behind the other, as
 * one axis of batch·extent rows, and sample s finds its row i at s·extent + i.
 */

import { type Node, sizeOf } from '../graph.ts'
import * as p from '../primitives.ts'
import { mergeAxes, moveAxis, type Rules, splitAxis, stretched } from './rule.ts'

/**
 * Indices [batch, count] of rows of each sample as indices [batch·count] among the rows of all samples. One that names
 * no row of its sample must not meet a row of the next: it becomes −1, which names none either.
 */
function amongAll(indices: Node, extent: number): Node {
  const { shape } = indices
  const [batch] = shape
  const starts = p.constant(
    Array.from({ length: batch }, (_, sample) => sample * extent),
    [batch, 1],
  )
  const namesRow = [
    p.equal(p.floor(indices), indices),
    p.greaterEqual(indices, p.full(0, shape)),
    p.less(indices, p.full(extent, shape)),
  ].reduce(p.multiply)
  const places = p.select(namesRow, p.add(indices, p.broadcast(starts, shape)), p.full(-1, shape))
  return p.reshape(places, [sizeOf(shape)])
}

export const indexedRules: Rules<'gather' | 'scatterAdd'> = {
  gather: (y, [a, indices], batch) => {
    const { axis } = y.attributes
    if (!indices.batched) return p.gather(a.node, indices.node, axis + 1)
    const count = y.shape[axis]
    if (!a.batched) {
      const all = p.gather(a.node, p.reshape(indices.node, [batch * count]), axis)
      return moveAxis(splitAxis(all, axis, [batch, count]), axis, 0)
    }
    const rows = mergeAxes(moveAxis(a.node, axis + 1, 1), 0)
    const extent = a.node.shape[axis + 1]
    const found = p.gather(rows, amongAll(indices.node, extent), 0)
    return moveAxis(splitAxis(found, 0, [batch, count]), 1, axis + 1)
  },
  scatterAdd: (y, [updates, indices], batch) => {
    const { axis } = y.attributes
    const extent = y.shape[axis]
    if (!indices.batched) return p.scatterAdd(updates.node, indices.node, extent, axis + 1)
    const rows = mergeAxes(moveAxis(stretched(updates, batch), axis + 1, 1), 0)
    const sums = p.scatterAdd(rows, amongAll(indices.node, extent), batch * extent, 0)
    return moveAxis(splitAxis(sums, 0, [batch, extent]), 1, axis + 1)
  },
}
