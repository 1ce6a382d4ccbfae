import * as tf from '@tensorflow/tfjs-core'
import { solve } from '../../solvers/linear/solve.ts'
import type { EquationsSystem } from '../scene/index.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

/** A(t, y)·dy/dt = f(t, y) from formulas; A is the identity but for the entries of `mass`. */
export function equationsModel(system: EquationsSystem, learned: LearnedTerms): Model {
  const names = Object.keys(system.state)
  const n = names.length
  const scope = (t: tf.Tensor, y: tf.Tensor1D, theta: readonly tf.Tensor[]): Scope =>
    new Map([['t', t], ...named(names, y), ...learned.scalarsOf(theta)])
  return {
    names,
    start: Float64Array.from(Object.values(system.state)),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative(t, y, theta) {
      const values = scope(t, y, theta)
      const rates = names.map(
        name =>
          learned.term(`derivatives.${name}`, values, theta) ??
          formulaValue(system.derivatives[name], values),
      )
      const f = tf.stack(rates) as tf.Tensor1D
      if (!system.mass) return f
      const entries = names.flatMap((row, i) =>
        names.map((column, j) => {
          const formula = system.mass?.[row]?.[column]
          return formula ? formulaValue(formula, values) : tf.scalar(i === j ? 1 : 0)
        }),
      )
      return solve(tf.reshape(tf.stack(entries), [n, n]) as tf.Tensor2D, f)
    },
    energy: system.energy && ((t, y, theta) => formulaValue(system.energy!, scope(t, y, theta))),
    formulas: formulas => (t, y, theta) => formulaVector(formulas, scope(t, y, theta)),
  }
}
