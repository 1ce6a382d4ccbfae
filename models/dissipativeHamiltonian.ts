import * as tf from '@tensorflow/tfjs-core'
import { grad } from '../compiler/trace/derivatives.ts'
import { type Activation, denseNetwork } from './denseNetwork.ts'
import type { Learned } from './parameters.ts'
import { together } from './together.ts'

/** A flow in the coordinates and momenta y = (q, p), [2n], as the sum of one that turns and one that falls. */
export interface DissipativeHamiltonianSystem {
  /** n */
  readonly coordinates: number
  /** H(q, p): a scalar [J]. */
  hamiltonian(y: tf.Tensor1D): tf.Tensor
  /** D(q, p): a scalar [J/s]. */
  dissipation(y: tf.Tensor1D): tf.Tensor
}

/**
 * ẏ = J·∇H + ∇D, J the symplectic unit: (q̇, ṗ) = (∂H/∂p, −∂H/∂q) + (∂D/∂q, ∂D/∂p). The first part has no divergence, the second is a
 * gradient, so that div ẏ = ΔD and Ḣ = ∇H·∇D: Helmholtz' decomposition, learned (dissipative HNN: Sosanya & Greydanus, 2022). It
 * describes measured flows that are not of mechanical form; where friction is known to act on rates, `hamiltonianDynamics` with
 * Rayleigh's function keeps more of the physics.
 *
 * @param y [2n]: q, then p
 * @example
 * // a damped oscillator: ṗ = −q − 0.1·p
 * const system: DissipativeHamiltonianSystem = {
 *   coordinates: 1,
 *   hamiltonian: y => tf.mul(0.5, tf.sum(tf.square(y))),
 *   dissipation: y => tf.mul(-0.05, tf.sum(tf.square(tf.slice1d(y, 1, 1)))),
 * }
 * const field = vectorField((t, y) => dissipativeHamiltonianDynamics(system, y), { state: [2] })
 */
export function dissipativeHamiltonianDynamics(
  { coordinates: n, hamiltonian, dissipation }: DissipativeHamiltonianSystem,
  y: tf.Tensor1D,
): tf.Tensor1D {
  const ofH = grad(at => hamiltonian(at as tf.Tensor1D))(y) as tf.Tensor1D
  const turned = tf.concat([tf.slice1d(ofH, n, n), tf.neg(tf.slice1d(ofH, 0, n))])
  return tf.add(turned, grad(at => dissipation(at as tf.Tensor1D))(y))
}

export interface LearnedDissipativeHamiltonianOptions {
  readonly coordinates: number
  readonly hidden: readonly number[]
  readonly activation: Activation
  /** Uniform deviates in [0, 1), for the initial weights. */
  readonly random: () => number
}

/**
 * H and D as networks of (q, p).
 *
 * @example
 * const model = learnedDissipativeHamiltonian({ coordinates: 1, hidden: [64], activation: 'tanh', random: Math.random })
 * const field = vectorField((t, y, weights) => dissipativeHamiltonianDynamics(model.apply(weights), y), {
 *   state: [2],
 *   parameters: model.parameters,
 * })
 */
export function learnedDissipativeHamiltonian(
  options: LearnedDissipativeHamiltonianOptions,
): Learned<[], DissipativeHamiltonianSystem> {
  const network = (name: string) =>
    denseNetwork({ ...options, name, inputs: 2 * options.coordinates, outputs: 1 })
  const { parameters, bind } = together({ H: network('hamiltonian'), D: network('dissipation') })
  return {
    parameters,
    apply(weights) {
      const { H, D } = bind(weights)
      return {
        coordinates: options.coordinates,
        hamiltonian: y => tf.reshape(H(y), []),
        dissipation: y => tf.reshape(D(y), []),
      }
    },
  }
}
