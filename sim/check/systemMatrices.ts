import { type Structure, topologicalOrder } from '../../compiler/graph.ts'
import { interpret } from '../../compiler/interpret/index.ts'
import type { CompiledField } from '../vectorField.ts'

/** A linear solve of a model at one state: A·x = b. */
export interface SystemMatrix {
  /** n×n, row-major. */
  readonly A: Float64Array
  /** n. */
  readonly b: Float64Array
  readonly structure: Structure
  /** Where the model asks for it, if known. */
  readonly origin?: string
}

/** The matrices and right-hand sides of all single solves in the model's graph, at (t, y) and its θ. */
export function systemMatrices(field: CompiledField, t: number, y: Float64Array): SystemMatrix[] {
  const solves = topologicalOrder(field.graph.outputs).filter(
    node =>
      node.primitive === 'solve' && node.operands[0].shape.length === 2 && node.operands[1].shape[1] === 1,
  )
  const { inputs } = field.graph
  const parameters = field.blocks.map(({ offset, size }) => field.parameters.slice(offset, offset + size))
  const values = interpret({ inputs, outputs: solves.flatMap(({ operands }) => operands) }, [
    Float64Array.of(t),
    y,
    ...parameters,
  ])
  return solves.map((node, k) => ({
    A: values[2 * k],
    b: values[2 * k + 1],
    structure: node.primitive === 'solve' ? node.attributes.structure : 'general',
    origin: node.origin,
  }))
}
