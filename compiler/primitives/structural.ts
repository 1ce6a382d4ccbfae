/**
 * Primitives that move numbers and compute none (but for scatterAdd's sums). One that would change nothing
 * returns its operand.
 */

import { makeNode, type Node, type Shape, sameShape, sizeOf } from '../graph.ts'
import { scalar } from './elementwise.ts'
import { currentOrigin } from './origin.ts'
import { checkAxes, checkAxis, checkShape, isIdentity, shapeText } from './shapes.ts'

/** The same numbers, in row-major order, under another shape of the same size. */
export function reshape(a: Node, shape: Shape): Node {
  checkShape('reshape', shape)
  if (sizeOf(shape) !== sizeOf(a.shape)) {
    throw new RangeError(
      `reshape: ${shapeText(a.shape)} has ${sizeOf(a.shape)} elements, ${shapeText(shape)} has ${sizeOf(shape)}`,
    )
  }
  return sameShape(a.shape, shape) ? a : makeNode('reshape', [a], [...shape], undefined, currentOrigin())
}

/** Repeats along axes of extent 1; the rank stays. `broadcastTo` also adds axes. */
export function broadcast(a: Node, shape: Shape): Node {
  checkShape('broadcast', shape)
  if (
    a.shape.length !== shape.length ||
    a.shape.some((extent, axis) => extent !== 1 && extent !== shape[axis])
  ) {
    throw new RangeError(
      `broadcast: ${shapeText(a.shape)} does not stretch to ${shapeText(shape)}; ranks are equal, and only extents 1 stretch`,
    )
  }
  return sameShape(a.shape, shape) ? a : makeNode('broadcast', [a], [...shape], undefined, currentOrigin())
}

/** Broadcast by NumPy's rule: axes of extent 1 are put in front, then extents 1 stretch. */
export function broadcastTo(a: Node, shape: Shape): Node {
  const missing = shape.length - a.shape.length
  if (missing < 0) {
    throw new RangeError(`broadcast: ${shapeText(a.shape)} has more axes than ${shapeText(shape)}`)
  }
  return broadcast(reshape(a, [...Array<number>(missing).fill(1), ...a.shape]), shape)
}

/** x everywhere: a scalar constant, broadcast. */
export const full = (x: number, shape: Shape): Node => broadcastTo(scalar(x), shape)

/** Result axis i is operand axis permutation[i]. */
export function transpose(a: Node, permutation: readonly number[]): Node {
  const rank = a.shape.length
  if (permutation.length !== rank) {
    throw new RangeError(
      `transpose: permutation ${shapeText(permutation)} has ${permutation.length} axes, the operand ${shapeText(a.shape)} has ${rank}`,
    )
  }
  checkAxes('transpose', permutation, rank)
  const axes = permutation.map(axis => checkAxis('transpose', axis, rank))
  if (isIdentity(axes)) return a
  return makeNode(
    'transpose',
    [a],
    axes.map(axis => a.shape[axis]),
    { permutation: axes },
    currentOrigin(),
  )
}

/** Swaps the last two axes. */
export function transposeMatrix(a: Node): Node {
  const rank = a.shape.length
  if (rank < 2) throw new RangeError(`transposeMatrix: ${shapeText(a.shape)} is no matrix`)
  const permutation = a.shape.map((_, axis) => axis)
  permutation[rank - 2] = rank - 1
  permutation[rank - 1] = rank - 2
  return transpose(a, permutation)
}

/** Checks that the strided positions begin, begin + stride, … of `inner` all lie in `outer`. */
function checkStrided(where: string, inner: Shape, outer: Shape, begin: Shape, strides: Shape): void {
  const lists = { begin, strides, [where === 'slice' ? 'size' : 'shape']: where === 'slice' ? inner : outer }
  const rank = where === 'slice' ? outer.length : inner.length
  for (const [name, list] of Object.entries(lists)) {
    if (list.length !== rank) {
      throw new RangeError(`${where}: ${name} ${shapeText(list)} must name ${rank} axes`)
    }
    if (list.some(x => !Number.isInteger(x) || x < (name === 'strides' ? 1 : 0))) {
      throw new RangeError(
        `${where}: ${name} ${shapeText(list)} must be whole numbers, ${name === 'strides' ? '1' : '0'} or more`,
      )
    }
  }
  for (let axis = 0; axis < rank; axis++) {
    if (inner[axis] === 0) continue
    const last = begin[axis] + (inner[axis] - 1) * strides[axis]
    if (last >= outer[axis]) {
      throw new RangeError(
        `${where}: axis ${axis} reaches index ${last}, but its extent is ${outer[axis]} (${inner[axis]} from ${begin[axis]} by ${strides[axis]})`,
      )
    }
  }
}

