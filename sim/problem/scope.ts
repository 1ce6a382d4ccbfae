import * as tf from '@tensorflow/tfjs-core'
import { evaluateFormula, type Formula } from '../scene/formula/index.ts'
import { tensorAlgebra } from '../scene/formula/tensorAlgebra.ts'

/** Names and their values in a trace. */
export type Scope = ReadonlyMap<string, tf.Tensor>

/** The entries of a vector [n], as scalars under their names. */
export function named(names: readonly string[], vector: tf.Tensor): [string, tf.Tensor][] {
  return names.map((name, i) => [name, tf.reshape(tf.slice(vector, i, 1), [])])
}

/** A formula's value: a scalar. */
export const formulaValue = (formula: Formula, scope: Scope): tf.Tensor =>
  evaluateFormula(formula, tensorAlgebra, scope)

/** Several formulas as a vector: [k]. */
export const formulaVector = (formulas: readonly Formula[], scope: Scope): tf.Tensor1D =>
  tf.stack(formulas.map(formula => formulaValue(formula, scope))) as tf.Tensor1D
