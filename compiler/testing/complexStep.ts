import type { Graph } from '../graph.ts'
import { interpretComplex } from '../interpret/index.ts'

const h = 1e-200

/**
 * Σ ∂outputⱼ/∂inputᵢ·tangentᵢ for each output, exact to rounding and without any derivative rule: Im f(x + i·h·v)/h.
 */
export function complexStep(
  graph: Graph,
  inputs: readonly Float64Array[],
  tangents: readonly Float64Array[],
): Float64Array[] {
  const stepped = inputs.map((re, i) => ({ re, im: tangents[i].map(v => h * v) }))
  return interpretComplex(graph, stepped).map(output => output.im.map(x => x / h))
}
