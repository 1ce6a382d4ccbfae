import type * as tf from '@tensorflow/tfjs-core'
import { slice, stack } from '@tensorflow/tfjs-core'
import { energy, type LagrangianSystem, lagrangianDynamics, massMatrix } from '../../models/lagrangian.ts'
import type { LagrangianScene } from '../scene/index.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

/** The Euler–Lagrange equations of a scene's energies, with learned terms in the place of its formulas. */
export function mechanicsModel(system: LagrangianScene, learned: LearnedTerms): Model {
  const coordinates = Object.keys(system.coordinates)
  const rateNames = coordinates.map(name => `${name}_dot`)
  const n = coordinates.length
  const constraints = Object.values(system.constraints ?? {})

  /** The system at one time and θ, in a trace. */
  function at(t: tf.Tensor | null, theta: readonly tf.Tensor[]): LagrangianSystem {
    const scope = (q: tf.Tensor1D, rates: tf.Tensor1D | null): Scope =>
      new Map([
        ...(t ? ([['t', t]] as [string, tf.Tensor][]) : []),
        ...named(coordinates, q),
        ...(rates ? named(rateNames, rates) : []),
        ...learned.scalarsOf(theta, t),
      ])
    const term = (name: 'potential' | 'dissipation', scope: Scope): tf.Tensor | null => {
      const formula = system[name]
      return learned.term(name, scope, theta) ?? (formula ? formulaValue(formula, scope) : null)
    }
    const hasDissipation = system.dissipation !== undefined || learned.has('dissipation')
    const forced = coordinates.filter(
      name => system.forces?.[name] !== undefined || learned.has(`forces.${name}`),
    )
    return {
      coordinates: n,
      ...(learned.massMatrix
        ? { massMatrix: q => learned.massMatrix!(scope(q, null), theta) }
        : { kinetic: (q, rates) => formulaValue(system.kinetic, scope(q, rates)) }),
      potential: q => term('potential', scope(q, null))!,
      dissipation: hasDissipation ? (q, rates) => term('dissipation', scope(q, rates))! : undefined,
      constraints: constraints.length > 0 ? q => formulaVector(constraints, scope(q, null)) : undefined,
      stabilisation: system.stabilisation,
      forces:
        forced.length === 0
          ? undefined
          : (_time, q, rates) => {
              const values = scope(q, rates)
              return stack(
                coordinates.map(name => {
                  const formula = system.forces?.[name]
                  return (
                    learned.term(`forces.${name}`, values, theta) ?? formulaValue(formula ?? zero, values)
                  )
                }),
              )
            },
    }
  }

  return {
    names: [...coordinates, ...rateNames],
    start: Float64Array.from([
      ...coordinates.map(name => system.coordinates[name].start),
      ...coordinates.map(name => system.coordinates[name].rate),
    ]),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative: (t, y, theta) => lagrangianDynamics(at(t, theta), t, y),
    energy: (t, y, theta) => energy(at(t, theta), y),
    potential: (t, y, theta) => at(t, theta).potential(slice(y, 0, n)),
    constraints:
      constraints.length > 0 ? (t, y, theta) => at(t, theta).constraints!(slice(y, 0, n)) : undefined,
    massMatrix: (t, y, theta) => massMatrix(at(t, theta), slice(y, 0, n), slice(y, n, n)),
    formulas: formulas => (t, y, theta) => {
      const scope: Scope = new Map([
        ['t', t],
        ...named([...coordinates, ...rateNames], y),
        ...learned.scalarsOf(theta, t),
      ])
      return formulaVector(formulas, scope)
    },
  }
}

const zero = { kind: 'number', value: 0, start: 0 } as const
