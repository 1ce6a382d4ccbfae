import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { uniform } from '../../compiler/testing/numbers.ts'
import { jvp } from '../../compiler/trace/derivatives.ts'
import { lagrangianDynamics } from '../lagrangian.ts'
import { evaluated } from '../testing/evaluated.ts'
import {
  type RigidBodySystem,
  rigidBodyDynamics,
  rigidBodyEnergy,
  rigidBodyMassMatrix,
  rigidBodyPotential,
} from './dynamics.ts'
import { forwardKinematics, type Joint, orientations, type RigidBody } from './kinematics.ts'
import { apply, type Matrix, type Quaternion, rotationOf, vector } from './vectors.ts'

/** A tree with branches, several joints on a body, a fixed body and one without mass; made anew in each trace, in float64. */
function tree(seed = 29): RigidBodySystem {
  const random = uniform(seed)
  const three = () => Array.from({ length: 3 }, random)
  const quaternion = () => [random(), ...three()] as unknown as Quaternion
  const joint = (type: Joint['type'], armature?: number): Joint => {
    const axis = three()
    return {
      type,
      axis: axis.map(x => x / Math.sqrt(axis.reduce((sum, a) => sum + a * a, 0))),
      anchor: tf.tensor1d(three()),
      armature: armature === undefined ? undefined : tf.scalar(armature),
    }
  }
  const body = (parent: number, ...joints: Joint[]): RigidBody => {
    const [a, b, c] = three().map(x => 1.2 + x)
    const principal = rotationOf(quaternion())
    const moments = tf.tensor2d([
      [b + c, 0, 0],
      [0, a + c, 0],
      [0, 0, a + b],
    ])
    return {
      parent,
      position: tf.tensor1d(three()),
      orientation: quaternion(),
      joints,
      inertial: {
        mass: tf.scalar(1.5 + random()),
        center: tf.tensor1d(three()),
        inertia: tf.matMul(tf.matMul(principal, moments), principal, false, true),
      },
    }
  }
  return {
    gravity: vector(0.7, -9.81, 1.3),
    bodies: [
      body(-1, joint('hinge'), joint('slide', 0.4)),
      body(0, joint('slide'), joint('hinge'), joint('hinge', 0.3)),
      body(1),
      body(0, joint('hinge')),
      { ...body(3, joint('hinge')), inertial: undefined },
      body(4, joint('slide')),
    ],
  }
}
const n = 8
const state = Array.from({ length: 2 * n }, uniform(3)).map(x => 1.5 * x)
const time = () => tf.scalar(0)

/** ½ Σ m·v² + ½ Σ ω·Iω + ½ Σ armature·q̇², with v and ω as the derivatives of the poses. */
function kineticOfPoses(bodies: readonly RigidBody[], q: tf.Tensor1D, rates: tf.Tensor1D): tf.Tensor {
  const heavy = bodies.flatMap(({ inertial }, k) => (inertial ? [{ ...inertial, k }] : []))
  const masses = tf.stack(heavy.map(({ mass }) => mass))
  const centres = (x: tf.Tensor) => {
    const placed = forwardKinematics(bodies, x as tf.Tensor1D)
    return tf.stack(heavy.map(({ k, center }) => tf.add(placed[k].origin, apply(placed[k].rotation, center))))
  }
  const rotations = (x: tf.Tensor) => {
    const placed = forwardKinematics(bodies, x as tf.Tensor1D)
    return tf.stack(heavy.map(({ k }) => placed[k].rotation))
  }
  const velocities = jvp(centres)([q], [rates]).tangent
  // In the body's frame: [ω]× = RᵀṘ
  const { value, tangent } = jvp(rotations)([q], [rates])
  const spins = tf.matMul(value, tangent, true, false)
  const turning = heavy.map(({ inertia }, k) => {
    const entry = ([i, j]: number[]) => tf.reshape(tf.slice(spins, [k, i, j], [1, 1, 1]), [])
    const omega = tf.stack(
      [
        [2, 1],
        [0, 2],
        [1, 0],
      ].map(entry),
    ) as tf.Tensor1D
    return tf.sum(tf.mul(omega, apply(inertia, omega)))
  })
  const armatures = bodies.flatMap(({ joints }) => joints.map(({ armature }) => armature ?? tf.scalar(0)))
  const twice = [
    tf.sum(tf.mul(masses, tf.sum(tf.square(velocities), 1))),
    ...turning,
    tf.sum(tf.mul(tf.stack(armatures), tf.square(rates))),
  ]
  return tf.mul(0.5, tf.addN(twice))
}

