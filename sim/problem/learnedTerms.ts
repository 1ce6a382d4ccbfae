import * as tf from '@tensorflow/tfjs-core'
import { denseNetwork } from '../../models/denseNetwork.ts'
import { learnedMassMatrix, massMatrixOutputs } from '../../models/massMatrix.ts'
import type { Learned, ParameterSpec } from '../../models/parameters.ts'
import type { Learn, NetworkSpec } from '../scene/index.ts'
import { type LearnedScalar, learnedScalar } from './learnedScalar.ts'
import { formulaValue, formulaVector, type Scope } from './scope.ts'

/** What a scene's `learn` replaces: physical parameters and terms, with their places in θ. */
export interface LearnedTerms {
  readonly parameters: readonly ParameterSpec[]
  readonly scalars: readonly LearnedScalar[]
  /** The system's parameters by name: numbers, or what is learned in their place; at a time, also the inputs. */
  scalarsOf(theta: readonly tf.Tensor[], t?: tf.Tensor | null): [string, tf.Tensor][]
  /** M(q): [n, n], if it is learned. */
  readonly massMatrix?: (scope: Scope, theta: readonly tf.Tensor[]) => tf.Tensor2D
  /** Whether a scalar term is learned: `potential`, `dissipation`, `forces.a`, `derivatives.x`. */
  has(name: string): boolean
  /** The value of such a term, or null if it is not learned; a vector where names in scope are vectors. */
  term(name: string, scope: Scope, theta: readonly tf.Tensor[]): tf.Tensor | null
}

/**
 * Without `learn`: the ground truth, with nothing to learn.
 *
 * @param random uniform deviates in [0, 1), for initial weights
 * @param inputs measured functions of time
 */
export function learnedTerms(
  physical: Readonly<Record<string, number>>,
  learn: Learn | undefined,
  coordinates: number,
  random: () => number,
  inputs?: (t: tf.Tensor) => [string, tf.Tensor][],
): LearnedTerms {
  const scalars = Object.entries(learn?.parameters ?? {}).map(([name, bounds]) =>
    learnedScalar(name, bounds.start ?? physical[name], bounds),
  )
  const names = [...new Set([...Object.keys(physical), ...scalars.map(({ name }) => name)])]
  const parameters: ParameterSpec[] = scalars.map(({ spec }) => spec)
  /** Takes the next places of θ for a part; returns how it is applied. */
  function place<X extends unknown[], R>(part: Learned<X, R>) {
    const begin = parameters.length
    parameters.push(...part.parameters)
    const end = parameters.length
    return (theta: readonly tf.Tensor[], ...x: X): R => part.apply(theta.slice(begin, end), ...x)
  }
  const network = (name: string, spec: NetworkSpec, outputs: number) =>
    denseNetwork({
      name,
      inputs: spec.inputs.length,
      hidden: spec.hidden,
      outputs,
      activation: spec.activation,
      random,
    })

  let massMatrix: LearnedTerms['massMatrix']
  if (learn?.mass_matrix) {
    const { form, floor, network: spec } = learn.mass_matrix
    const outputs = massMatrixOutputs(form, coordinates)
    const apply = place(learnedMassMatrix(form, coordinates, floor, network('mass_matrix', spec, outputs)))
    massMatrix = (scope, theta) => apply(theta, formulaVector(spec.inputs, scope))
  }
  const terms = new Map<string, (scope: Scope, theta: readonly tf.Tensor[]) => tf.Tensor>()
  for (const [name, spec] of networksOf(learn)) {
    const apply = place(network(name, spec, 1))
    terms.set(name, (scope, theta) => {
      const inputs = spec.inputs.map(formula => formulaValue(formula, scope))
      const length = inputs.find(({ rank }) => rank === 1)?.shape[0]
      if (length === undefined) return tf.reshape(apply(theta, tf.stack(inputs)), [])
      return apply(
        theta,
        tf.stack(
          inputs.map(input => (input.rank === 1 ? input : tf.mul(input, tf.ones([length])))),
          1,
        ),
      )
    })
  }
  if (learn?.conductivity) {
    const { start } = learn.conductivity
    const logarithm = terms.get('conductivity')!
    terms.set('conductivity', (scope, theta) => tf.mul(start, tf.exp(logarithm(scope, theta))))
  }
  return {
    parameters,
    scalars,
    scalarsOf: (theta, t) => [
      ...names.map((name): [string, tf.Tensor] => {
        const k = scalars.findIndex(scalar => scalar.name === name)
        return [name, k < 0 ? tf.scalar(physical[name]) : scalars[k].tensor(theta[k])]
      }),
      ...(inputs && t ? inputs(t) : []),
    ],
    massMatrix,
    has: name => terms.has(name),
    term: (name, scope, theta) => terms.get(name)?.(scope, theta) ?? null,
  }
}

/** The networks of scalar terms, by the term's name. */
function networksOf(learn: Learn | undefined): [string, NetworkSpec][] {
  const networks: [string, NetworkSpec][] = []
  if (learn?.potential) networks.push(['potential', learn.potential.network])
  if (learn?.hamiltonian) networks.push(['hamiltonian', learn.hamiltonian.network])
  if (learn?.conductivity) networks.push(['conductivity', learn.conductivity.network])
  if (learn?.pair) networks.push(['pair', learn.pair.network])
  if (learn?.dissipation) networks.push(['dissipation', learn.dissipation.network])
  for (const [name, { network }] of Object.entries(learn?.forces ?? {}))
    networks.push([`forces.${name}`, network])
  for (const [name, { network }] of Object.entries(learn?.derivatives ?? {})) {
    networks.push([`derivatives.${name}`, network])
  }
  return networks
}
