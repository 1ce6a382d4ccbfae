import * as tf from '@tensorflow/tfjs-core'
import { grad } from '../../compiler/trace/derivatives.ts'
import { solve } from '../../solvers/linear/solve.ts'
import { forwardKinematics, type PlacedBody, type PlacedJoint, type RigidBody } from './kinematics.ts'
import {
  add,
  apply,
  cross,
  dot,
  identity,
  type Matrix,
  outer,
  scale,
  subtract,
  type Vector,
  vector,
} from './vectors.ts'

/**
 * A tree of rigid bodies. Its coordinates q [n] are those of the joints, body by body; SI units.
 */
export interface RigidBodySystem {
  /** Each after its parent. */
  readonly bodies: readonly RigidBody[]
  /** m/s² */
  readonly gravity: Vector
  /** Potential energy besides gravity's, of springs for instance: a scalar [J]. */
  potential?(q: tf.Tensor1D): tf.Tensor
  /** Generalised forces of motors and friction: [n], N·m for a hinge, N for a slide. */
  forces?(t: tf.Tensor, q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor
}

/** The inertia of one or more bodies, moving as one, about a point o: m, Σ m(x − o), and the tensor about o; world's axes. */
interface Inertia {
  readonly mass: tf.Tensor
  readonly moment: Vector
  readonly tensor: Matrix
}

/** A force, and its moment about a point; or momentum, and angular momentum about it. */
interface Wrench {
  readonly force: Vector
  readonly moment: Vector
}

/**
 * d/dt (q, q̇) of the tree,
 *
 *     M(q)·q̈ = Q(t, q, q̇) − ∂V/∂q − b(q, q̇),
 *
 * with M by composite rigid bodies (Walker & Orin, J. Dyn. Sys. Meas. Control 104 (1982) 205–211, method 3) and b, the Coriolis,
 * centrifugal and gravity terms, by Newton and Euler's equations outwards and inwards along the tree at q̈ = 0 (Luh, Walker & Paul,
 * ibid. 102 (1980) 69–76).
 *
 * @param y [2n]: q, then q̇
 * @returns [2n]: q̇, then q̈
 */
export function rigidBodyDynamics(system: RigidBodySystem, t: tf.Tensor, y: tf.Tensor1D): tf.Tensor1D {
  const [q, rates] = coordinatesAndRates(y)
  const placed = forwardKinematics(system.bodies, q)
  let force = tf.neg(biasForces(system, placed, rates))
  if (system.potential) force = tf.sub(force, grad(x => system.potential!(x as tf.Tensor1D))(q))
  if (system.forces) force = tf.add(force, system.forces(t, q, rates))
  const acceleration = solve(massMatrixAt(system.bodies, placed), force as tf.Tensor1D, { structure: 'spd' })
  return tf.concat([rates, acceleration as tf.Tensor1D])
}

/** M(q): [n, n], symmetric, positive definite where every joint moves a mass. */
export const rigidBodyMassMatrix = (bodies: readonly RigidBody[], q: tf.Tensor1D): tf.Tensor2D =>
  massMatrixAt(bodies, forwardKinematics(bodies, q))

/** V(q), of gravity and of the system's own potential: a scalar [J]. */
export function rigidBodyPotential(system: RigidBodySystem, q: tf.Tensor1D): tf.Tensor {
  const placed = forwardKinematics(system.bodies, q)
  const terms = system.bodies.flatMap(({ inertial }, index) => {
    if (!inertial) return []
    const { origin, rotation } = placed[index]
    const height = dot(system.gravity, add(origin, apply(rotation, inertial.center)))
    return [tf.neg(tf.mul(inertial.mass, height))]
  })
  if (system.potential) terms.push(system.potential(q))
  return terms.reduce((a, b) => tf.add(a, b), tf.mul(0, tf.sum(q)))
}

/** ½·q̇ᵀM(q)q̇ + V(q): a scalar [J]. */
export function rigidBodyEnergy(system: RigidBodySystem, y: tf.Tensor1D): tf.Tensor {
  const [q, rates] = coordinatesAndRates(y)
  const column = tf.reshape(rates, [-1, 1]) as tf.Tensor2D
  const momentum = tf.reshape(tf.matMul(rigidBodyMassMatrix(system.bodies, q), column), [-1])
  return tf.add(tf.mul(0.5, tf.sum(tf.mul(rates, momentum))), rigidBodyPotential(system, q))
}

function massMatrixAt(bodies: readonly RigidBody[], placed: readonly PlacedBody[]): tf.Tensor2D {
  const composites = compositeInertias(bodies, placed)
  const first = firstCoordinates(bodies)
  const n = first[bodies.length]
  const entries: tf.Tensor[] = new Array(n * n).fill(tf.scalar(0))
  bodies.forEach(({ joints }, body) => {
    const { origin } = placed[body]
    joints.forEach(({ armature }, k) => {
      const column = first[body] + k
      const momentum = momentumOf(composites[body], placed[body].joints[k], origin)
      for (let other = body; other >= 0; other = bodies[other].parent)
        placed[other].joints.forEach((joint, l) => {
          const row = first[other] + l
          if (row > column) return
          const entry = along(joint, momentum, origin)
          entries[row * n + column] = entry
          entries[column * n + row] = entry
        })
      if (armature) entries[column * (n + 1)] = tf.add(entries[column * (n + 1)], armature)
    })
  })
  return tf.reshape(tf.stack(entries), [n, n])
}

/** The forces on the joints that would keep q̈ = 0, gravity being an acceleration of the world: [n]. */
function biasForces(
  { bodies, gravity }: RigidBodySystem,
  placed: readonly PlacedBody[],
  rates: tf.Tensor1D,
): tf.Tensor1D {
  const first = firstCoordinates(bodies)
  const motions: Motion[] = []
  const wrenches: Wrench[] = bodies.map(({ parent, inertial }, body) => {
    const base = parent < 0 ? worldMotion(gravity) : motions[parent]
    const { joints, rotation, origin } = placed[body]
    let motion = base
    joints.forEach((joint, k) => {
      motion = afterJoint(motion, joint, tf.reshape(tf.slice(rates, first[body] + k, 1), []))
    })
    motion = carried(motion, origin)
    motions.push(motion)
    const { spin, angular, linear } = motion
    const zero = { force: vector(0, 0, 0), moment: vector(0, 0, 0) }
    if (!inertial) return zero
    const { mass, moment, tensor } = inertiaAt(inertial, rotation)
    const force = add(scale(mass, linear), cross(angular, moment), cross(spin, cross(spin, moment)))
    const turning = add(apply(tensor, angular), cross(spin, apply(tensor, spin)), cross(moment, linear))
    return { force, moment: turning }
  })
  const forces: tf.Tensor[] = new Array(first[bodies.length])
  for (let body = bodies.length - 1; body >= 0; body--) {
    const { joints, origin } = placed[body]
    joints.forEach((joint, k) => {
      forces[first[body] + k] = along(joint, wrenches[body], origin)
    })
    const { parent } = bodies[body]
    if (parent < 0) continue
    const { force, moment } = wrenches[body]
    const arm = subtract(origin, placed[parent].origin)
    wrenches[parent] = {
      force: add(wrenches[parent].force, force),
      moment: add(wrenches[parent].moment, moment, cross(arm, force)),
    }
  }
  return tf.stack(forces) as tf.Tensor1D
}

/** How a body moves where q̈ = 0: its angular velocity and acceleration, and the acceleration of the point of it that is at `at`. */
interface Motion {
  readonly spin: Vector
  readonly angular: Vector
  readonly linear: Vector
  readonly at: Vector
}

/** Gravity pulls on all bodies as if the world were accelerated upwards. */
const worldMotion = (gravity: Vector): Motion => ({
  spin: vector(0, 0, 0),
  angular: vector(0, 0, 0),
  linear: tf.neg(gravity),
  at: vector(0, 0, 0),
})

/** The same motion, by another point of the body. */
function carried({ spin, angular, linear, at }: Motion, to: Vector): Motion {
  const arm = subtract(to, at)
  return {
    spin,
    angular,
    linear: add(linear, cross(angular, arm), cross(spin, cross(spin, arm))),
    at: to,
  }
}

/** The motion beyond a joint, from that before it, by a point that both have now. */
function afterJoint(before: Motion, { type, axis, anchor, origin }: PlacedJoint, rate: tf.Tensor): Motion {
  const velocity = scale(rate, axis)
  const turn = cross(before.spin, velocity)
  if (type === 'slide') {
    const there = carried(before, origin)
    return { ...there, linear: add(there.linear, scale(tf.scalar(2), turn)) }
  }
  return {
    ...carried(before, anchor),
    spin: add(before.spin, velocity),
    angular: add(before.angular, turn),
  }
}

/** The momentum of a composite body about its origin o, while one joint moves at the rate 1. */
function momentumOf(
  { mass, moment, tensor }: Inertia,
  { type, axis, anchor }: PlacedJoint,
  origin: Vector,
): Wrench {
  if (type === 'slide') return { force: scale(mass, axis), moment: cross(moment, axis) }
  const velocity = cross(axis, subtract(origin, anchor))
  return {
    force: add(cross(axis, moment), scale(mass, velocity)),
    moment: add(apply(tensor, axis), cross(moment, velocity)),
  }
}

/** What a wrench about the point o does along a joint: a scalar. */
function along({ type, axis, anchor }: PlacedJoint, { force, moment }: Wrench, origin: Vector): tf.Tensor {
  if (type === 'slide') return dot(axis, force)
  return dot(axis, add(moment, cross(subtract(origin, anchor), force)))
}

/** For each body, the inertia of all that hangs on it, about its origin. */
function compositeInertias(bodies: readonly RigidBody[], placed: readonly PlacedBody[]): Inertia[] {
  const composites = bodies.map(({ inertial }, body) =>
    inertial ? inertiaAt(inertial, placed[body].rotation) : nothing(),
  )
  for (let body = bodies.length - 1; body >= 0; body--) {
    const { parent } = bodies[body]
    if (parent < 0) continue
    const arm = subtract(placed[body].origin, placed[parent].origin)
    const { mass, moment, tensor } = aboutPoint(composites[body], arm)
    const whole = composites[parent]
    composites[parent] = {
      mass: tf.add(whole.mass, mass),
      moment: add(whole.moment, moment),
      tensor: tf.add(whole.tensor, tensor),
    }
  }
  return composites
}

const nothing = (): Inertia => ({ mass: tf.scalar(0), moment: vector(0, 0, 0), tensor: tf.zeros([3, 3]) })

/** A body's inertia about its frame's origin, in the world's axes. */
function inertiaAt({ mass, center, inertia }: NonNullable<RigidBody['inertial']>, rotation: Matrix): Inertia {
  const centred: Inertia = {
    mass,
    moment: vector(0, 0, 0),
    tensor: tf.matMul(tf.matMul(rotation, inertia), rotation, false, true),
  }
  return aboutPoint(centred, apply(rotation, center))
}

/** The same inertia about the point o − arm (the parallel axis theorem, for points that need not be the centre). */
function aboutPoint({ mass, moment, tensor }: Inertia, arm: Vector): Inertia {
  const moved = add(moment, scale(mass, arm))
  const sum = add(moment, moved)
  const cross = tf.add(outer(arm, moved), outer(moment, arm)) as Matrix
  return {
    mass,
    moment: moved,
    tensor: tf.sub(tf.add(tensor, tf.mul(dot(arm, sum), identity())), cross),
  }
}

/** The index of each body's first coordinate, and at the end the number of coordinates. */
function firstCoordinates(bodies: readonly RigidBody[]): number[] {
  const first = [0]
  for (const { joints } of bodies) first.push(first[first.length - 1] + joints.length)
  return first
}

function coordinatesAndRates(y: tf.Tensor1D): [q: tf.Tensor1D, rates: tf.Tensor1D] {
  const n = y.shape[0] / 2
  return [tf.slice(y, 0, n), tf.slice(y, n, n)]
}
