import * as tf from '@tensorflow/tfjs-core'
import { solve } from '../../solvers/linear/solve.ts'
import type { EquationsSystem } from '../scene/index.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

/**
 * A(t, y)·dy/dt = f(t, y) from formulas; A is the identity but for the entries of `mass`.
 *
 * @param implicit whether the method takes A as it is (then it may be singular), or dy/dt = A⁻¹·f
 */
export function equationsModel(system: EquationsSystem, learned: LearnedTerms, implicit: boolean): Model {
  const names = Object.keys(system.state)
  const n = names.length
  const scope = (t: tf.Tensor, y: tf.Tensor1D, theta: readonly tf.Tensor[]): Scope => {
    const values = new Map([['t', t], ...named(names, y), ...learned.scalarsOf(theta, t)])
    for (const [name, formula] of Object.entries(system.definitions))
      values.set(name, formulaValue(formula, values))
    return values
  }
  const { mass } = system
  const f = (t: tf.Tensor, y: tf.Tensor1D, theta: readonly tf.Tensor[]): tf.Tensor1D => {
    const values = scope(t, y, theta)
    const rates = names.map(
      name =>
        learned.term(`derivatives.${name}`, values, theta) ?? formulaValue(system.derivatives[name], values),
    )
    return tf.stack(rates) as tf.Tensor1D
  }
  const matrix = (t: tf.Tensor, y: tf.Tensor1D, theta: readonly tf.Tensor[]): tf.Tensor2D => {
    const values = scope(t, y, theta)
    const entries = names.flatMap((row, i) =>
      names.map((column, j) => {
        const formula = mass?.[row]?.[column]
        return formula ? formulaValue(formula, values) : tf.scalar(i === j ? 1 : 0)
      }),
    )
    return tf.reshape(tf.stack(entries), [n, n]) as tf.Tensor2D
  }
  return {
    names,
    start: Float64Array.from(Object.values(system.state)),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative: mass && !implicit ? (t, y, theta) => solve(matrix(t, y, theta), f(t, y, theta)) : f,
    mass: mass && implicit ? matrix : undefined,
    energy: system.energy && ((t, y, theta) => formulaValue(system.energy!, scope(t, y, theta))),
    formulas: formulas => (t, y, theta) => formulaVector(formulas, scope(t, y, theta)),
  }
}
