import * as tf from '@tensorflow/tfjs-core'
import { grad, jvp } from '../compiler/trace/derivatives.ts'
import { solve } from '../solvers/linear/solve.ts'
import { times } from './matrices.ts'

/**
 * A mechanical system in generalised coordinates q [n] and rates q̇ [n]. Kinetic energy is given as a function, or
 * through the mass matrix: T = ½ q̇ᵀM(q)q̇. SI units.
 */
export interface LagrangianSystem {
  readonly coordinates: number
  /** T(q, q̇): a scalar [J]. Either this or `massMatrix`. */
  kinetic?(q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor
  /** M(q): [n, n], symmetric positive definite. */
  massMatrix?(q: tf.Tensor1D): tf.Tensor2D
  /** V(q): a scalar [J]. */
  potential(q: tf.Tensor1D): tf.Tensor
  /** Rayleigh's dissipation function R(q, q̇): a scalar [W]; the generalised friction is −∂R/∂q̇. */
  dissipation?(q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor
  /** Generalised forces Q(t, q, q̇): [n]. */
  forces?(t: tf.Tensor, q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor
  /** Holonomic constraints g(q) = 0: [m], none of which follows from the others. */
  constraints?(q: tf.Tensor1D): tf.Tensor1D
  /** The rate α [1/s] at which a violation of the constraints decays; default 10. */
  readonly stabilisation?: number
}

/** T(q, q̇) of the system: a scalar. */
export function kineticEnergy(system: LagrangianSystem, q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor {
  if (system.kinetic) return system.kinetic(q, rates)
  return tf.mul(0.5, tf.sum(tf.mul(rates, times(system.massMatrix!(q), rates))))
}

/**
 * M = ∂²T/∂q̇²: [n, n]. Its columns are derivatives of the momentum ∂T/∂q̇ along unit rates. It depends on the rates
 * where T is not quadratic in them; by default they are zero.
 */
export function massMatrix(
  system: LagrangianSystem,
  q: tf.Tensor1D,
  rates: tf.Tensor1D = tf.tensor1d(new Array(system.coordinates).fill(0)),
): tf.Tensor2D {
  if (system.massMatrix) return system.massMatrix(q)
  const n = system.coordinates
  const momentumAt = (v: tf.Tensor) => momentum(system, q, v as tf.Tensor1D)
  const columns = Array.from(
    { length: n },
    (_, j) =>
      jvp(momentumAt)([rates], [tf.tensor1d(Array.from({ length: n }, (_, i) => (i === j ? 1 : 0)))]).tangent,
  )
  return tf.stack(columns, 1) as tf.Tensor2D
}

/** p = ∂T/∂q̇: [n]. */
function momentum(system: LagrangianSystem, q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor1D {
  if (system.massMatrix) return times(system.massMatrix(q), rates)
  return grad(v => kineticEnergy(system, q, v as tf.Tensor1D))(rates) as tf.Tensor1D
}

/**
 * The energy p·q̇ − T + V, p = ∂T/∂q̇: a scalar [J]. It is T + V where T is quadratic in the rates. (Goldstein, eq. 2.53.)
 */
export function energy(system: LagrangianSystem, y: tf.Tensor1D): tf.Tensor {
  const [q, rates] = coordinatesAndRates(system, y)
  const kinetic = kineticEnergy(system, q, rates)
  const ofMotion = system.massMatrix
    ? kinetic
    : tf.sub(tf.sum(tf.mul(momentum(system, q, rates), rates)), kinetic)
  return tf.add(ofMotion, system.potential(q))
}

/**
 * d/dt (q, q̇) of the Euler–Lagrange equations with dissipation and forces,
 *
 *     M(q, q̇)·q̈ = ∂T/∂q − (∂p/∂q)·q̇ − ∂V/∂q − ∂R/∂q̇ + Q,    p = ∂T/∂q̇,
 *
 * where ∂T/∂q − (∂p/∂q)·q̇ are the Coriolis and centrifugal terms. All derivatives are taken by tracing; the
 * solve with M is Cholesky's. (Goldstein, Classical Mechanics, 3rd ed., eqs. 1.57 and 1.70.)
 *
 * @param y [2n]: q, then q̇
 * @returns [2n]: q̇, then q̈
 */
export function lagrangianDynamics(system: LagrangianSystem, t: tf.Tensor, y: tf.Tensor1D): tf.Tensor1D {
  const [q, rates] = coordinatesAndRates(system, y)
  const lagrangian = (position: tf.Tensor) =>
    tf.sub(kineticEnergy(system, position as tf.Tensor1D, rates), system.potential(position as tf.Tensor1D))
  const momentumChange = jvp(position => momentum(system, position as tf.Tensor1D, rates))(
    [q],
    [rates],
  ).tangent
  let force = tf.sub(grad(lagrangian)(q), momentumChange)
  if (system.dissipation) {
    force = tf.sub(force, grad(v => system.dissipation!(q, v as tf.Tensor1D))(rates))
  }
  if (system.forces) force = tf.add(force, system.forces(t, q, rates))
  const M = massMatrix(system, q, rates)
  if (system.constraints) force = tf.sub(force, constraintForce(system, M, q, rates, force as tf.Tensor1D))
  const acceleration = solve(M, force as tf.Tensor1D, { structure: 'spd' })
  return tf.concat([rates, acceleration as tf.Tensor1D])
}

/**
 * Gᵀλ, G = ∂g/∂q, such that the acceleration obeys g̈ + 2α·ġ + α²·g = 0: with the force f of all else,
 *
 *     G·M⁻¹·Gᵀ·λ = G·M⁻¹·f + Ġ·q̇ + 2α·G·q̇ + α²·g.
 *
 * With α = 0 these are the equations of index 1, whose solutions drift off the constraints; α lets a drift decay
 * (Baumgarte, Comput. Methods Appl. Mech. Eng. 1 (1972) 1–16). Unlike a projection after each step it is part of a
 * smooth right-hand side: dense output and gradients need nothing of their own.
 */
export function constraintForce(
  system: LagrangianSystem,
  M: tf.Tensor2D,
  q: tf.Tensor1D,
  rates: tf.Tensor1D,
  force: tf.Tensor1D,
): tf.Tensor1D {
  const { coordinates: n, stabilisation: alpha = 10 } = system
  const g = (position: tf.Tensor) => system.constraints!(position as tf.Tensor1D)
  const along = (direction: tf.Tensor1D) => (position: tf.Tensor) => jvp(g)([position], [direction]).tangent
  const columns = Array.from({ length: n }, (_, j) =>
    along(tf.tensor1d(Array.from({ length: n }, (_, i) => (i === j ? 1 : 0))))(q),
  )
  const G = tf.stack(columns, 1) as tf.Tensor2D
  const transposed = tf.transpose(G) as tf.Tensor2D
  const compliance = tf.matMul(G, solve(M, transposed, { structure: 'spd' }) as tf.Tensor2D) as tf.Tensor2D
  const free = times(G, solve(M, force, { structure: 'spd' }) as tf.Tensor1D)
  const rate = along(rates)(q)
  const curvature = jvp(along(rates))([q], [rates]).tangent
  const drift = tf.add(tf.mul(2 * alpha, rate), tf.mul(alpha * alpha, g(q)))
  const lambda = solve(compliance, tf.addN([free, curvature, drift]) as tf.Tensor1D, { structure: 'spd' })
  return times(transposed, lambda as tf.Tensor1D)
}

function coordinatesAndRates(system: LagrangianSystem, y: tf.Tensor1D): [q: tf.Tensor1D, rates: tf.Tensor1D] {
  const n = system.coordinates
  return [tf.slice(y, 0, n), tf.slice(y, n, n)]
}
