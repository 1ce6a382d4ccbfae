import * as tf from '@tensorflow/tfjs-core'
import { grad } from '../compiler/trace/derivatives.ts'
import { type Activation, denseNetwork } from './denseNetwork.ts'
import { times, triangular } from './matrices.ts'
import type { Learned } from './parameters.ts'
import { together } from './together.ts'

/** Energy that is stored, exchanged, dissipated, and supplied through ports. x [n], u [m]; SI units. */
export interface PortHamiltonianSystem {
  /** H(x): a scalar [J]. */
  hamiltonian(x: tf.Tensor1D): tf.Tensor
  /** J(x) = −Jᵀ: [n, n], how parts exchange energy. */
  interconnection(x: tf.Tensor1D): tf.Tensor2D
  /** R(x) = Rᵀ ⪰ 0: [n, n], where energy is lost. */
  dissipation?(x: tf.Tensor1D): tf.Tensor2D
  /** G(x): [n, m], where inputs act. */
  input?(x: tf.Tensor1D): tf.Tensor2D
}

/**
 * ẋ = (J(x) − R(x))·∇H(x) + G(x)·u. With the output y = Gᵀ∇H (`portOutput`), whatever is learned,
 *
 *     Ḣ = −∇Hᵀ·R·∇H + yᵀ·u ≤ yᵀ·u:
 *
 * the system is passive. (van der Schaft & Jeltsema, *Port-Hamiltonian Systems Theory*, 2014, sec. 2.)
 *
 * @param x [n]
 * @param u [m], where the system has an input
 * @returns [n]
 * @example
 * // a damped mass on a spring, x = (q, p), driven by a force u
 * const spring: PortHamiltonianSystem = {
 *   hamiltonian: x => tf.mul(0.5, tf.sum(tf.square(x))),
 *   interconnection: () => tf.tensor2d([[0, 1], [-1, 0]]),
 *   dissipation: () => tf.tensor2d([[0, 0], [0, 0.1]]),
 *   input: () => tf.tensor2d([[0], [1]]),
 * }
 * const field = vectorField((t, x) => portHamiltonianDynamics(spring, x, tf.reshape(tf.sin(t), [1])), { state: [2] })
 */
export function portHamiltonianDynamics(
  system: PortHamiltonianSystem,
  x: tf.Tensor1D,
  u?: tf.Tensor1D,
): tf.Tensor1D {
  const gradient = grad(at => system.hamiltonian(at as tf.Tensor1D))(x) as tf.Tensor1D
  const J = system.interconnection(x)
  const flow = times(system.dissipation ? tf.sub(J, system.dissipation(x)) : J, gradient)
  if (!u) return flow
  if (!system.input) throw new RangeError('portHamiltonianDynamics: u is given, but the system has no input')
  return tf.add(flow, times(system.input(x), u))
}

/** y = G(x)ᵀ·∇H(x): [m]; yᵀu is the power that comes in [W]. */
export function portOutput(system: PortHamiltonianSystem, x: tf.Tensor1D): tf.Tensor1D {
  if (!system.input) throw new RangeError('portOutput: the system has no input')
  const gradient = grad(at => system.hamiltonian(at as tf.Tensor1D))(x) as tf.Tensor1D
  return times(tf.transpose(system.input(x)), gradient)
}

/** J = L − Lᵀ of a strictly lower triangular L, row by row: [n(n−1)/2] → [n, n], skew whatever the outputs are. */
export function skewForm(outputs: tf.Tensor1D, n: number): tf.Tensor2D {
  const L = triangular(outputs, n, 'strict')
  return tf.sub(L, tf.transpose(L))
}

/** R = L·Lᵀ of a lower triangular L, row by row: [n(n+1)/2] → [n, n], positive semidefinite whatever the outputs are. */
export function semidefiniteForm(outputs: tf.Tensor1D, n: number): tf.Tensor2D {
  const L = triangular(outputs, n, 'whole')
  return tf.matMul(L, L, false, true)
}

export interface LearnedPortHamiltonianOptions {
  /** n */
  readonly states: number
  /** m; none by default. */
  readonly inputs?: number
  readonly hidden: readonly number[]
  readonly activation: Activation
  /** Uniform deviates in [0, 1), for the initial weights. */
  readonly random: () => number
}

/**
 * All four parts as networks of x, in forms that keep the law.
 *
 * @example
 * const model = learnedPortHamiltonian({ states: 2, inputs: 1, hidden: [32], activation: 'tanh', random: Math.random })
 * const field = vectorField((t, x, weights) => portHamiltonianDynamics(model.apply(weights), x, tf.reshape(tf.sin(t), [1])), {
 *   state: [2],
 *   parameters: model.parameters,
 * })
 */
export function learnedPortHamiltonian(
  options: LearnedPortHamiltonianOptions,
): Learned<[], PortHamiltonianSystem> {
  const { states: n, inputs: m = 0 } = options
  const network = (name: string, outputs: number) => denseNetwork({ ...options, name, inputs: n, outputs })
  const { parameters, bind } = together({
    H: network('hamiltonian', 1),
    J: network('interconnection', (n * (n - 1)) / 2),
    R: network('dissipation', (n * (n + 1)) / 2),
    G: m > 0 ? network('input', n * m) : undefined,
  })
  return {
    parameters,
    apply(weights) {
      const { H, J, R, G } = bind(weights)
      return {
        hamiltonian: x => tf.reshape(H(x), []),
        interconnection: x => skewForm(J(x), n),
        dissipation: x => semidefiniteForm(R(x), n),
        input: G && (x => tf.reshape(G(x), [n, m])),
      }
    },
  }
}
