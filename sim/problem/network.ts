import * as tf from '@tensorflow/tfjs-core'
import { graphDiffusion } from '../../models/graphDiffusion.ts'
import type { NetworkSystem } from '../scene/index.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

/** Diffusion on a scene's graph. */
export function networkModel(system: NetworkSystem, learned: LearnedTerms): Model {
  const names = Object.keys(system.nodes)
  const nodes = Object.values(system.nodes)
  const edges = Object.values(system.edges)
  const places = [...names, ...Object.keys(system.boundary)]
  const ends = edges.map(({ between }) => between.map(place => places.indexOf(place)) as [number, number])
  const scope = (t: tf.Tensor, y: tf.Tensor1D, theta: readonly tf.Tensor[]): Scope =>
    new Map([['t', t], ...named(names, y), ...learned.scalarsOf(theta, t)])
  const boundary = Object.values(system.boundary)
  return {
    names,
    start: Float64Array.from(nodes, ({ start }) => start),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative(t, y, theta) {
      const values = scope(t, y, theta)
      const capacities = nodes.map(({ capacity }) => capacity)
      return graphDiffusion(
        {
          edges: ends,
          capacities: formulaVector(capacities, values),
          conductances: formulaVector(
            edges.map(({ conductance }) => conductance),
            values,
          ),
          ...(nodes.some(({ source }) => source) && {
            sources: tf.stack(
              nodes.map(({ source }) => (source ? formulaValue(source, values) : tf.scalar(0))),
            ) as tf.Tensor1D,
          }),
          ...(boundary.length > 0 && { boundary: formulaVector(boundary, values) }),
        },
        y,
      )
    },
    formulas: formulas => (t, y, theta) => formulaVector(formulas, scope(t, y, theta)),
  }
}
