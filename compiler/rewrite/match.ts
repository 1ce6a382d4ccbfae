/** Questions that several rules ask of a node. */

import {
  type BinaryPrimitive,
  binaryPrimitives,
  makeNode,
  type Node,
  type Shape,
  sameShape,
  type UnaryPrimitive,
  unaryPrimitives,
} from '../graph.ts'

const unaries: ReadonlySet<string> = new Set<UnaryPrimitive>(unaryPrimitives)
const binaries: ReadonlySet<string> = new Set<BinaryPrimitive>(binaryPrimitives)

/** One value per element from the operands' values at that element. */
export const isElementwise = (node: Node): boolean =>
  unaries.has(node.primitive) || binaries.has(node.primitive) || node.primitive === 'select'

/** The same elementwise primitive on operands of another shape. */
export const elementwiseOn = (node: Node, operands: readonly Node[]): Node =>
  makeNode(node.primitive, operands, operands[0].shape, undefined, node.origin)

/** The one number that every element is, if the node shows it. */
export function uniformValue(node: Node): number | undefined {
  let source = node
  while (source.primitive === 'broadcast' || source.primitive === 'reshape') source = source.operands[0]
  return source.primitive === 'constant' && source.attributes.value.length === 1
    ? source.attributes.value[0]
    : undefined
}

export const isUniform = (node: Node, value: number): boolean => uniformValue(node) === value

/** 0, 1, …, rank − 1 with the last two swapped. */
export const isMatrixTranspose = (permutation: readonly number[]): boolean => {
  const rank = permutation.length
  return permutation.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i))
}

export const onlyUnits = (shape: Shape): boolean => shape.every(extent => extent === 1)

/** Whether two shapes differ by axes of extent 1 only. */
export function isUnitReshape(from: Shape, to: Shape): boolean {
  const [a, b] = [from, to].map(shape => shape.filter(extent => extent !== 1))
  return sameShape(a, b)
}
