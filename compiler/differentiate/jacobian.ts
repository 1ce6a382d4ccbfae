/** Whole derivative matrices, and second derivatives in a direction. */

import { type Node, sizeOf } from '../graph.ts'
import { concatenate, constant, full, reshape, shapeText, transposeMatrix } from '../primitives.ts'
import { jvp } from './jvp.ts'
import type { Derivative } from './rule.ts'
import { vjp } from './vjp.ts'

/** The n arrays of `like`'s shape with a single 1. */
const units = (like: Node): Node[] =>
  Array.from({ length: sizeOf(like.shape) }, (_, i) =>
    constant(new Float64Array(sizeOf(like.shape)).fill(1, i, i + 1), like.shape),
  )

/**
 * ∂output/∂input as an m×n matrix, both flattened row-major; null where it is zero. By columns (n JVPs), or by rows (m
 * VJPs) where those are fewer. Linear solves in the model share one factorisation.
 */
export function jacobian(output: Node, input: Node): Derivative {
  const m = sizeOf(output.shape)
  const n = sizeOf(input.shape)
  const byColumns = n <= m
  const [length, lines] = byColumns
    ? [m, units(input).map(unit => jvp([output], [input], [unit])[0])]
    : [n, units(output).map(unit => vjp([output], [unit], [input])[0])]
  if (lines.every(line => line === null)) return null
  const rows = concatenate(
    lines.map(line => (line === null ? full(0, [1, length]) : reshape(line, [1, length]))),
    0,
  )
  return byColumns ? transposeMatrix(rows) : rows
}

/**
 * Hessian-vector products, forward over reverse: Σⱼ ∂²output/∂inputᵢ∂inputⱼ · directionⱼ for each i.
 * @throws RangeError unless `output` is a scalar.
 */
export function hvp(output: Node, inputs: readonly Node[], directions: readonly Derivative[]): Derivative[] {
  if (sizeOf(output.shape) !== 1) {
    throw new RangeError(`hvp: the output must be a scalar, not ${shapeText(output.shape)}`)
  }
  const gradients = vjp([output], [full(1, output.shape)], inputs)
  const present = gradients.filter(gradient => gradient !== null)
  const products = jvp(present, inputs, directions)
  return gradients.map(gradient => (gradient === null ? null : products[present.indexOf(gradient)]))
}
