import { type Node, type Shape, sameShape, sizeOf } from '../graph.ts'
import { broadcast, concatenate, full, pad, reshape, reverse, slice, transpose } from '../primitives.ts'
import { isUnitReshape } from './match.ts'
import type { Rule, Rules } from './normalise.ts'

/* Rearrangements that undo, join or pass one another. */

const reshapeRule: Rule = node => {
  const [x] = node.operands
  if (sameShape(x.shape, node.shape)) return x
  if (x.primitive === 'reshape') return reshape(x.operands[0], node.shape)
  if (x.primitive === 'broadcast' && isUnitReshape(x.shape, node.shape)) {
    // The extents before repetition, moved to where their axes went.
    const extents = x.operands[0].shape.filter((_, axis) => x.shape[axis] !== 1)
    const source = node.shape.map(extent => (extent === 1 ? 1 : extents.shift()!))
    return broadcast(reshape(x.operands[0], source), node.shape)
  }
  return undefined
}

const transposeRule: Rule = node => {
  if (node.primitive !== 'transpose') return undefined
  const [x] = node.operands
  const { permutation } = node.attributes
  if (x.primitive === 'transpose') {
    return transpose(
      x.operands[0],
      permutation.map(axis => x.attributes.permutation[axis]),
    )
  }
  if (x.primitive === 'broadcast') return broadcast(transpose(x.operands[0], permutation), node.shape)
  const moved = permutation.filter(axis => x.shape[axis] !== 1)
  if (moved.every((axis, i) => i === 0 || moved[i - 1] < axis)) return reshape(x, node.shape)
  return undefined
}

const broadcastRule: Rule = node => {
  const [x] = node.operands
  if (sameShape(x.shape, node.shape)) return x
  return x.primitive === 'broadcast' ? broadcast(x.operands[0], node.shape) : undefined
}

const reverseRule: Rule = node => {
  if (node.primitive !== 'reverse') return undefined
  const [x] = node.operands
  const axes = node.attributes.axes.filter(axis => x.shape[axis] !== 1)
  if (axes.length < node.attributes.axes.length) return reverse(x, axes)
  if (x.primitive === 'reverse') {
    const other = x.attributes.axes
    const once = [
      ...axes.filter(axis => !other.includes(axis)),
      ...other.filter(axis => !axes.includes(axis)),
    ]
    return reverse(x.operands[0], once)
  }
  return undefined
}

const sliceRule: Rule = node => {
  if (node.primitive !== 'slice') return undefined
  const [x] = node.operands
  const { begin, strides } = node.attributes
  switch (x.primitive) {
    case 'slice': {
      const inner = x.attributes
      return slice(
        x.operands[0],
        begin.map((start, axis) => inner.begin[axis] + start * inner.strides[axis]),
        node.shape,
        strides.map((stride, axis) => stride * inner.strides[axis]),
      )
    }
    case 'broadcast': {
      const [source] = x.operands
      const repeated = (axis: number) => source.shape[axis] !== x.shape[axis]
      const part = slice(
        source,
        begin.map((start, axis) => (repeated(axis) ? 0 : start)),
        node.shape.map((extent, axis) => (repeated(axis) ? 1 : extent)),
        strides,
      )
      return broadcast(part, node.shape)
    }
    case 'transpose': {
      const { permutation } = x.attributes
      const unpermuted = (list: readonly number[]) => {
        const result: number[] = []
        permutation.forEach((axis, i) => {
          result[axis] = list[i]
        })
        return result
      }
      const part = slice(x.operands[0], unpermuted(begin), unpermuted(node.shape), unpermuted(strides))
      return transpose(part, permutation)
    }
    case 'concatenate':
      return sliceOfConcatenate(x, begin, node.shape, strides)
    case 'pad':
      return sliceOfPad(x, begin, node.shape, strides)
    default:
      return undefined
  }
}

/** Only the pieces that the slice meets, where it is not strided along the axis. */
function sliceOfConcatenate(
  joined: Extract<Node, { primitive: 'concatenate' }>,
  begin: readonly number[],
  size: Shape,
  strides: readonly number[],
): Node | undefined {
  const { axis } = joined.attributes
  if (strides[axis] !== 1 || sizeOf(size) === 0) return undefined
  const pieces: Node[] = []
  let start = 0
  for (const piece of joined.operands) {
    const extent = piece.shape[axis]
    const from = Math.max(begin[axis] - start, 0)
    const to = Math.min(begin[axis] + size[axis] - start, extent)
    if (from < to) pieces.push(slice(piece, begin.with(axis, from), size.with(axis, to - from), strides))
    start += extent
  }
  return pieces.length < joined.operands.length || pieces.every(piece => piece.primitive !== 'slice')
    ? concatenate(pieces, axis)
    : undefined
}

/** Inside what was padded, or outside of it: per axis, where neither is strided. */
function sliceOfPad(
  padded: Extract<Node, { primitive: 'pad' }>,
  begin: readonly number[],
  size: Shape,
  strides: readonly number[],
): Node | undefined {
  if ([...strides, ...padded.attributes.strides].some(stride => stride !== 1)) return undefined
  const [x] = padded.operands
  const offset = padded.attributes.begin
  const from = begin.map((start, axis) => Math.max(start, offset[axis]))
  const to = begin.map((start, axis) => Math.min(start + size[axis], offset[axis] + x.shape[axis]))
  if (from.some((start, axis) => start >= to[axis])) return full(0, size)
  const part = slice(
    x,
    from.map((start, axis) => start - offset[axis]),
    from.map((start, axis) => to[axis] - start),
  )
  return pad(
    part,
    size,
    from.map((start, axis) => start - begin[axis]),
  )
}

export const viewRules: Rules = {
  reshape: [reshapeRule],
  transpose: [transposeRule],
  broadcast: [broadcastRule],
  reverse: [reverseRule],
  slice: [sliceRule],
}
