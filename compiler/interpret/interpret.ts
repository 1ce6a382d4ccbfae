import { type Graph, type Node, sizeOf, topologicalOrder } from '../graph.ts'
import { shapeText } from '../primitives.ts'
import type { Arithmetic } from './arithmetic.ts'
import { type Complex, complex } from './complex.ts'
import { evaluate } from './evaluate.ts'
import { real } from './real.ts'

/** The values of the graph's outputs over `field`; inputs and outputs are flat, row-major. */
function run<T>(graph: Graph, inputs: readonly (readonly T[])[], field: Arithmetic<T>): T[][] {
  if (inputs.length !== graph.inputs.length) {
    throw new RangeError(
      `interpret: the graph has ${graph.inputs.length} inputs, but ${inputs.length} are given`,
    )
  }
  const values = new Map<Node, readonly T[]>()
  graph.inputs.forEach((node, i) => {
    if (inputs[i].length !== sizeOf(node.shape)) {
      throw new RangeError(
        `interpret: input ${i} has ${inputs[i].length} numbers, its shape ${shapeText(node.shape)} takes ${sizeOf(node.shape)}`,
      )
    }
    values.set(node, inputs[i])
  })
  for (const node of topologicalOrder(graph.outputs)) {
    if (values.has(node)) continue
    values.set(
      node,
      evaluate(
        field,
        node,
        node.operands.map(operand => values.get(operand)!),
      ),
    )
  }
  return graph.outputs.map(output => [...values.get(output)!])
}

/**
 * Runs a graph, slowly: the oracle for compiled programs.
 * @param inputs one flat, row-major array per input of the graph, in their order.
 * @returns one flat, row-major array per output.
 * @throws SingularMatrixError where a solve meets a zero pivot (for 'spd', one that is not positive).
 */
export function interpret(graph: Graph, inputs: readonly Float64Array[]): Float64Array[] {
  return run(
    graph,
    inputs.map(input => Array.from(input)),
    real,
  ).map(output => Float64Array.from(output))
}

/** A complex array, flat and row-major, as its real and imaginary parts. */
export interface ComplexArray {
  readonly re: Float64Array
  readonly im: Float64Array
}

/**
 * Runs a graph over the complex numbers, for derivatives by complex step: Im f(x + i·h·v)/h is f′(x)·v to rounding,
 * for h as small as 1e-200. Comparisons, extrema, roundings and pivoting go by real parts.
 * @throws SingularMatrixError as `interpret` does, where the real part of a pivot is zero.
 */
export function interpretComplex(graph: Graph, inputs: readonly ComplexArray[]): ComplexArray[] {
  const numbers = inputs.map(({ re, im }) => Array.from(re, (x, i): Complex => ({ re: x, im: im[i] })))
  return run(graph, numbers, complex).map(output => ({
    re: Float64Array.from(output, z => z.re),
    im: Float64Array.from(output, z => z.im),
  }))
}
