import { type Node, sizeOf } from '../graph.ts'
import { interpret } from '../interpret/index.ts'

/** Values of those nodes that depend on no input. */
export interface Constants {
  /** Undefined where the node depends on an input, or is too large to look at. */
  valueOf(node: Node): Float64Array | undefined
}

/** Larger arrays are not computed. */
const largestValue = 2 ** 18

/**
 * @param order operands before users
 * @param variable counts as an input, whatever it was computed from
 */
export function createConstants(order: readonly Node[], variable: Node): Constants {
  const constant = new Set<Node>()
  for (const node of order) {
    const isLeaf = node === variable || node.primitive === 'input'
    if (!isLeaf && node.operands.every(operand => constant.has(operand))) constant.add(node)
  }
  const values = new Map<Node, Float64Array>()
  return {
    valueOf(node) {
      if (!constant.has(node) || sizeOf(node.shape) > largestValue) return undefined
      const value = values.get(node) ?? interpret({ inputs: [], outputs: [node] }, [])[0]
      values.set(node, value)
      return value
    },
  }
}
