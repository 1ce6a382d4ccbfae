import type * as tf from '@tensorflow/tfjs-core'
import { slice, stack } from '@tensorflow/tfjs-core'
import { type HamiltonianSystem, hamiltonianDynamics } from '../../models/hamiltonian.ts'
import type { HamiltonianScene } from '../scene/index.ts'
import { momentumName, rateName } from '../scene/names.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

/** Hamilton's equations of a scene's energy, with learned terms in the place of its formulas. */
export function hamiltonianModel(system: HamiltonianScene, learned: LearnedTerms): Model {
  const coordinates = Object.keys(system.coordinates)
  const [momenta, rateNames] = [coordinates.map(momentumName), coordinates.map(rateName)]
  const n = coordinates.length

  /** The system under θ, in a trace. */
  function under(theta: readonly tf.Tensor[]): HamiltonianSystem {
    const scope = (t: tf.Tensor | null, ...vectors: [names: readonly string[], values: tf.Tensor][]): Scope =>
      new Map([
        ...(t ? ([['t', t]] as [string, tf.Tensor][]) : []),
        ...vectors.flatMap(([names, values]) => named(names, values)),
        ...learned.scalarsOf(theta, t),
      ])
    const forced = coordinates.filter(
      name => system.forces?.[name] !== undefined || learned.has(`forces.${name}`),
    )
    const { dissipation } = system
    return {
      coordinates: n,
      hamiltonian(t, q, p) {
        const values = scope(t, [coordinates, q], [momenta, p])
        return learned.term('hamiltonian', values, theta) ?? formulaValue(system.hamiltonian, values)
      },
      dissipation:
        dissipation || learned.has('dissipation')
          ? (q, rates) => {
              const values = scope(null, [coordinates, q], [rateNames, rates])
              return learned.term('dissipation', values, theta) ?? formulaValue(dissipation!, values)
            }
          : undefined,
      forces:
        forced.length === 0
          ? undefined
          : (t, q, rates) => {
              const values = scope(t, [coordinates, q], [rateNames, rates])
              return stack(
                coordinates.map(
                  name =>
                    learned.term(`forces.${name}`, values, theta) ??
                    formulaValue(system.forces?.[name] ?? zero, values),
                ),
              )
            },
    }
  }

  return {
    names: [...coordinates, ...momenta],
    start: Float64Array.from([
      ...coordinates.map(name => system.coordinates[name].start),
      ...coordinates.map(name => system.coordinates[name].momentum),
    ]),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative: (t, y, theta) => hamiltonianDynamics(under(theta), t, y),
    energy: (t, y, theta) => under(theta).hamiltonian(t, slice(y, 0, n), slice(y, n, n)),
    formulas: formulas => (t, y, theta) =>
      formulaVector(
        formulas,
        new Map([['t', t], ...named([...coordinates, ...momenta], y), ...learned.scalarsOf(theta, t)]),
      ),
  }
}

const zero = { kind: 'number', value: 0, start: 0 } as const