const ones = (shape: Shape): number[] => shape.map(() => 1)

/** Result index i is operand index begin + i·stride, per axis, `size` of them; strides are 1 unless given. */
export function slice(
  a: Node,
  begin: readonly number[],
  size: readonly number[],
  strides: readonly number[] = ones(a.shape),
): Node {
  checkStrided('slice', size, a.shape, begin, strides)
  if (sameShape(size, a.shape)) return a
  return makeNode(
    'slice',
    [a],
    [...size],
    { begin: [...begin], strides: canonicalStrides(size, strides) },
    currentOrigin(),
  )
}

/** The transpose of slice: zeros of `shape`, with operand index i at begin + i·stride, per axis. */
export function pad(
  a: Node,
  shape: Shape,
  begin: readonly number[],
  strides: readonly number[] = ones(a.shape),
): Node {
  checkStrided('pad', a.shape, shape, begin, strides)
  if (sameShape(shape, a.shape)) return a
  return makeNode(
    'pad',
    [a],
    [...shape],
    { begin: [...begin], strides: canonicalStrides(a.shape, strides) },
    currentOrigin(),
  )
}

/** The stride of a single element says nothing: it is written as 1. */
const canonicalStrides = (size: Shape, strides: readonly number[]): number[] =>
  strides.map((stride, axis) => (size[axis] <= 1 ? 1 : stride))

/** One behind the other along `axis`; the other extents are equal. */
export function concatenate(nodes: readonly Node[], axis: number): Node {
  if (nodes.length === 0) throw new RangeError('concatenate: there is nothing to join')
  const shape = [...nodes[0].shape]
  const along = checkAxis('concatenate', axis, shape.length)
  for (const node of nodes) {
    if (
      node.shape.length !== shape.length ||
      node.shape.some((extent, i) => i !== along && extent !== shape[i])
    ) {
      throw new RangeError(
        `concatenate: ${nodes.map(n => shapeText(n.shape)).join(', ')} differ in more than axis ${along}`,
      )
    }
  }
  if (nodes.length === 1) return nodes[0]
  shape[along] = nodes.reduce((total, node) => total + node.shape[along], 0)
  return makeNode('concatenate', [...nodes], shape, { axis: along }, currentOrigin())
}

/** Back to front along each of `axes`. */
export function reverse(a: Node, axes: readonly number[]): Node {
  const sorted = checkAxes('reverse', axes, a.shape.length)
  return sorted.length === 0 ? a : makeNode('reverse', [a], a.shape, { axes: sorted }, currentOrigin())
}

function checkIndices(where: string, indices: Node): number {
  if (indices.shape.length !== 1) {
    throw new RangeError(
      `${where}: indices must have rank 1, not shape ${shapeText(indices.shape)}; reshape them`,
    )
  }
  return indices.shape[0]
}

/** The rows of `a` along `axis` that `indices` (rank 1) names. */
export function gather(a: Node, indices: Node, axis = 0): Node {
  const along = checkAxis('gather', axis, a.shape.length)
  const count = checkIndices('gather', indices)
  return makeNode('gather', [a, indices], a.shape.with(along, count), { axis: along }, currentOrigin())
}

/** The transpose of gather: zeros with `extent` rows along `axis`, rows of `updates` added where `indices` says. */
export function scatterAdd(updates: Node, indices: Node, extent: number, axis = 0): Node {
  const along = checkAxis('scatterAdd', axis, updates.shape.length)
  const count = checkIndices('scatterAdd', indices)
  if (updates.shape[along] !== count) {
    throw new RangeError(
      `scatterAdd: ${updates.shape[along]} rows along axis ${along} of ${shapeText(updates.shape)}, but ${count} indices`,
    )
  }
  checkShape('scatterAdd', [extent])
  return makeNode(
    'scatterAdd',
    [updates, indices],
    updates.shape.with(along, extent),
    { axis: along },
    currentOrigin(),
  )
}
