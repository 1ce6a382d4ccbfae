import * as tf from '@tensorflow/tfjs-core'
import { grad, jvp } from '../compiler/trace/derivatives.ts'
import { solve } from '../solvers/linear/solve.ts'
import { type Activation, denseNetwork } from './denseNetwork.ts'
import { choleskyForm } from './massMatrix.ts'
import { times } from './matrices.ts'
import type { Learned } from './parameters.ts'
import { together } from './together.ts'

/**
 * A controlled mechanical system in coordinates q = (r, φ): r on lines, φ angles; n = lengths + angles. Its functions see angles by
 * their cosines and sines, x = (r, cos φ, sin φ), so that they are periodic. SI units.
 */
export interface SymplecticOdeSystem {
  readonly lengths: number
  readonly angles: number
  /** M⁻¹(x): [n, n], symmetric positive definite. */
  inverseMass(x: tf.Tensor1D): tf.Tensor2D
  /** V(x): a scalar [J]. */
  potential(x: tf.Tensor1D): tf.Tensor
  /** g(x): [n, m], generalised forces of the inputs. */
  input?(x: tf.Tensor1D): tf.Tensor2D
}

/** x = (r, cos φ, sin φ) of q = (r, φ): [n] → [lengths + 2·angles]. */
export function embedded({ lengths, angles }: SymplecticOdeSystem, q: tf.Tensor1D): tf.Tensor1D {
  const phi = tf.slice(q, lengths, angles)
  return tf.concat([tf.slice(q, 0, lengths), tf.cos(phi), tf.sin(phi)]) as tf.Tensor1D
}

/** H = ½·pᵀM⁻¹(x)·p + V(x): a scalar [J]. */
export function symplecticOdeEnergy(system: SymplecticOdeSystem, x: tf.Tensor1D, p: tf.Tensor1D): tf.Tensor {
  const kinetic = tf.mul(0.5, tf.sum(tf.mul(p, times(system.inverseMass(x), p))))
  return tf.add(kinetic, system.potential(x))
}

/**
 * d/dt (q, p) with control (Zhong, Dey & Chakraborty, Symplectic ODE-Net, ICLR 2020, eq. 7):
 *
 *     q̇ = ∂H/∂p,    ṗ = −∂H/∂q + g(q)·u,    Ḣ = q̇ᵀ·g·u.
 *
 * @param y [2n]: q, then p
 * @param u [m]: inputs
 * @example
 * // a pendulum that is pushed: M⁻¹ = 3, V = 5·(1 − cos φ)
 * const pendulum: SymplecticOdeSystem = {
 *   lengths: 0,
 *   angles: 1,
 *   inverseMass: () => tf.tensor2d([[3]]),
 *   potential: x => tf.mul(5, tf.sub(1, tf.reshape(tf.slice(x, 0, 1), []))),
 *   input: () => tf.tensor2d([[1]]),
 * }
 * const field = vectorField((t, y) => symplecticOdeDynamics(pendulum, y, tf.reshape(tf.sin(t), [1])), { state: [2] })
 */
export function symplecticOdeDynamics(
  system: SymplecticOdeSystem,
  y: tf.Tensor1D,
  u?: tf.Tensor1D,
): tf.Tensor1D {
  const n = system.lengths + system.angles
  const [q, p] = [tf.slice(y, 0, n), tf.slice(y, n, n)]
  const rates = times(system.inverseMass(embedded(system, q)), p)
  const force = grad(at => symplecticOdeEnergy(system, embedded(system, at as tf.Tensor1D), p))(q)
  return tf.concat([rates, driven(system, embedded(system, q), tf.neg(force) as tf.Tensor1D, u)])
}

/**
 * The same for what is measured where angles come as cosines and sines, and rates in the place of momenta: s = (x, q̇) with p = M·q̇,
 *
 *     ẋ = (ṙ, −sin φ·φ̇, cos φ·φ̇),    q̈ = M⁻¹·ṗ + (dM⁻¹/dt)·p.
 *
 * cos² + sin² stays as it is. (The same, sec. 3.3.)
 *
 * @param s [lengths + 2·angles + n]
 */
