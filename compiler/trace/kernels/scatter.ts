/** Kernels that write elements or slices to places that the last axis of their indices addresses. */

import { type Node, type Shape, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { atLocation, currentUserLocation } from '../location.ts'
import { type Lowering, registerLowerings } from '../lowering.ts'
import { flatIndices, sequence } from './shape.ts'

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

/** How often each of the first `size` numbers stands in a row of x [rows, n], or the sum of its weights there. */
function countInRows(x: Node, weights: Node, size: number): Node {
  const [rows, n] = x.shape
  const own = p.select(
    p.less(x, p.full(size, x.shape)),
    p.add(x, p.broadcastTo(p.constant(sequence(rows, 0, size), [rows, 1]), x.shape)),
    p.full(-1, x.shape),
  )
  return p.reshape(scatterRows(p.reshape(weights, [rows * n]), flat(own), rows * size), [rows, size])
}

/** Weights of length zero stand for ones. */
const weightsOf = (x: Node, weights: Node): Node =>
  sizeOf(weights.shape) === 0 ? p.full(1, x.shape) : weights

/** For each segment the rows of `data` that belong to it, added; how many segments there are must be known. */
const segmentSum =
  (mean: boolean): Lowering =>
  ({ data, indices, segmentIds }) => {
    const ids = segmentIds.node
    if (ids.primitive !== 'constant') {
      throw new Error(
        `trace: the segments of a sparse segment ${mean ? 'mean' : 'sum'}${atLocation(currentUserLocation())} must be constants, since they say how many rows the result has. tf.unsortedSegmentSum takes that number instead`,
      )
    }
    const count = (ids.attributes.value.at(-1) ?? -1) + 1
    const rows = p.scatterAdd(p.gather(data.node, indices.node), ids, count)
    if (!mean) return { node: rows, dtype: data.dtype }
    const sizes = new Array(count).fill(0)
    for (const id of ids.attributes.value) sizes[id]++
    const divisors = p.constant(
      sizes.map(size => Math.max(1, size)),
      rows.shape.map((_, axis) => (axis === 0 ? count : 1)),
    )
    return { node: p.divide(rows, p.broadcastTo(divisors, rows.shape)), dtype: data.dtype }
  }

const flat = (x: Node): Node => p.reshape(x, [sizeOf(x.shape)])

registerLowerings({
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }) => ({
    node: scatterRows(x.node, flat(segmentIds.node), numSegments),
    dtype: x.dtype,
  }),
  SparseSegmentSum: segmentSum(false),
  SparseSegmentMean: segmentSum(true),
  Bincount: ({ x, weights }, { size }) => ({
    node: scatterRows(weightsOf(x.node, weights.node), x.node, size),
    dtype: weights.dtype,
  }),
  /** The weights' type is that of the counts. */
  DenseBincount: ({ x, weights }, { size, binaryOutput }) => {
    const rows = x.node.shape.length === 2 ? x.node : p.reshape(x.node, [1, sizeOf(x.node.shape)])
    const ones = p.full(1, rows.shape)
    const binary = binaryOutput && x.node.shape.length === 2
    const counts = countInRows(rows, binary ? ones : weightsOf(rows, weights.node), size)
    const node = binary ? p.minimum(counts, p.full(1, counts.shape)) : counts
    return { node: x.node.shape.length === 2 ? node : flat(node), dtype: weights.dtype }
  },
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
