import { z } from 'zod'
import { geomTypes } from '../../files/viewerSeries.ts'
import { formula, name, positive } from './formula.ts'

const place = z.tuple([formula, formula, formula])
const origin = place.prefault([0, 0, 0])
const numbers = z.tuple([z.number(), z.number(), z.number()])
const quaternion = z.tuple([z.number(), z.number(), z.number(), z.number()])
const unturned = quaternion.default([1, 0, 0, 0])

const joint = z.strictObject({
  type: z
    .enum(['hinge', 'slide'])
    .default('hinge')
    .describe('Rotation about the axis, rad, or motion along it, m. Six of them make a body free.'),
  axis: numbers.default([0, 0, 1]).describe("In the body's frame; of any length."),
  pos: origin.describe("A point of a hinge's axis, in the body's frame, m."),
  start: z.number().default(0).describe('rad or m.'),
  rate: z.number().default(0).describe('At the start, rad/s or m/s.'),
  damping: formula.prefault(0).describe('Viscous friction, N·m·s/rad or N·s/m.'),
  frictionloss: formula
    .prefault(0)
    .describe('Coulomb friction, N·m or N: −frictionloss·tanh(rate/friction_speed).'),
  armature: formula.prefault(0).describe("Inertia of the joint's own motion (a rotor's), kg·m² or kg."),
  stiffness: formula.prefault(0).describe('Of a spring towards springref, N·m/rad or N/m.'),
  springref: formula.prefault(0).describe('Where the spring is at rest, rad or m.'),
})

const inertial = z.strictObject({
  mass: formula.describe('kg, over parameters.'),
  pos: origin.describe("The centre of mass, in the body's frame, m."),
  quat: unturned.describe("Of the axes that the moments are about, in the body's frame, [w, x, y, z]."),
  diaginertia: place.optional().describe('Moments about these axes through the centre, kg·m²; by default 0.'),
  fullinertia: z
    .tuple([formula, formula, formula, formula, formula, formula])
    .optional()
    .describe('Or xx, yy, zz, xy, xz, yz of the tensor about the centre, kg·m².'),
})

const geom = z.strictObject({
  type: z.enum(geomTypes).exclude(['mesh']).default('sphere'),
  size: z
    .array(positive)
    .min(1)
    .max(3)
    .describe(
      'm. Sphere: radius. Capsule, cylinder: radius and half its length along z. Box: half its sides.',
    ),
  pos: numbers.default([0, 0, 0]).describe("In the body's frame, m."),
  quat: unturned.describe("In the body's frame, [w, x, y, z]."),
})

const body = z.strictObject({
  parent: name.default('world').describe('A body, or world.'),
  pos: origin.describe("Where its frame is in the parent's with all joints at 0, m, over parameters."),
  quat: unturned.describe('How its frame is turned there, [w, x, y, z].'),
  joints: z
    .record(name, joint)
    .default({})
    .describe('How it moves, from the parent outwards; without, it is fixed to the parent.'),
  inertial: inertial.optional().describe('Without: it has no mass.'),
  geoms: z.array(geom).default([]).describe('What it looks like; nothing touches.'),
})

/** The keys of a tree of rigid bodies, besides `type`, `parameters` and `points`. */
export const rigidBodies = {
  urdf: z.string().optional().describe('A robot description, relative to the scene; z up is turned to y up.'),
  mjcf: z.string().optional().describe('A model of MuJoCo, relative to the scene; z up is turned to y up.'),
  gravity: place.prefault([0, -9.81, 0]).describe('m/s², over parameters.'),
  bodies: z
    .record(name, body)
    .default({})
    .describe("A tree, in MJCF's words; what is written beside an imported file is put in its place."),
  sites: z
    .record(name, z.strictObject({ body: name, pos: origin.describe("In the body's frame, m.") }))
    .default({})
    .describe('Points of bodies; tip.x, tip.y and tip.z can be observed, as can the origins of bodies.'),
  forces: z
    .record(name, formula)
    .default({})
    .describe('Of motors on joints, N·m or N, over coordinates, rates, parameters and t.'),
  friction_speed: positive
    .default(0.01)
    .describe('Speed at which Coulomb friction has 76 % of its size, rad/s or m/s.'),
}