const largest = (a: Float64Array, b: Float64Array) => Math.max(...a.map((x, k) => Math.abs(x - b[k])))

describe('rigid bodies', () => {
  it('M is that of the kinetic energy of the moving poses', () => {
    const q = (y: tf.Tensor1D) => tf.slice(y, 0, n)
    const rates = (y: tf.Tensor1D) => tf.slice(y, n, n)
    const kinetic = evaluated((y: tf.Tensor1D) => kineticOfPoses(tree().bodies, q(y), rates(y)), state)
    const total = evaluated((y: tf.Tensor1D) => rigidBodyEnergy(tree(), y), state)
    const potential = evaluated((y: tf.Tensor1D) => rigidBodyPotential(tree(), q(y)), state)
    expect(Math.abs(total[0] - potential[0] - kinetic[0])).toBeLessThan(1e-12 * kinetic[0])
    const M = evaluated((x: tf.Tensor1D) => rigidBodyMassMatrix(tree().bodies, x), state.slice(0, n))
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) expect(M[i * n + j]).toBe(M[j * n + i])
  })

  it('Newton and Euler’s equations are Lagrange’s: the accelerations are those of the energies', () => {
    const recursive = evaluated((y: tf.Tensor1D) => rigidBodyDynamics(tree(), time(), y), state)
    const derived = evaluated((y: tf.Tensor1D) => {
      const system = tree()
      return lagrangianDynamics(
        {
          coordinates: n,
          kinetic: (q, rates) => kineticOfPoses(system.bodies, q, rates),
          potential: q => rigidBodyPotential(system, q),
        },
        time(),
        y,
      )
    }, state)
    const scale = Math.max(...derived.map(Math.abs))
    expect(largest(recursive, derived)).toBeLessThan(1e-12 * scale)
  })

  it('energy changes by the power of the forces, and of nothing else', () => {
    const power = evaluated((y: tf.Tensor1D) => {
      const system: RigidBodySystem = {
        ...tree(),
        potential: q => tf.sum(tf.cos(q)),
        forces: (_t, q, rates) => tf.sub(tf.sin(q), rates),
      }
      const derivative = rigidBodyDynamics(system, time(), y)
      const change = jvp(x => rigidBodyEnergy(system, x as tf.Tensor1D))([y], [derivative]).tangent
      const [q, rates] = [tf.slice(y, 0, n), tf.slice(y, n, n)]
      return tf.stack([change, tf.sum(tf.mul(rates, system.forces!(time(), q, rates)))])
    }, state)
    expect(Math.abs(power[0] - power[1])).toBeLessThan(1e-12 * Math.abs(power[1]))
  })

  it('a two-link arm is its closed form', () => {
    const [m1, m2, l1, r1, r2, I1, I2, g] = [0.52, 0.63, 0.2, 0.15, 0.26, 0.032, 0.051, 9.81]
    const link = (parent: number, height: number, m: number, r: number, I: number): RigidBody => ({
      parent,
      position: vector(0, height, 0),
      orientation: [1, 0, 0, 0],
      joints: [{ type: 'hinge', axis: [0, 0, 1], anchor: vector(0, 0, 0) }],
      inertial: {
        mass: tf.scalar(m),
        center: vector(0, -r, 0),
        inertia: tf.mul(I, tf.eye(3)) as Matrix,
      },
    })
    const arm = () => ({
      gravity: vector(0, -g, 0),
      bodies: [link(-1, 0, m1, r1, I1), link(0, -l1, m2, r2, I2)],
    })
    const random = uniform(8)
    for (let trial = 0; trial < 5; trial++) {
      const [a, b, u, v] = Array.from({ length: 4 }, () => 3 * random())
      const rates = evaluated((y: tf.Tensor1D) => rigidBodyDynamics(arm(), time(), y), [a, b, u, v])
      // Spong, Hutchinson & Vidyasagar, Robot Modeling and Control, section 7.3.2, angles from the vertical
      const [d1, d2] = [m1 * r1 ** 2 + I1, m2 * r2 ** 2 + I2]
      const c = m2 * l1 * r2
      const [m11, m12, m22] = [d1 + d2 + m2 * l1 ** 2 + 2 * c * Math.cos(b), d2 + c * Math.cos(b), d2]
      const h = c * Math.sin(b)
      const f1 =
        h * (2 * u * v + v * v) - (m1 * r1 + m2 * l1) * g * Math.sin(a) - m2 * r2 * g * Math.sin(a + b)
      const f2 = -h * u * u - m2 * r2 * g * Math.sin(a + b)
      const determinant = m11 * m22 - m12 * m12
      const closed = [u, v, (m22 * f1 - m12 * f2) / determinant, (m11 * f2 - m12 * f1) / determinant]
      closed.forEach((value, i) => {
        expect(Math.abs(rates[i] - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)))
      })
    }
  })

  it('without gravity, a chain that nothing holds keeps its momentum', () => {
    const free = (): RigidBodySystem => {
      const { bodies } = tree()
      const axes = [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]
      const root: RigidBody = {
        ...bodies[0],
        joints: (['slide', 'hinge'] as const).flatMap(type =>
          axes.map(axis => ({ type, axis, anchor: vector(0, 0, 0) })),
        ),
      }
      const unloaded = ({ armature: _, ...joint }: Joint): Joint => joint
      const branch = (body: RigidBody, parent: number): RigidBody => ({
        ...body,
        parent,
        joints: body.joints.map(unloaded),
      })
      return { gravity: vector(0, 0, 0), bodies: [root, branch(bodies[1], 0), branch(bodies[3], 1)] }
    }
    const count = 10
    const start = Array.from({ length: 2 * count }, uniform(5))
    /** Σ m·v, with v the derivatives of the centres along q̇. */
    const momentum = (y: tf.Tensor): tf.Tensor => {
      const { bodies } = free()
      const [q, rates] = [tf.slice(y, 0, count), tf.slice(y, count, count)]
      const impulse = (x: tf.Tensor) => {
        const placed = forwardKinematics(bodies, x as tf.Tensor1D)
        return tf.addN(
          bodies.map(({ inertial }, k) =>
            tf.mul(inertial!.mass, tf.add(placed[k].origin, apply(placed[k].rotation, inertial!.center))),
          ),
        )
      }
      return jvp(impulse)([q], [rates]).tangent
    }
    const change = evaluated(
      (y: tf.Tensor1D) => jvp(momentum)([y], [rigidBodyDynamics(free(), time(), y)]).tangent,
      start,
    )
    for (const force of change) expect(Math.abs(force)).toBeLessThan(1e-11)
  })

  it('orientations are the rotations, as quaternions', () => {
    const q = state.slice(0, n)
    const rotations = evaluated(
      (x: tf.Tensor1D) => tf.stack(forwardKinematics(tree().bodies, x).map(({ rotation }) => rotation)),
      q,
    )
    const quaternions = evaluated((x: tf.Tensor1D) => tf.stack(orientations(tree().bodies, x)), q)
    for (let body = 0; body < 6; body++) {
      const quaternion = [...quaternions.slice(4 * body, 4 * body + 4)] as unknown as Quaternion
      expect(Math.abs(Math.hypot(...quaternion) - 1)).toBeLessThan(1e-14)
      const rotation = evaluated((x: tf.Tensor1D) => tf.add(rotationOf(quaternion), tf.mul(0, tf.sum(x))), q)
      expect(largest(rotation, rotations.slice(9 * body, 9 * body + 9))).toBeLessThan(1e-14)
    }
  })
})
