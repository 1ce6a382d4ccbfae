/** Kernels that move numbers, and those that make constants. */

import { slice_util as sliceUtil } from '@tensorflow/tfjs-core'
import { type Node, type Shape, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { registerLowerings } from '../lowering.ts'
import type { Value } from '../values.ts'
import { cast } from './elementwise.ts'
import { axesOf } from './reductions.ts'

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
const insert = (shape: Shape, axis: number): number[] =>
  shape.toSpliced(positive(axis, shape.length + 1), 0, 1)
const remove = (shape: Shape, axis: number): number[] => shape.toSpliced(positive(axis, shape.length), 1)
/** `extent` along `axis`, and the rest of `shape`; for begins, zeros elsewhere. */
const beginAt = (shape: Shape, axis: number, begin: number): number[] =>
  shape.map((_, i) => (i === axis ? begin : 0))

export const sequence = (count: number, first = 0, step = 1): number[] =>
  Array.from({ length: count }, (_, i) => first + i * step)

/** Parts one behind the other along `axis`, of these sizes. */
function split(x: Node, sizes: readonly number[], axis: number): Node[] {
  let begin = 0
  return sizes.map(size => {
    const part = p.slice(x, beginAt(x.shape, axis, begin), x.shape.with(axis, size))
    begin += size
    return part
  })
}

/** Strides may be negative: those axes are read from the back. */
function stridedSlice(x: Node, begin: number[], end: number[], strides: number[]): Node {
  const backwards = strides.flatMap((stride, axis) => (stride < 0 ? [axis] : []))
  const size = sliceUtil.computeOutShape(begin, end, strides)
  const first = begin.map((start, axis) => (strides[axis] < 0 ? x.shape[axis] - 1 - start : start))
  return p.slice(p.reverse(x, backwards), first, size, strides.map(Math.abs))
}

function tile(x: Node, repetitions: readonly number[]): Node {
  const interleaved = x.shape.flatMap(extent => [1, extent])
  const repeated = x.shape.flatMap((extent, axis) => [repetitions[axis], extent])
  return p.reshape(
    p.broadcast(p.reshape(x, interleaved), repeated),
    x.shape.map((extent, axis) => extent * repetitions[axis]),
  )
}

/** Pairs: so many before, so many after. */
type Paddings = readonly (readonly number[])[]

/** By zeros and the primitive `pad`; another value shows where a padded field of ones has none. */
export function pad(x: Node, paddings: Paddings, value: number): Node {
  const shape = x.shape.map((extent, axis) => paddings[axis][0] + extent + paddings[axis][1])
  const begin = paddings.map(([before]) => before)
  const padded = p.pad(x, shape, begin)
  if (value === 0) return padded
  const inside = p.pad(p.full(1, x.shape), shape, begin)
  return p.select(inside, padded, p.full(value, shape))
}

function mirrorPad(x: Node, paddings: Paddings, mode: 'reflect' | 'symmetric'): Node {
  const offset = mode === 'reflect' ? 1 : 0
  return x.shape.reduce((node, extent, axis) => {
    const [before, after] = paddings[axis]
    const mirror = (begin: number, count: number) =>
      p.reverse(p.slice(node, beginAt(node.shape, axis, begin), node.shape.with(axis, count)), [axis])
    const parts = [mirror(offset, before), node, mirror(extent - offset - after, after)]
    return p.concatenate(
      parts.filter(part => part.shape[axis] > 0 || part === node),
      axis,
    )
  }, x)
}

/** Rows along `axis` that `indices`, of any rank, name. */
function gather(x: Node, indices: Node, axis: number): Node {
  const rows = p.gather(x, p.reshape(indices, [sizeOf(indices.shape)]), axis)
  return p.reshape(rows, x.shape.toSpliced(axis, 1, ...indices.shape))
}

/** Like `gather`, with the first `batchDims` axes in common: x's rows of all items in one list, numbered through. */
function batchGather(x: Node, indices: Node, axis: number, batchDims: number): Node {
  if (batchDims === 0) return gather(x, indices, axis)
  const n = x.shape[axis]
  const items = sizeOf(x.shape.slice(0, batchDims))
  const order = x.shape
    .map((_, i) => i)
    .toSpliced(axis, 1)
    .toSpliced(batchDims, 0, axis)
  const moved = p.transpose(x, order)
  const rest = moved.shape.slice(batchDims + 1)

  const own = p.reshape(indices, [items, sizeOf(indices.shape) / Math.max(items, 1)])
  const first = p.broadcast(p.constant(sequence(items, 0, n), [items, 1]), own.shape)
  const inside = p.multiply(p.greaterEqual(own, p.full(0, own.shape)), p.less(own, p.full(n, own.shape)))
  const numbers = p.select(inside, p.add(own, first), p.full(-1, own.shape))
  const rows = gather(p.reshape(moved, [items * n, ...rest]), p.reshape(numbers, indices.shape), 0)

  // [...items, ...indices, ...between, ...behind] → [...items, ...between, ...indices, ...behind]
  const axes = rows.shape.map((_, i) => i)
  const between = axes.slice(indices.shape.length, indices.shape.length + axis - batchDims)
  const behind = axes.slice(indices.shape.length + between.length)
  const [common, picked] = [axes.slice(0, batchDims), axes.slice(batchDims, indices.shape.length)]
  return p.transpose(rows, [...common, ...between, ...picked, ...behind])
}

/** The row-major numbers of the elements or slices of `shape` that the last axis of `indices` addresses. */
export function flatIndices(indices: Node, shape: Shape): Node {
  const depth = indices.shape.at(-1)!
  const strides = sequence(depth).map(axis => sizeOf(shape.slice(axis + 1, depth)))
  const terms = p.multiply(indices, p.broadcastTo(p.constant(strides, [depth]), indices.shape))
  return p.sum(terms, [indices.shape.length - 1])
}

function gatherElements(x: Node, indices: Node): Node {
  const depth = indices.shape.at(-1)!
  const slices = p.reshape(x, [sizeOf(x.shape.slice(0, depth)), ...x.shape.slice(depth)])
  return gather(slices, flatIndices(indices, x.shape), 0)
}

const stack = (nodes: readonly Node[], axis: number): Node =>
  p.concatenate(
    nodes.map(node => p.reshape(node, insert(node.shape, axis))),
    positive(axis, nodes[0].shape.length + 1),
  )

function oneHot(indices: Node, depth: number, on: number, off: number): Node {
  const shape = [...indices.shape, depth]
  const classes = p.broadcastTo(p.constant(sequence(depth), [depth]), shape)
  const hit = p.equal(p.broadcastTo(p.reshape(indices, insert(indices.shape, -1)), shape), classes)
  return p.select(hit, p.full(on, shape), p.full(off, shape))
}

/** diag(x): twice the axes of x. */
function diagonal(x: Node): Node {
  const size = sizeOf(x.shape)
  const hit = p.constant(
    Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0)),
    [size, size],
  )
  const rows = p.broadcastTo(p.reshape(x, [size, 1]), [size, size])
  return p.reshape(p.multiply(rows, hit), [...x.shape, ...x.shape])
}

