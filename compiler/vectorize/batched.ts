import { type Node, sameShape, topologicalOrder } from '../graph.ts'
import { shapeText, withOrigin } from '../primitives.ts'
import { stretched, type Value } from './rule.ts'
import { ruleOf } from './rules.ts'

/**
 * `outputs` for each sample of a batch, [batch, …shape], where `inputs` take the samples of `values`, each [batch,
 * …shape of its input].
 *
 * Inputs are independent variables, also where one was computed from another. What does not depend on them is computed
 * once, by the nodes that are there already, and repeated only where it meets a batch.
 */
export function batchedNodes(
  outputs: readonly Node[],
  inputs: readonly Node[],
  values: readonly Node[],
  batch: number,
): Node[] {
  const known = new Map<Node, Value>()
  inputs.forEach((input, i) => {
    const wanted = [batch, ...input.shape]
    if (!sameShape(values[i].shape, wanted)) {
      throw new RangeError(
        `vectorized: the samples of input ${i} have shape ${shapeText(values[i].shape)}, not ${shapeText(wanted)}`,
      )
    }
    known.set(input, { node: values[i], batched: true })
  })
  for (const node of topologicalOrder(outputs)) {
    if (known.has(node)) continue
    const operands = node.operands.map(operand => known.get(operand)!)
    const batched = operands.some(operand => operand.batched)
    known.set(node, {
      node: batched ? withOrigin(node.origin, () => ruleOf(node)(node, operands, batch)) : node,
      batched,
    })
  }
  return outputs.map(output => stretched(known.get(output)!, batch))
}