export function embeddedSymplecticOdeDynamics(
  system: SymplecticOdeSystem,
  s: tf.Tensor1D,
  u?: tf.Tensor1D,
): tf.Tensor1D {
  const { lengths, angles } = system
  const n = lengths + angles
  const x = tf.slice(s, 0, n + angles)
  const rates = tf.slice(s, n + angles, n)
  const [cos, sin] = [tf.slice(x, lengths, angles), tf.slice(x, n, angles)]
  const [linear, angular] = [tf.slice(rates, 0, lengths), tf.slice(rates, lengths, angles)]
  const xRate = tf.concat([linear, tf.neg(tf.mul(sin, angular)), tf.mul(cos, angular)]) as tf.Tensor1D

  const { value, tangent } = jvp(at => system.inverseMass(at as tf.Tensor1D))([x], [xRate])
  const p = solve(value as tf.Tensor2D, rates, { structure: 'spd' }) as tf.Tensor1D
  const ofX = grad(at => symplecticOdeEnergy(system, at as tf.Tensor1D, p))(x) as tf.Tensor1D
  const [ofCos, ofSin] = [tf.slice(ofX, lengths, angles), tf.slice(ofX, n, angles)]
  const ofQ = tf.concat([tf.slice(ofX, 0, lengths), tf.sub(tf.mul(cos, ofSin), tf.mul(sin, ofCos))])
  const force = driven(system, x, tf.neg(ofQ) as tf.Tensor1D, u)
  const acceleration = tf.add(times(value as tf.Tensor2D, force), times(tangent as tf.Tensor2D, p))
  return tf.concat([xRate, acceleration]) as tf.Tensor1D
}

/** A force, and what the inputs add to it. */
function driven(
  system: SymplecticOdeSystem,
  x: tf.Tensor1D,
  force: tf.Tensor1D,
  u?: tf.Tensor1D,
): tf.Tensor1D {
  if (!u) return force
  if (!system.input) throw new RangeError('symplecticOde: u is given, but the system has no input')
  return tf.add(force, times(system.input(x), u))
}

export interface LearnedSymplecticOdeOptions {
  readonly lengths: number
  readonly angles: number
  /** m; none by default. */
  readonly inputs?: number
  readonly hidden: readonly number[]
  readonly activation: Activation
  /** ε of M⁻¹ = L·Lᵀ + ε·I; default 0.1, the paper's. */
  readonly floor?: number
  /** Uniform deviates in [0, 1), for the initial weights. */
  readonly random: () => number
}

/**
 * M⁻¹ = L·Lᵀ + ε·I, V and g as networks of (r, cos φ, sin φ).
 *
 * @example
 * const model = learnedSymplecticOde({ lengths: 0, angles: 1, inputs: 1, hidden: [32], activation: 'tanh', random: Math.random })
 * const field = vectorField(
 *   (t, s, weights) => embeddedSymplecticOdeDynamics(model.apply(weights), s, tf.tensor1d([0.5])),
 *   { state: [3], parameters: model.parameters }, // cos φ, sin φ, φ̇
 * )
 */
export function learnedSymplecticOde(options: LearnedSymplecticOdeOptions): Learned<[], SymplecticOdeSystem> {
  const { lengths, angles, inputs: m = 0, floor = 0.1 } = options
  const n = lengths + angles
  const network = (name: string, outputs: number) =>
    denseNetwork({ ...options, name, inputs: n + angles, outputs })
  const { parameters, bind } = together({
    M: network('inverse_mass', (n * (n + 1)) / 2),
    V: network('potential', 1),
    g: m > 0 ? network('input', n * m) : undefined,
  })
  return {
    parameters,
    apply(weights) {
      const { M, V, g } = bind(weights)
      return {
        lengths,
        angles,
        inverseMass: x => choleskyForm(M(x), n, floor),
        potential: x => tf.reshape(V(x), []),
        input: g && (x => tf.reshape(g(x), [n, m])),
      }
    },
  }
}
