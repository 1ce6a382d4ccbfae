/** Whole derivative matrices, and second derivatives in a direction. */

import { type Node, sizeOf } from '../graph.ts'
import { concatenate, constant, full, input, reshape, shapeText, transposeMatrix } from '../primitives.ts'
import { batchedNodes } from '../vectorize/batched.ts'
import { jvp } from './jvp.ts'
import type { Derivative } from './rule.ts'
import { colouredJacobian } from './sparseJacobian.ts'
import { vjp } from './vjp.ts'

/**
 * Up to this many unit vectors are sent through the model one by one, as constants: the zeros in them, and all that they
 * make zero, are gone when the graph is rewritten. More of them go through it as a batch: the graph stays as small as
 * that of one, and products with each become one product.
 */
const fewUnits = 8

/** The Jacobian's line `derivative(unit)` for each unit vector of `like`'s shape, flattened: [size, length]. */
function linesOf(like: Node, length: number, derivative: (seed: Node) => Derivative): Derivative {
  const size = sizeOf(like.shape)
  const units = Float64Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0))
  if (size > fewUnits) {
    const seed = input('seed', like.shape)
    const line = derivative(seed)
    return (
      line &&
      reshape(batchedNodes([line], [seed], [constant(units, [size, ...like.shape])], size)[0], [size, length])
    )
  }
  const lines = Array.from({ length: size }, (_, i) =>
    derivative(constant(units.subarray(i * size, (i + 1) * size), like.shape)),
  )
  if (lines.every(line => line === null)) return null
  return concatenate(
    lines.map(line => (line === null ? full(0, [1, length]) : reshape(line, [1, length]))),
    0,
  )
}

/**
 * ∂output/∂input as an m×n matrix, both flattened row-major; null where it is zero. By columns (n JVPs), or by rows (m
 * VJPs) where those are fewer; many of them as one batch, and where the matrix is sparse, as a smaller batch of sums of
 * them (`sparseJacobian`). Linear solves in the model share one factorisation.
 */
export function jacobian(output: Node, input: Node): Derivative {
  const m = sizeOf(output.shape)
  const n = sizeOf(input.shape)
  if (Math.min(m, n) > fewUnits) {
    const coloured = colouredJacobian(output, input, Math.floor(Math.min(m, n) / 2))
    if (coloured !== undefined) return coloured
  }
  if (n <= m) {
    const columns = linesOf(input, m, unit => jvp([output], [input], [unit])[0])
    return columns && transposeMatrix(columns)
  }
  return linesOf(output, n, unit => vjp([output], [unit], [input])[0])
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
