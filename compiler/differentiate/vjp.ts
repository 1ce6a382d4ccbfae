import { type Node, topologicalOrder } from '../graph.ts'
import { withOrigin } from '../primitives.ts'
import { checkDerivatives } from './jvp.ts'
import { type Derivative, sumOf } from './rule.ts'
import { activeNodes, ruleOf } from './rules.ts'

/**
 * Reverse mode: the gradients by `inputs` of Σ ⟨cotangentⱼ, outputⱼ⟩, i.e. Σ (∂outputⱼ/∂input)ᵀ·cotangentⱼ.
 *
 * A cotangent has its node's shape; null is zero, going in and coming out. Inputs are independent variables, also where
 * one was computed from another. Only nodes between inputs and outputs are visited, each once, with the sum of its
 * cotangents. The result shares the primal nodes, and can be differentiated again.
 */
export function vjp(
  outputs: readonly Node[],
  cotangents: readonly Derivative[],
  inputs: readonly Node[],
): Derivative[] {
  checkDerivatives('vjp', outputs, cotangents)
  const order = topologicalOrder(outputs)
  const active = activeNodes(order, inputs)
  const independent = new Set(inputs)
  const termsOf = new Map<Node, Node[]>()
  const contribute = (node: Node, cotangent: Derivative): void => {
    if (cotangent === null || !active.has(node)) return
    const terms = termsOf.get(node)
    if (terms) terms.push(cotangent)
    else termsOf.set(node, [cotangent])
  }
  outputs.forEach((output, j) => {
    contribute(output, cotangents[j])
  })
  for (const node of order.toReversed()) {
    const terms = termsOf.get(node)
    if (terms === undefined || independent.has(node)) continue
    withOrigin(node.origin, () => {
      const cotangent = sumOf(terms)!
      const wanted = node.operands.map(operand => active.has(operand))
      ruleOf(node)
        .vjp(node, cotangent, wanted)
        .forEach((term, i) => {
          contribute(node.operands[i], term)
        })
    })
  }
  return inputs.map(input => sumOf(termsOf.get(input) ?? []))
}
