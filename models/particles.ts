import * as tf from '@tensorflow/tfjs-core'
import { grad } from '../compiler/trace/derivatives.ts'

/** Point masses in d dimensions that move in a potential. SI units. */
export interface ParticleSystem {
  readonly count: number
  /** d: 1, 2 or 3 */
  readonly dimensions: number
  /** [count] */
  readonly masses: tf.Tensor1D
  /** V(t, X) [J], X [count, d]. */
  potential(t: tf.Tensor, positions: tf.Tensor2D): tf.Tensor
  /** c [kg/s]: a force −c·v on each. */
  readonly drag?: tf.Tensor
  /** [count]: 1 for particles that move, 0 for those that are held where they are. */
  readonly moving?: tf.Tensor1D
}

/**
 * d/dt (X, V) = (V, M⁻¹(−∂V/∂X − c·V)). A potential of differences of positions alone conserves the total momentum, one of distances
 * also the angular momentum, whatever it is: a learned one, too (Noether).
 *
 * @param y [2·count·d]: positions, particle by particle, then velocities
 */
export function particleDynamics(system: ParticleSystem, t: tf.Tensor, y: tf.Tensor1D): tf.Tensor1D {
  const { count, dimensions, masses, drag, moving } = system
  const [positions, velocities] = positionsAndVelocities(system, y)
  let force = tf.neg(grad(X => system.potential(t, X as tf.Tensor2D))(positions))
  if (drag) force = tf.sub(force, tf.mul(drag, velocities))
  const inverse = tf.div(moving ?? tf.onesLike(masses), masses)
  const acceleration = tf.mul(force, tf.reshape(inverse, [count, 1]))
  const rates = moving ? tf.mul(velocities, tf.reshape(moving, [count, 1])) : velocities
  const length = count * dimensions
  return tf.concat([tf.reshape(rates, [length]), tf.reshape(acceleration, [length])]) as tf.Tensor1D
}

/** Kinetic and potential energy, J. */
export function particleEnergy(system: ParticleSystem, t: tf.Tensor, y: tf.Tensor1D): tf.Tensor {
  const [positions, velocities] = positionsAndVelocities(system, y)
  const kinetic = tf.mul(0.5, tf.sum(tf.mul(system.masses, tf.sum(tf.square(velocities), 1))))
  return tf.add(kinetic, system.potential(t, positions))
}

function positionsAndVelocities({ count, dimensions }: ParticleSystem, y: tf.Tensor1D) {
  const length = count * dimensions
  return [0, length].map(begin => tf.reshape(tf.slice(y, begin, length), [count, dimensions])) as [
    tf.Tensor2D,
    tf.Tensor2D,
  ]
}

/** |x_j − x_i| of pairs: [pairs]. Particles of a pair must not lie on each other. */
export function distances(
  positions: tf.Tensor2D,
  pairs: readonly (readonly [i: number, j: number])[],
): tf.Tensor1D {
  const ends = [0, 1].map(end =>
    tf.gather(
      positions,
      tf.tensor1d(
        pairs.map(pair => pair[end]),
        'int32',
      ),
    ),
  )
  return tf.sqrt(tf.sum(tf.square(tf.sub(ends[1], ends[0])), 1)) as tf.Tensor1D
}

/** ½·Σ k·(r − rest)² of springs: a scalar [J]. @param stiffness N/m, one for all or one each */
export const springEnergy = (lengths: tf.Tensor1D, stiffness: tf.Tensor, rest: tf.Tensor1D): tf.Tensor =>
  tf.mul(0.5, tf.sum(tf.mul(stiffness, tf.square(tf.sub(lengths, rest)))))
