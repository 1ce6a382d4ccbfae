/** Where a Jacobian may differ from zero, and which of its columns can be computed together. */

import type { SparsityPattern } from '../../kernels/sparsity/index.ts'
import { activeNodes } from '../differentiate/rules.ts'
import { type Node, sizeOf, topologicalOrder } from '../graph.ts'
import { createConstants } from './constants.ts'
import { type Dependencies, dependenciesOf } from './dependencies.ts'
import { createIndexSets, emptySet } from './indexSets.ts'
import { type Support, supportOf } from './support.ts'

export {
  type Colouring,
  colourColumns,
  rowIndices,
  type SparsityPattern,
  transposedPattern,
} from '../../kernels/sparsity/index.ts'

/**
 * Where ∂output/∂input, an m×n matrix of both flattened row-major, may differ from zero: every entry that does for some
 * values of the inputs is in the pattern. What moves numbers, elementwise functions, products and solves with constant
 * sparse matrices are followed exactly; a cancellation (x − x) is not seen, and a row chosen at run time may be any.
 *
 * @returns undefined where more than `mostNonzeros` entries are in the pattern. Default: any number.
 * @throws TypeError where the graph was rewritten already.
 * @example
 * const x = input('x', [100])
 * const differences = subtract(slice(x, [1], [99]), slice(x, [0], [99]))
 * jacobianPattern(differences, x).columnIndices // 0, 1, 1, 2, 2, 3, …
 */
export function jacobianPattern(output: Node, input: Node): SparsityPattern
export function jacobianPattern(output: Node, input: Node, mostNonzeros: number): SparsityPattern | undefined
export function jacobianPattern(
  output: Node,
  input: Node,
  mostNonzeros = Number.POSITIVE_INFINITY,
): SparsityPattern | undefined {
  const columns = sizeOf(input.shape)
  const rows = sizeOf(output.shape)
  const sets = createIndexSets(columns)
  const order = topologicalOrder([output])
  const constants = createConstants(order, input)
  const active = activeNodes(order, [input])
  const supports = new Map<Node, Support>()
  const dependencies = new Map<Node, Dependencies>()
  for (const node of order) {
    const operands = node.operands.map(operand => ({
      node: operand,
      dependencies: dependencies.get(operand) ?? null,
      support: supports.get(operand)!,
    }))
    if (node === input) {
      supports.set(node, null)
      dependencies.set(
        node,
        Int32Array.from({ length: columns }, (_, i) => sets.single(i)),
      )
      continue
    }
    const masks = operands.map(({ support }) => support)
    supports.set(node, supportOf(node, masks, constants))
    if (active.has(node)) dependencies.set(node, dependenciesOf(node, operands, constants, sets))
  }
  const found = dependencies.get(output) ?? new Int32Array(rows).fill(emptySet)
  const rowPointers = new Int32Array(rows + 1)
  let nonzeros = 0
  for (let i = 0; i < rows; i++) {
    nonzeros += sets.members(found[i]).length
    if (nonzeros > mostNonzeros) return undefined
    rowPointers[i + 1] = nonzeros
  }
  const columnIndices = new Int32Array(nonzeros)
  for (let i = 0; i < rows; i++) columnIndices.set(sets.members(found[i]), rowPointers[i])
  return { rows, columns, rowPointers, columnIndices }
}
