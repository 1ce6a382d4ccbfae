/** What a batching rule is. A batched value has one more axis, in front: its samples, one behind the other. */

import type { Node, Primitive, Shape } from '../graph.ts'
import { broadcastTo, reshape, transpose } from '../primitives.ts'

export type NodeFor<P extends Primitive> = Extract<Node, { primitive: P }>

/** The value of an operand: one for each sample ([batch, …shape]), or one for all of them (the operand's own shape). */
export interface Value {
  readonly node: Node
  readonly batched: boolean
}

/**
 * y = p(x₀, x₁, …) for each of `batch` samples, as one value of shape [batch, …y.shape]. A rule is asked only where at
 * least one operand is batched.
 */
export type Rule<N extends Node> = (y: N, operands: readonly Value[], batch: number) => Node

export type Rules<P extends Primitive> = { readonly [Q in P]: Rule<NodeFor<Q>> }

/** One for each sample: a shared value is repeated. */
export function stretched({ node, batched }: Value, batch: number): Node {
  return batched ? node : broadcastTo(node, [batch, ...node.shape])
}

/** Axes of a sample as axes of the batch. */
export const shifted = (axes: readonly number[]): number[] => axes.map(axis => axis + 1)

/** The axes in their order, but for the one at `from`, which comes to stand at `to`. */
export function moveAxis(node: Node, from: number, to: number): Node {
  const axes = node.shape.map((_, axis) => axis)
  axes.splice(to, 0, ...axes.splice(from, 1))
  return transpose(node, axes)
}

/** Axis and axis + 1 as one. */
export const mergeAxes = (node: Node, axis: number): Node =>
  reshape(node, node.shape.toSpliced(axis, 2, node.shape[axis] * node.shape[axis + 1]))

/** The axis as several, of these extents: what `mergeAxes` joined. */
export const splitAxis = (node: Node, axis: number, extents: Shape): Node =>
  reshape(node, node.shape.toSpliced(axis, 1, ...extents))
