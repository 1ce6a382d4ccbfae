import * as tf from '@tensorflow/tfjs-core'
import {
  add,
  apply,
  identity,
  type Matrix,
  type Quaternion,
  quaternionProduct,
  rotationAbout,
  rotationOf,
  scale,
  subtract,
  type Vector,
  vector,
} from './vectors.ts'

/** One degree of freedom between a body and its parent: rotation about an axis [rad], or motion along it [m]. */
export interface Joint {
  readonly type: 'hinge' | 'slide'
  /** Of length 1, in the body's frame. */
  readonly axis: readonly number[]
  /** A point of a hinge's axis, in the body's frame, m. */
  readonly anchor: Vector
  /** Inertia that the joint's own motion has besides that of the bodies, such as a motor's rotor: kg·m², kg. */
  readonly armature?: tf.Tensor
}

/** How a body resists acceleration, in its frame. */
export interface Inertial {
  /** kg */
  readonly mass: tf.Tensor
  /** The centre of mass, m. */
  readonly center: Vector
  /** About the centre of mass, kg·m². */
  readonly inertia: Matrix
}

/** A body of a tree. With all its joints at 0, its frame lies at `position` and `orientation` in the parent's. */
export interface RigidBody {
  /** The index of a body before it, or −1 for the world. */
  readonly parent: number
  readonly position: Vector
  readonly orientation: Quaternion
  /** From the parent outwards; none for a body that is fixed to its parent. */
  readonly joints: readonly Joint[]
  /** Without: it has no mass. */
  readonly inertial?: Inertial
}

/** Where a frame is in the world. */
export interface Pose {
  readonly rotation: Matrix
  readonly origin: Vector
}

/** A joint where the bodies are now: its axis and a point of it in the world, and the origin of its body's frame once it has moved. */
export interface PlacedJoint {
  readonly type: Joint['type']
  readonly axis: Vector
  readonly anchor: Vector
  readonly origin: Vector
}

export interface PlacedBody extends Pose {
  readonly joints: readonly PlacedJoint[]
}

const world = (): Pose => ({ rotation: identity(), origin: vector(0, 0, 0) })

/** q taken apart: the coordinates of each body's joints. */
function coordinatesByBody(bodies: readonly RigidBody[], q: tf.Tensor1D): tf.Tensor[][] {
  let next = 0
  return bodies.map(({ joints }) => joints.map(() => tf.reshape(tf.slice(q, next++, 1), [])))
}

/**
 * Where bodies and joints are at coordinates q [n], those of the joints in their order, body by body.
 */
export function forwardKinematics(bodies: readonly RigidBody[], q: tf.Tensor1D): PlacedBody[] {
  const coordinates = coordinatesByBody(bodies, q)
  const placed: PlacedBody[] = []
  for (const [index, { parent, position, orientation, joints }] of bodies.entries()) {
    const base: Pose = parent < 0 ? world() : placed[parent]
    let rotation: Matrix = tf.matMul(base.rotation, rotationOf(orientation))
    let origin = add(base.origin, apply(base.rotation, position))
    const moved = joints.map(({ type, axis, anchor }, j): PlacedJoint => {
      const [x, y, z] = axis
      const direction = apply(rotation, vector(x, y, z))
      const point = add(origin, apply(rotation, anchor))
      if (type === 'slide') origin = add(origin, scale(coordinates[index][j], direction))
      else {
        rotation = tf.matMul(rotation, rotationAbout(axis, coordinates[index][j]))
        origin = subtract(point, apply(rotation, anchor))
      }
      return { type, axis: direction, anchor: point, origin }
    })
    placed.push({ rotation, origin, joints: moved })
  }
  return placed
}

/** Orientations in the world of all bodies, as quaternions [w, x, y, z] of length 1: each [4]. */
export function orientations(bodies: readonly RigidBody[], q: tf.Tensor1D): tf.Tensor1D[] {
  const coordinates = coordinatesByBody(bodies, q)
  const turned: tf.Tensor1D[] = []
  for (const [index, { parent, orientation, joints }] of bodies.entries()) {
    const length = Math.sqrt(orientation.reduce((sum, part) => sum + part * part, 0))
    const fixed = tf.tensor1d(orientation.map(part => part / length))
    let quaternion = parent < 0 ? fixed : quaternionProduct(turned[parent], fixed)
    joints.forEach(({ type, axis }, j) => {
      if (type === 'slide') return
      const half = tf.mul(0.5, coordinates[index][j])
      const turn = tf.concat([
        tf.reshape(tf.cos(half), [1]),
        tf.mul(tf.sin(half), tf.tensor1d([...axis])),
      ]) as tf.Tensor1D
      quaternion = quaternionProduct(quaternion, turn)
    })
    turned.push(quaternion)
  }
  return turned
}
