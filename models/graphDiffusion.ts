import * as tf from '@tensorflow/tfjs-core'

/** What flows along the edges of a graph: heat, charge, a substance. SI units of the quantity. */
export interface GraphDiffusion {
  /** Pairs of nodes; nodes from `count` on have given potentials. */
  readonly edges: readonly (readonly [from: number, to: number])[]
  /** C [count], > 0: heat or electric capacities. */
  readonly capacities: tf.Tensor1D
  /** W [edges], ≥ 0: conductances. */
  readonly conductances: tf.Tensor1D
  /** u [count]: what flows in from outside. */
  readonly sources?: tf.Tensor1D
  /** Potentials of the nodes after the first `count`. */
  readonly boundary?: tf.Tensor1D
}

/**
 * C·dT/dt = −Bᵀ·W·B·T + u with B the incidence matrix: resistors and capacitors, lumped heat, compartments. For W ≥ 0 the Laplacian
 * BᵀWB is positive semidefinite, whatever is learned: without sources ½·TᵀCT never grows, and Σ C·T is conserved.
 *
 * @param T [count]: temperatures, voltages, concentrations
 */
export function graphDiffusion(system: GraphDiffusion, T: tf.Tensor1D): tf.Tensor1D {
  const { edges, capacities, conductances, sources, boundary } = system
  const count = T.shape[0]
  const potentials = boundary ? tf.concat([T, boundary]) : T
  const nodes = [0, 1].map(end =>
    tf.tensor1d(
      edges.map(edge => edge[end]),
      'int32',
    ),
  )
  const difference = tf.sub(tf.gather(potentials, nodes[1]), tf.gather(potentials, nodes[0]))
  const flow = tf.mul(conductances, difference) as tf.Tensor1D
  const total = potentials.shape[0]
  const into = tf.sub(
    tf.unsortedSegmentSum(flow, nodes[0] as tf.Tensor1D, total),
    tf.unsortedSegmentSum(flow, nodes[1] as tf.Tensor1D, total),
  )
  const own = tf.slice(into, 0, count)
  return tf.div(sources ? tf.add(own, sources) : own, capacities) as tf.Tensor1D
}
