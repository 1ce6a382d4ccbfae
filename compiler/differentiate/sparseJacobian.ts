/** Jacobians by columns (or rows) that have no entry in common, and so are computed as one. */

import { type Node, sizeOf } from '../graph.ts'
import { constant, full, gather, input as inputNode, reshape, scatterAdd } from '../primitives.ts'
import {
  type Colouring,
  colourColumns,
  jacobianPattern,
  rowIndices,
  type SparsityPattern,
  transposedPattern,
} from '../sparsity/index.ts'
import { batchedNodes } from '../vectorize/batched.ts'
import { jvp } from './jvp.ts'
import type { Derivative } from './rule.ts'
import { vjp } from './vjp.ts'

/** A Jacobian in compressed sparse rows: the pattern is known now, the values are a node. */
export interface SparseJacobian extends SparsityPattern {
  /** [nonzeros], row by row. */
  readonly values: Node
  /** The number of directions that the model is differentiated in, all in one batch. */
  readonly directions: number
  /** Whether those are sums of columns (JVPs) or of rows (VJPs). */
  readonly by: 'columns' | 'rows'
}

/**
 * ∂output/∂input, m×n with both flattened row-major, where it may differ from zero (`jacobianPattern`). Columns that have
 * no row in common get one colour; one JVP in the sum of their unit vectors has the entries of all of them (Curtis, Powell,
 * Reid, J. Inst. Maths Applics 13, 1974). Or so with rows and VJPs, where those need fewer colours.
 *
 * @example
 * const x = input('x', [100])
 * const second = slice(multiply(x, x), [1], [99])
 * const { rowPointers, columnIndices, values, directions } = sparseJacobian(second, x)
 * directions // 1
 * const program = compile({ jacobian: { inputs: [x], outputs: [values] } })
 */
export function sparseJacobian(output: Node, input: Node): SparseJacobian {
  return compressed(output, input, directionsFor(jacobianPattern(output, input)))
}

/**
 * The Jacobian as a dense m×n matrix, computed by colours: null where it is zero, undefined where more than `most`
 * directions were needed.
 */
export function colouredJacobian(output: Node, input: Node, most: number): Derivative | undefined {
  const [m, n] = [sizeOf(output.shape), sizeOf(input.shape)]
  // Each direction gives m entries, or n.
  const pattern = jacobianPattern(output, input, most * Math.max(m, n))
  const directions = pattern && directionsFor(pattern)
  if (!directions || directions.colouring.count > most) return undefined
  const { columnIndices, values } = compressed(output, input, directions)
  if (columnIndices.length === 0) return null
  const places = rowIndices(directions.pattern).map((i, p) => i * n + columnIndices[p])
  return reshape(scatterAdd(values, constant(places, [places.length]), m * n), [m, n])
}

interface Directions {
  readonly pattern: SparsityPattern
  readonly colouring: Colouring
  readonly by: 'columns' | 'rows'
}

function directionsFor(pattern: SparsityPattern): Directions {
  const columns = colourColumns(pattern)
  const rows = colourColumns(transposedPattern(pattern))
  return rows.count < columns.count
    ? { pattern, colouring: rows, by: 'rows' }
    : { pattern, colouring: columns, by: 'columns' }
}

function compressed(output: Node, input: Node, { pattern, colouring, by }: Directions): SparseJacobian {
  const { count, colours } = colouring
  const [along, across] = by === 'columns' ? [input, output] : [output, input]
  const seed = inputNode('seed', along.shape)
  const [line] = by === 'columns' ? jvp([output], [input], [seed]) : vjp([output], [seed], [input])
  const [size, length] = [sizeOf(along.shape), sizeOf(across.shape)]
  const nonzeros = pattern.columnIndices.length
  const result = { ...pattern, directions: count, by }
  if (line === null || nonzeros === 0) return { ...result, values: full(0, [nonzeros]) }

  const seeds = new Float64Array(count * size)
  colours.forEach((colour, j) => {
    seeds[colour * size + j] = 1
  })
  const [lines] = batchedNodes([line], [seed], [constant(seeds, [count, ...along.shape])], count)
  const rows = rowIndices(pattern)
  const places = pattern.columnIndices.map((j, p) =>
    by === 'columns' ? colours[j] * length + rows[p] : colours[rows[p]] * length + j,
  )
  return { ...result, values: gather(reshape(lines, [count * length]), constant(places, [nonzeros])) }
}
