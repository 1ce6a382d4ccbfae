/** Kernels that write elements or slices to places that the last axis of their indices addresses. */

import { type Node, type Shape, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowerings } from '../lowering.ts'
import { flatIndices } from './shape.ts'

interface Scatter {
  /** Row numbers, [count]. */
  readonly rows: Node
  /** Slices to write, [count, …slice]. */
  readonly updates: Node
  /** How many rows there are to write to. */
  readonly extent: number
}

/** Slices of `shape` as rows: `indices` [..., depth], `updates` [..., …shape.slice(depth)]. */
function asRows(indices: Node, updates: Node, shape: Shape): Scatter {
  const depth = indices.shape.at(-1)!
  const count = sizeOf(indices.shape.slice(0, -1))
  const slice = shape.slice(depth)
  return {
    rows: p.reshape(flatIndices(indices, shape), [count]),
    updates: p.broadcastTo(p.reshape(updates, [sizeOf(updates.shape) / sizeOf(slice), ...slice]), [
      count,
      ...slice,
    ]),
    extent: sizeOf(shape.slice(0, depth)),
  }
}

/** Zeros of `shape`, with the slices added where the indices say: of equal indices all count. */
function scatterSum(indices: Node, updates: Node, shape: Shape): Node {
  const { rows, updates: slices, extent } = asRows(indices, updates, shape)
  return p.reshape(p.scatterAdd(slices, rows, extent), shape)
}

/**
 * Zeros, with `updates`' rows added where `numbers` say: those of no row fall away. (They are gathered in a row behind the
 * last, from which a derivative gets zero; out of range it would get NaN.)
 */
function scatterRows(updates: Node, numbers: Node, extent: number): Node {
  const { shape } = numbers
  const exists = p.multiply(p.greaterEqual(numbers, p.full(0, shape)), p.less(numbers, p.full(extent, shape)))
  const rows = p.scatterAdd(updates, p.select(exists, numbers, p.full(extent, shape)), extent + 1)
  return p.slice(
    rows,
    rows.shape.map(() => 0),
    rows.shape.with(0, extent),
  )
}

/** For each index, 1 where no later one is equal, else 0. */
function isLast(rows: Node): Node {
  const n = rows.shape[0]
  const same = p.equal(
    p.broadcast(p.reshape(rows, [n, 1]), [n, n]),
    p.broadcast(p.reshape(rows, [1, n]), [n, n]),
  )
  const later = p.constant(
    Array.from({ length: n * n }, (_, k) => (k % n > Math.floor(k / n) ? 1 : 0)),
    [n, n],
  )
  return p.equal(p.sum(p.multiply(same, later), [1]), p.full(0, [n]))
}

/** `x` with the slices in place of its own where the indices say: of equal indices the last one counts. */
function replace(x: Node, indices: Node, updates: Node): Node {
  const { rows, updates: slices, extent } = asRows(indices, updates, x.shape)
  const last = isLast(rows)
  const column = p.reshape(last, [...last.shape, ...slices.shape.slice(1).fill(1)])
  const effective = p.select(p.broadcast(column, slices.shape), slices, p.full(0, slices.shape))
  const written = p.reshape(p.scatterAdd(effective, rows, extent), x.shape)
  const touched = p.scatterAdd(last, rows, extent)
  const marks = p.reshape(touched, [extent, ...slices.shape.slice(1).fill(1)])
  const everywhere = p.reshape(p.broadcast(marks, [extent, ...slices.shape.slice(1)]), x.shape)
  return p.select(everywhere, written, x)
}

const flat = (x: Node): Node => p.reshape(x, [sizeOf(x.shape)])

registerLowerings({
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }) => ({
    node: scatterRows(x.node, flat(segmentIds.node), numSegments),
    dtype: x.dtype,
  }),
  ScatterNd: ({ indices, updates }, { shape }) => ({
    node: scatterSum(indices.node, updates.node, shape),
    dtype: updates.dtype,
  }),
  TensorScatterUpdate: ({ tensor, indices, updates }) => ({
    node: replace(tensor.node, indices.node, updates.node),
    dtype: tensor.dtype,
  }),
  /** Indices are [count, rank], or [count] in rank 1, or one number. */
  SparseToDense: ({ sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
    const { node } = sparseIndices
    const indices = node.shape.length === 2 ? node : p.reshape(node, [sizeOf(node.shape), 1])
    const background = p.broadcastTo(p.reshape(defaultValue.node, []), outputShape)
    return { node: replace(background, indices, sparseValues.node), dtype: sparseValues.dtype }
  },
})
