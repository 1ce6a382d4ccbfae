/** From one sample to a batch of them: a graph-to-graph transform by batching rules, one per primitive. */

import type { Graph, Node } from '../graph.ts'
import { input } from '../primitives.ts'
import { batchedNodes } from './batched.ts'

export interface VectorizedOptions {
  /** The number of samples, 1 or more. */
  readonly batch: number
  /** The inputs that have a value for each sample; the others are shared. Default: all of them. */
  readonly inputs?: readonly Node[]
}

/**
 * The graph that does for a batch what `graph` does for one sample: sample s of each output is `graph` on sample s of the
 * batched inputs and on the shared ones. The model need not know of it.
 *
 * Batched inputs are new nodes [batch, …shape] under the old names; shared inputs, such as parameters, are the nodes of
 * `graph`, so that a program can hold both and stores them once. Every output is [batch, …shape]. A product with a shared
 * matrix is one product for the whole batch, a solve with one has a right-hand side per sample, matrices that differ
 * are factored as a batch, and what does not depend on the sample is computed once.
 *
 * It composes with derivatives in either order: `vjp` of a vectorized graph sums over the samples the gradients of what
 * they share; vectorizing the graph of a `vjp` gives the gradient of each sample.
 *
 * @throws RangeError where `batch` is not a whole number of 1 or more, or `inputs` names what is no input of the graph.
 * @example
 * const [x, W] = [input('x', [1, 3]), input('W', [3, 2])]
 * const layer = { inputs: [x, W], outputs: [tanh(matmul(x, W))] }
 * const program = compile({ one: layer, many: vectorized(layer, { batch: 64, inputs: [x] }) })
 * program.many.inputs[0].length // 192, for x: [64, 1, 3]
 * program.many.inputs[1] === program.one.inputs[1] // true: W is shared
 * program.many.outputs[0].length // 128, for [64, 1, 2]
 */
export function vectorized(graph: Graph, { batch, inputs = graph.inputs }: VectorizedOptions): Graph {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new RangeError(`vectorized: a batch is a whole number of samples, 1 or more, not ${batch}`)
  }
  const stranger = inputs.findIndex(node => !graph.inputs.includes(node))
  if (stranger >= 0) {
    throw new RangeError(
      `vectorized: inputs[${stranger}] is not an input of the graph; pass nodes of graph.inputs`,
    )
  }
  const batched = graph.inputs.filter(node => inputs.includes(node))
  const samples = batched.map((node, i) =>
    input(node.primitive === 'input' ? node.attributes.name : `input ${i}`, [batch, ...node.shape]),
  )
  return {
    inputs: graph.inputs.map(node => samples[batched.indexOf(node)] ?? node),
    outputs: batchedNodes(graph.outputs, batched, samples, batch),
  }
}
