import * as tf from '@tensorflow/tfjs-core'
import type { ConstrainedBodies } from './constrainedHamiltonian.ts'
import { type Activation, denseNetwork } from './denseNetwork.ts'
import type { Learned } from './parameters.ts'
import { together } from './together.ts'

export interface LearnedConstrainedBodiesOptions {
  readonly count: number
  readonly dimensions: number
  /** What is known: the joints. */
  constraints(positions: tf.Tensor2D): tf.Tensor1D
  /** V as a network of all positions; by default linear in them, V = w·X, as gravity is. */
  readonly network?: {
    readonly hidden: readonly number[]
    readonly activation: Activation
    /** Uniform deviates in [0, 1), for the initial weights. */
    readonly random: () => number
  }
}

/**
 * Bodies whose masses exp(μ) and potential are learned from motion under known constraints (CHNN, CLNN). Motion alone leaves one scale
 * open: c·m and c·V move alike.
 *
 * @example
 * const model = learnedConstrainedBodies({
 *   count: 2,
 *   dimensions: 2,
 *   constraints: X => rodConstraints(X, [['ground', 0, 1], [0, 1, 1]]),
 * })
 * const field = vectorField((t, y, weights) => constrainedLagrangianDynamics(model.apply(weights), y), {
 *   state: [8],
 *   parameters: model.parameters,
 * })
 */
export function learnedConstrainedBodies(
  options: LearnedConstrainedBodiesOptions,
): Learned<[], ConstrainedBodies> {
  const { count, dimensions, constraints, network } = options
  const n = count * dimensions
  const logMasses: Learned<[], tf.Tensor1D> = {
    parameters: [{ name: 'log_masses', shape: [count], initial: new Float64Array(count) }],
    apply: ([mu]) => mu as tf.Tensor1D,
  }
  const linear: Learned<[x: tf.Tensor], tf.Tensor1D> = {
    parameters: [{ name: 'potential', shape: [n], initial: new Float64Array(n) }],
    apply: ([w], x) => tf.mul(w, x) as tf.Tensor1D,
  }
  const { parameters, bind } = together({
    mu: logMasses,
    V: network ? denseNetwork({ ...network, name: 'potential', inputs: n, outputs: 1 }) : linear,
  })
  return {
    parameters,
    apply(weights) {
      const { mu, V } = bind(weights)
      return {
        count,
        dimensions,
        masses: tf.exp(mu()),
        potential: X => tf.sum(V(tf.reshape(X, [n]))),
        constraints,
      }
    },
  }
}
