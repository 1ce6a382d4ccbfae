import { type Node, sameShape } from '../graph.ts'
import { add, concatenate, full, pad, slice } from '../primitives.ts'
import { isUniform } from './match.ts'
import type { Rule, Rules } from './normalise.ts'

/* Pads, concatenations and sums of them: what the derivative of slicing leaves behind. */

const padRule: Rule = node => {
  if (node.primitive !== 'pad') return undefined
  const [x] = node.operands
  if (isUniform(x, 0)) return full(0, node.shape)
  if (x.primitive !== 'pad') return undefined
  const [outer, inner] = [node.attributes, x.attributes]
  return pad(
    x.operands[0],
    node.shape,
    outer.begin.map((start, axis) => start + inner.begin[axis] * outer.strides[axis]),
    outer.strides.map((stride, axis) => stride * inner.strides[axis]),
  )
}

/** Neighbours that are slices of one array, one behind the other, are one slice. */
function joinedSlices(a: Node, b: Node, axis: number): Node | undefined {
  if (a.primitive !== 'slice' || b.primitive !== 'slice' || a.operands[0] !== b.operands[0]) return undefined
  if (a.attributes.strides[axis] !== 1 || b.attributes.strides[axis] !== 1) return undefined
  const follows = b.attributes.begin.every((start, i) =>
    i === axis
      ? start === a.attributes.begin[i] + a.shape[i]
      : start === a.attributes.begin[i] && a.attributes.strides[i] === b.attributes.strides[i],
  )
  if (!follows) return undefined
  const size = a.shape.with(axis, a.shape[axis] + b.shape[axis])
  return slice(a.operands[0], a.attributes.begin, size, a.attributes.strides)
}

const concatenateRule: Rule = node => {
  if (node.primitive !== 'concatenate') return undefined
  const { axis } = node.attributes
  const flat = node.operands
    .flatMap(x => (x.primitive === 'concatenate' && x.attributes.axis === axis ? x.operands : [x]))
    .filter(x => x.shape[axis] > 0)
  const pieces: Node[] = []
  for (const piece of flat) {
    const joined = pieces.length > 0 && joinedSlices(pieces.at(-1)!, piece, axis)
    if (joined) pieces[pieces.length - 1] = joined
    else pieces.push(piece)
  }
  if (pieces.length === 0) return node.operands[0]
  if (pieces.every(piece => isUniform(piece, 0))) return full(0, node.shape)
  return sameNodes(pieces, node.operands) ? undefined : concatenate(pieces, axis)
}

const sameNodes = (a: readonly Node[], b: readonly Node[]): boolean =>
  a.length === b.length && a.every((node, i) => node === b[i])

/** A stretch along an axis that is not zero. */
interface Segment {
  readonly begin: number
  readonly node: Node
}

/** The one axis along which an array is pieces with zeros between, and the pieces. */
function segmentsOf(node: Node): { axis: number; segments: Segment[] } | undefined {
  if (node.primitive === 'pad') {
    const [x] = node.operands
    const axes = x.shape.flatMap((extent, axis) => (extent === node.shape[axis] ? [] : [axis]))
    if (axes.length !== 1 || node.attributes.strides[axes[0]] !== 1) return undefined
    return { axis: axes[0], segments: [{ begin: node.attributes.begin[axes[0]], node: x }] }
  }
  if (node.primitive === 'concatenate') {
    const { axis } = node.attributes
    let begin = 0
    const segments: Segment[] = []
    for (const piece of node.operands) {
      if (!isUniform(piece, 0)) segments.push({ begin, node: piece })
      begin += piece.shape[axis]
    }
    return { axis, segments }
  }
  return undefined
}

/**
 * The sum of arrays that are zero where the other is not is their concatenation; where both have a piece at one place, of the sum of
 * the two. So the gradient of what was sliced in overlapping parts (neighbours in a chain) is one array, not one per part.
 */
const addPieces: Rule = node => {
  const [a, b] = node.operands.map(segmentsOf)
  if (!a || !b || a.axis !== b.axis) return undefined
  const { axis } = a
  const segments = [...a.segments, ...b.segments].sort((p, q) => p.begin - q.begin)
  const pieces: Node[] = []
  let end = 0
  for (const { begin, node: piece } of segments) {
    const last = pieces.at(-1)
    const extent = piece.shape[axis]
    if (begin < end) {
      if (begin !== end - extent || last?.shape[axis] !== extent) return undefined
      pieces[pieces.length - 1] = add(last, piece)
      continue
    }
    if (begin > end) pieces.push(full(0, piece.shape.with(axis, begin - end)))
    pieces.push(piece)
    end = begin + extent
  }
  if (end < node.shape[axis]) pieces.push(full(0, node.shape.with(axis, node.shape[axis] - end)))
  return concatenate(pieces, axis)
}

/** The sum of two pads to the same place is the pad of the sum. */
const addAligned: Rule = ({ operands: [a, b], shape }) => {
  if (a.primitive !== 'pad' || b.primitive !== 'pad') return undefined
  const [x, y] = [a.operands[0], b.operands[0]]
  const aligned =
    sameShape(x.shape, y.shape) &&
    sameShape(a.attributes.begin, b.attributes.begin) &&
    sameShape(a.attributes.strides, b.attributes.strides)
  return aligned ? pad(add(x, y), shape, a.attributes.begin, a.attributes.strides) : undefined
}

export const joinRules: Rules = {
  pad: [padRule],
  concatenate: [concatenateRule],
  add: [addAligned, addPieces],
}
