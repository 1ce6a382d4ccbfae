import * as tf from '@tensorflow/tfjs-core'
import {
  type RigidBodySystem,
  rigidBodyDynamics,
  rigidBodyEnergy,
  rigidBodyMassMatrix,
  rigidBodyPotential,
} from '../../models/rigidBodies/dynamics.ts'
import {
  forwardKinematics,
  type Inertial,
  type Joint,
  orientations,
  type RigidBody,
} from '../../models/rigidBodies/kinematics.ts'
import { add, apply, type Matrix, rotationOf, type Vector } from '../../models/rigidBodies/vectors.ts'
import { type Formula, namesIn } from '../scene/formula/index.ts'
import type { RigidBodiesSystem } from '../scene/index.ts'
import { rateName } from '../scene/names.ts'
import { bodiesInOrder, frameCoordinates } from '../scene/rigidBodies.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

type SceneBody = RigidBodiesSystem['bodies'][string]
type SceneJoint = SceneBody['joints'][string]

/** A scene's tree of rigid bodies; its state is the coordinates of the joints, then their rates. */
export function rigidBodiesModel(system: RigidBodiesSystem, learned: LearnedTerms): Model {
  const bodyNames = bodiesInOrder({ system })
  const bodies = bodyNames.map(name => system.bodies[name])
  const parents = bodies.map(({ parent }) => bodyNames.indexOf(parent))
  const joints = bodies.flatMap(body => Object.entries(body.joints))
  const coordinates = joints.map(([name]) => name)
  const rates = coordinates.map(rateName)
  const names = [...coordinates, ...rates]
  const n = coordinates.length
  const constants = (t: tf.Tensor, theta: readonly tf.Tensor[]): Scope =>
    new Map([['t', t], ...learned.scalarsOf(theta, t)])
  const hasSprings = joints.some(([, { stiffness }]) => !isZero(stiffness))

  /** The system at one time and θ, in a trace. */
  function under(time: tf.Tensor, theta: readonly tf.Tensor[]): RigidBodySystem {
    const scope = constants(time, theta)
    const each = (part: (joint: SceneJoint) => Formula) =>
      formulaVector(
        joints.map(([, joint]) => part(joint)),
        scope,
      )
    return {
      gravity: formulaVector(system.gravity, scope),
      bodies: bodies.map((body, k) => rigidBody(body, parents[k], scope)),
      potential: hasSprings
        ? q => {
            const stretch = tf.sub(
              q,
              each(({ springref }) => springref),
            )
            const stiffness = each(joint => joint.stiffness)
            return tf.mul(0.5, tf.sum(tf.mul(stiffness, tf.square(stretch))))
          }
        : undefined,
      forces(t, q, velocities) {
        const values: Scope = new Map([
          ...constants(t, theta),
          ...named(coordinates, q),
          ...named(rates, velocities),
        ])
        const motors = coordinates.map(
          name =>
            learned.term(`forces.${name}`, values, theta) ??
            formulaValue(system.forces[name] ?? zero, values),
        )
        const viscous = tf.mul(
          each(({ damping }) => damping),
          velocities,
        )
        const sign = tf.tanh(tf.div(velocities, system.friction_speed))
        const coulomb = tf.mul(
          each(({ frictionloss }) => frictionloss),
          sign,
        )
        return tf.sub(tf.stack(motors), tf.add(viscous, coulomb))
      },
    }
  }

  const sites = Object.entries(system.sites)
  const frameNames = [...bodyNames, ...sites.map(([name]) => name)]
  /** Positions of bodies and sites. */
  function positions(t: tf.Tensor, q: tf.Tensor1D, theta: readonly tf.Tensor[]): Vector[] {
    const placed = forwardKinematics(under(t, theta).bodies, q)
    const scope = constants(t, theta)
    return [
      ...placed.map(({ origin }) => origin),
      ...sites.map(([, { body, pos }]) => {
        const { origin, rotation } = placed[bodyNames.indexOf(body)]
        return add(origin, apply(rotation, formulaVector(pos, scope)))
      }),
    ]
  }
  /** Positions and orientations: [7] each. */
  function poses(t: tf.Tensor, y: tf.Tensor1D, theta: readonly tf.Tensor[]): tf.Tensor1D {
    const q = tf.slice(y, 0, n)
    const turned = orientations(under(t, theta).bodies, q)
    const all = [...turned, ...sites.map(([, { body }]) => turned[bodyNames.indexOf(body)])]
    return tf.concat(positions(t, q, theta).flatMap((position, k) => [position, all[k]])) as tf.Tensor1D
  }

  return {
    names,
    start: Float64Array.from([
      ...joints.map(([, { start }]) => start),
      ...joints.map(([, { rate }]) => rate),
    ]),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative: (t, y, theta) => rigidBodyDynamics(under(t, theta), t, y),
    energy: (t, y, theta) => rigidBodyEnergy(under(t, theta), y),
    potential: (t, y, theta) => rigidBodyPotential(under(t, theta), tf.slice(y, 0, n)),
    massMatrix: (t, y, theta) => rigidBodyMassMatrix(under(t, theta).bodies, tf.slice(y, 0, n)),
    frames: { names: frameNames, values: poses },
    formulas: formulas => (t, y, theta) => {
      const scope = new Map([...constants(t, theta), ...named(names, y)])
      if (formulas.some(formula => namesIn(formula).some(({ name }) => name.includes('.'))))
        positions(t, tf.slice(y, 0, n), theta).forEach((position, k) => {
          for (const [name, value] of named(frameCoordinates(frameNames[k]), position)) scope.set(name, value)
        })
      return formulaVector(formulas, scope)
    },
  }
}

const zero: Formula = { kind: 'number', value: 0, start: 0 }
const isZero = (formula: Formula): boolean => formula.kind === 'number' && formula.value === 0

function rigidBody({ pos, quat, joints, inertial }: SceneBody, parent: number, scope: Scope): RigidBody {
  return {
    parent,
    position: formulaVector(pos, scope),
    orientation: quat,
    joints: Object.values(joints).map((joint): Joint => {
      const length = Math.sqrt(joint.axis.reduce((sum, part) => sum + part * part, 0))
      return {
        type: joint.type,
        axis: joint.axis.map(part => part / length),
        anchor: formulaVector(joint.pos, scope),
        armature: formulaValue(joint.armature, scope),
      }
    }),
    inertial: inertial && inertialOf(inertial, scope),
  }
}

function inertialOf(
  { mass, pos, quat, diaginertia, fullinertia }: NonNullable<SceneBody['inertial']>,
  scope: Scope,
): Inertial {
  const [a, b, c] = diaginertia ?? [zero, zero, zero]
  const [xx, yy, zz, xy, xz, yz] = fullinertia ?? [a, b, c, zero, zero, zero]
  const tensor = tf.reshape(formulaVector([xx, xy, xz, xy, yy, yz, xz, yz, zz], scope), [3, 3]) as Matrix
  const rotation = rotationOf(quat)
  return {
    mass: formulaValue(mass, scope),
    center: formulaVector(pos, scope),
    inertia: tf.matMul(tf.matMul(rotation, tensor), rotation, false, true),
  }
}