/** The shape, as a tensor, to which the shapes a and b broadcast: of each pair of extents the one that is not 1. */
function broadcastExtents(a: Node, b: Node): Node {
  const rank = Math.max(a.shape[0], b.shape[0])
  const [left, right] = [a, b].map(x => pad(x, [[rank - x.shape[0], 0]], 1))
  return p.select(p.equal(left, p.full(1, [rank])), right, left)
}

const mapped = ({ dtype }: Value, node: Node): Value => ({ node, dtype })

registerLowerings({
  Reshape: ({ x }, { shape }) => {
    const known = sizeOf(shape.filter((extent: number) => extent !== -1))
    return mapped(
      x,
      p.reshape(
        x.node,
        shape.map((extent: number) => (extent === -1 ? sizeOf(x.node.shape) / known : extent)),
      ),
    )
  },
  ExpandDims: ({ input }, { dim }) => mapped(input, p.reshape(input.node, insert(input.node.shape, dim))),
  BroadcastArgs: ({ s0, s1 }) => mapped(s0, broadcastExtents(s0.node, s1.node)),
  Transpose: ({ x }, { perm }) => mapped(x, p.transpose(x.node, perm)),
  Tile: ({ x }, { reps }) => mapped(x, tile(x.node, reps)),
  PadV2: ({ x }, { paddings, constantValue }) => mapped(x, pad(x.node, paddings, constantValue)),
  MirrorPad: ({ x }, { paddings, mode }) => mapped(x, mirrorPad(x.node, paddings, mode)),
  Reverse: ({ x }, { dims }) => mapped(x, p.reverse(x.node, axesOf(dims, x.node.shape.length))),
  Slice: ({ x }, { begin, size }) => {
    const shape = [...x.node.shape]
    const [first, extents] = sliceUtil.parseSliceParams({ dataId: {}, shape, dtype: x.dtype }, begin, size)
    return mapped(x, p.slice(x.node, first, extents))
  },
  StridedSlice: (
    { x },
    { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask },
  ) => {
    const info = sliceUtil.sliceInfo(
      [...x.node.shape], begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask,
    ) // biome-ignore format: tfjs' order of arguments
    return mapped(x, p.reshape(stridedSlice(x.node, info.begin, info.end, info.strides), info.finalShape))
  },
  SplitV: ({ x }, { numOrSizeSplits, axis }) => {
    const along = positive(axis, x.node.shape.length)
    const extent = x.node.shape[along]
    const sizes: number[] =
      typeof numOrSizeSplits === 'number'
        ? new Array(numOrSizeSplits).fill(extent / numOrSizeSplits)
        : numOrSizeSplits.map((size: number, _: number, all: number[]) =>
            size === -1 ? extent - all.reduce((a, b) => a + b, 0) - 1 : size,
          )
    return split(x.node, sizes, along).map(node => mapped(x, node))
  },
  Concat: (operands, { axis }) => {
    const parts = Object.values(operands)
    const along = positive(axis, parts[0].node.shape.length)
    return mapped(
      parts[0],
      p.concatenate(
        parts.map(part => part.node),
        along,
      ),
    )
  },
  Pack: (operands, { axis }) => {
    const parts = Object.values(operands)
    return mapped(
      parts[0],
      stack(
        parts.map(part => part.node),
        axis,
      ),
    )
  },
  Unpack: ({ value }, { axis }) => {
    const along = positive(axis, value.node.shape.length)
    const parts = split(value.node, new Array(value.node.shape[along]).fill(1), along)
    return parts.map(part => mapped(value, p.reshape(part, remove(part.shape, along))))
  },
  GatherV2: ({ x, indices }, { axis, batchDims = 0 }) =>
    mapped(x, batchGather(x.node, indices.node, positive(axis, x.node.shape.length), batchDims)),
  GatherNd: ({ params, indices }) => mapped(params, gatherElements(params.node, indices.node)),
  OneHot: ({ indices }, { depth, onValue, offValue, dtype }) => ({
    node: oneHot(indices.node, depth, onValue, offValue),
    dtype: dtype ?? 'int32',
  }),
  Diag: ({ x }) => mapped(x, diagonal(x.node)),

  Fill: (_, { shape, value, dtype }) => ({ node: p.full(value, shape), dtype: dtype ?? 'float32' }),
  ZerosLike: ({ x }) => mapped(x, p.full(0, x.node.shape)),
  OnesLike: ({ x }) => mapped(x, p.full(1, x.node.shape)),
  LinSpace: (_, { start, stop, num }) => {
    const values = num === 1 ? [start] : sequence(num, start, (stop - start) / (num - 1))
    return { node: p.constant(values, [num]), dtype: 'float32' }
  },
  Range: (_, { start, stop, step, dtype }) => {
    const count = Math.max(0, Math.ceil((stop - start) / step))
    return cast(
      { node: p.constant(sequence(count, start, step), [count]), dtype: 'float32' },
      dtype ?? 'float32',
    )
  },
})
