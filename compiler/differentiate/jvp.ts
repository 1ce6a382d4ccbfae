import { type Node, sameShape, topologicalOrder } from '../graph.ts'
import { shapeText, withOrigin } from '../primitives.ts'
import type { Derivative } from './rule.ts'
import { ruleOf } from './rules.ts'

/** Checks that there is one derivative per node, and that each has its node's shape. */
export function checkDerivatives(
  where: string,
  nodes: readonly Node[],
  derivatives: readonly Derivative[],
): void {
  if (nodes.length !== derivatives.length) {
    throw new RangeError(`${where}: ${nodes.length} nodes, but ${derivatives.length} derivatives`)
  }
  nodes.forEach((node, i) => {
    const derivative = derivatives[i]
    if (derivative !== null && !sameShape(node.shape, derivative.shape)) {
      throw new RangeError(
        `${where}: derivative ${i} has shape ${shapeText(derivative.shape)}, its node ${shapeText(node.shape)}`,
      )
    }
  })
}

/**
 * Forward mode: the tangents of `outputs` when `inputs` move along `tangents`, i.e. Σ ∂output/∂inputᵢ·tangentᵢ.
 *
 * A tangent has its node's shape; null is zero, going in and coming out. Inputs are independent variables, also where
 * one was computed from another. The result shares the primal nodes, and can be differentiated again.
 */
export function jvp(
  outputs: readonly Node[],
  inputs: readonly Node[],
  tangents: readonly Derivative[],
): Derivative[] {
  checkDerivatives('jvp', inputs, tangents)
  const tangentOf = new Map<Node, Derivative>(inputs.map((input, i) => [input, tangents[i]]))
  for (const node of topologicalOrder(outputs)) {
    if (tangentOf.has(node)) continue
    const incoming = node.operands.map(operand => tangentOf.get(operand) ?? null)
    if (incoming.some(tangent => tangent !== null)) {
      tangentOf.set(
        node,
        withOrigin(node.origin, () => ruleOf(node).jvp(node, incoming)),
      )
    }
  }
  return outputs.map(output => tangentOf.get(output) ?? null)
}
