import { binaryPrimitives, type Node, type Shape, sameShape, sizeOf, unaryPrimitives } from '../graph.ts'
import { broadcast, reshape, transpose } from '../primitives.ts'
import { elementwiseOn, onlyUnits } from './match.ts'
import type { Rule, Rules } from './normalise.ts'

/** One number has the shape [], so that it is the same node however it came about. */
const withoutAxes: Rule = node => {
  if (node.shape.length === 0 || sizeOf(node.shape) !== 1) return undefined
  const inner = elementwiseOn(
    node,
    node.operands.map(operand => reshape(operand, [])),
  )
  return reshape(inner, node.shape)
}

/** The same for all elements: a scalar, broadcast. */
const isRepeatedScalar = (node: Node): boolean =>
  node.primitive === 'broadcast' && onlyUnits(node.operands[0].shape)

/** Operands that are all repeated along an axis are computed once: f(broadcast x, broadcast y) = broadcast f(x, y). */
const broadcastOutward: Rule = node => {
  if (!node.operands.every(operand => operand.primitive === 'broadcast')) return undefined
  const sources = node.operands.map(operand => operand.operands[0])
  const joined = node.shape.map((_, axis) => Math.max(...sources.map(source => source.shape[axis])))
  if (sizeOf(joined) >= sizeOf(node.shape)) return undefined
  return broadcast(
    elementwiseOn(
      node,
      sources.map(source => broadcast(source, joined)),
    ),
    node.shape,
  )
}

/** A repeated scalar in another shape, of any rank. */
const reshapedScalar = (node: Node, shape: Shape): Node =>
  broadcast(
    reshape(
      node.operands[0],
      shape.map(() => 1),
    ),
    shape,
  )

/** f(reshape x, reshape y, scalar) = reshape f(x, y, scalar), where x and y have one shape; likewise transpose. */
const rearrangementOutward: Rule = node => {
  if (node.shape.length === 0) return undefined
  const rearranged = node.operands.filter(operand => !isRepeatedScalar(operand))
  const [first] = rearranged
  if (!first || (first.primitive !== 'reshape' && first.primitive !== 'transpose')) return undefined
  const source = first.operands[0]
  const alike = rearranged.every(
    operand =>
      operand.primitive === first.primitive &&
      sameShape(operand.operands[0].shape, source.shape) &&
      (operand.primitive !== 'transpose' ||
        sameShape(
          operand.attributes.permutation,
          (first as Extract<Node, { primitive: 'transpose' }>).attributes.permutation,
        )),
  )
  if (!alike) return undefined
  const inner = elementwiseOn(
    node,
    node.operands.map(operand =>
      isRepeatedScalar(operand) ? reshapedScalar(operand, source.shape) : operand.operands[0],
    ),
  )
  return first.primitive === 'reshape'
    ? reshape(inner, node.shape)
    : transpose(inner, first.attributes.permutation)
}

/** Repetition and rearrangement move outward through elementwise primitives: less is computed, and more is alike. */
export const hoistRules: Rules = Object.fromEntries(
  [...unaryPrimitives, ...binaryPrimitives, 'select' as const].map(primitive => [
    primitive,
    [withoutAxes, broadcastOutward, rearrangementOutward],
  ]),
)
