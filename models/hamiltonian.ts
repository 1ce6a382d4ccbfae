import * as tf from '@tensorflow/tfjs-core'
import { grad } from '../compiler/trace/derivatives.ts'

/** A mechanical system in coordinates q [n] and momenta p [n]. SI units. */
export interface HamiltonianSystem {
  readonly coordinates: number
  /** H(t, q, p): a scalar [J]. */
  hamiltonian(t: tf.Tensor, q: tf.Tensor1D, p: tf.Tensor1D): tf.Tensor
  /** Rayleigh's dissipation function R(q, q̇): a scalar [W]; the friction is −∂R/∂q̇ at q̇ = ∂H/∂p. */
  dissipation?(q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor
  /** Generalised forces Q(t, q, q̇): [n]. */
  forces?(t: tf.Tensor, q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor
}

/**
 * d/dt (q, p) of Hamilton's equations with dissipation and forces,
 *
 *     q̇ = ∂H/∂p,    ṗ = −∂H/∂q − ∂R/∂q̇ + Q.
 *
 * Without the last two, and with H free of t, H is conserved whatever it is: a learned one, too (Greydanus, Dzamba &
 * Yosinski, Hamiltonian Neural Networks, NeurIPS 2019). R convex in q̇ with its least value at rest takes energy out
 * only: dH/dt = −q̇·∂R/∂q̇ ≤ 0 (dissipative HNN: Sosanya & Greydanus, 2022).
 *
 * @param y [2n]: q, then p
 * @returns [2n]: q̇, then ṗ
 */
export function hamiltonianDynamics(system: HamiltonianSystem, t: tf.Tensor, y: tf.Tensor1D): tf.Tensor1D {
  const n = system.coordinates
  const q = tf.slice(y, 0, n)
  const H = (state: tf.Tensor) =>
    system.hamiltonian(t, tf.slice1d(state as tf.Tensor1D, 0, n), tf.slice1d(state as tf.Tensor1D, n, n))
  const gradient = grad(H)(y) as tf.Tensor1D
  const rates = tf.slice1d(gradient, n, n)
  let force: tf.Tensor = tf.neg(tf.slice1d(gradient, 0, n))
  if (system.dissipation) force = tf.sub(force, grad(v => system.dissipation!(q, v as tf.Tensor1D))(rates))
  if (system.forces) force = tf.add(force, system.forces(t, q, rates))
  return tf.concat([rates, force as tf.Tensor1D])
}
