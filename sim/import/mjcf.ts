import { type BodyDescription, type Description, inSceneWorld, nameOf, world } from './description.ts'
import { mjcfDefaults } from './mjcfDefaults.ts'
import { type Angles, frameOf, type Reading } from './mjcfFrames.ts'
import { readGeoms } from './mjcfGeoms.ts'
import { rotated, type Triple, zUpToYUp } from './rotations.ts'
import type { XmlElement, XmlReader } from './xml.ts'

/** What says nothing about how bodies move. */
const unneeded = ['asset', 'visual', 'statistic', 'size', 'custom', 'keyframe', 'sensor']
const degree = Math.PI / 180

/**
 * A model of MuJoCo's MJCF (mujoco.readthedocs.io, "XML reference"): bodies, hinges and slides, inertias that are written or follow
 * from the geoms, sites, motors, and the defaults of classes. A motor M with gear g is the force g·M on its joint, where M is a
 * parameter, 0 unless the scene says otherwise, or a measured input of that name. Nothing touches.
 *
 * @param inputs the names of the scene's measured inputs
 */
export function readMjcf(reader: XmlReader, inputs: readonly string[]): Description {
  const { root } = reader
  if (root.name !== 'mujoco') reader.refuse(root, 'expected a <mujoco>')
  reader.only(root, ['compiler', 'option', 'default', 'worldbody', 'actuator', 'contact', ...unneeded])
  const compiler = reader.first(root, 'compiler')
  for (const key of ['settotalmass', 'balanceinertia', 'boundmass', 'boundinertia', 'coordinate'])
    if (compiler?.attributes[key] !== undefined && compiler.attributes[key] !== 'local')
      reader.refuse(compiler, 'this setting cannot be imported', key)
  const angles: Angles = {
    unit: compiler?.attributes.angle === 'radian' ? 1 : degree,
    sequence: compiler?.attributes.eulerseq ?? 'xyz',
  }
  const described: Description = {
    gravity: gravityOf(reader),
    bodies: {},
    sites: {},
    forces: {},
    parameters: {},
  }
  const reading: Reading = {
    reader,
    angles,
    defaults: mjcfDefaults(reader),
    inertiaFromGeoms: compiler?.attributes.inertiafromgeom ?? 'auto',
    name: nameOf(reader),
  }
  for (const worldbody of reader.all(root, 'worldbody')) {
    reader.only(worldbody, ['body', 'geom', 'light', 'camera', 'site'])
    if (reader.first(worldbody, 'geom'))
      reader.note(worldbody, 'geoms of the world are not drawn, and nothing touches them')
    for (const body of reader.all(worldbody, 'body')) readBody(reading, described, body, world, undefined)
  }
  if (Object.values(described.bodies).some(({ geoms }) => geoms.length > 0))
    reader.note(root, 'bodies pass through each other: contacts are not computed')
  readMotors(reading, described, inputs)
  return described
}

function gravityOf(reader: XmlReader): Triple {
  let gravity = [0, 0, -9.81]
  for (const option of reader.all(reader.root, 'option')) {
    gravity = reader.numbers(option, 'gravity', gravity)
    for (const key of ['density', 'viscosity'])
      if (reader.number(option, key, 0) !== 0)
        reader.refuse(option, 'forces of a medium cannot be imported', key)
    if (reader.first(option, 'flag')?.attributes.gravity === 'disable') gravity = [0, 0, 0]
  }
  return rotated(zUpToYUp, gravity)
}

function readBody(
  reading: Reading,
  described: Description,
  element: XmlElement,
  parent: string,
  inherited: string | undefined,
): void {
  const { reader, defaults, name } = reading
  reader.only(element, ['body', 'joint', 'geom', 'inertial', 'site', 'camera', 'light'])
  for (const key of ['mocap', 'gravcomp'])
    if (element.attributes[key] !== undefined) reader.refuse(element, 'this cannot be imported', key)
  const body = name(element, element.attributes.name ?? `body${Object.keys(described.bodies).length + 1}`)
  if (described.bodies[body]) reader.refuse(element, `there are two bodies "${body}"`, 'name')
  const childClass = element.attributes.childclass ?? inherited
  const frame = frameOf(reading, element)
  const { geoms, inertial } = readGeoms(reading, element, childClass)
  const joints: BodyDescription['joints'] = {}
  for (const written of reader.all(element, 'joint')) {
    const joint = defaults.apply(written, childClass)
    const key = name(joint, joint.attributes.name ?? `${body}_joint${Object.keys(joints).length + 1}`)
    const taken = Object.values(described.bodies).some(other => key in other.joints) || key in joints
    if (taken) reader.refuse(joint, `there are two joints "${key}"`, 'name')
    joints[key] = readJoint(reading, joint)
  }
  described.bodies[body] = {
    parent,
    ...(parent === world ? inSceneWorld(frame.pos, frame.quat) : frame),
    joints,
    inertial,
    geoms,
  }
  for (const site of reader.all(element, 'site')) {
    const pos = reader.numbers(defaults.apply(site, childClass), 'pos', [0, 0, 0]) as Triple
    const key = site.attributes.name
    if (key !== undefined) described.sites![name(site, key)] = { body, pos }
  }
  for (const child of reader.all(element, 'body')) readBody(reading, described, child, body, childClass)
}

function readJoint({ reader, angles }: Reading, joint: XmlElement): Record<string, unknown> {
  const type = joint.attributes.type ?? 'hinge'
  if (type !== 'hinge' && type !== 'slide')
    reader.refuse(
      joint,
      `joints of type "${type}" cannot be imported: write three ${type === 'free' ? 'slides and three ' : ''}hinges instead`,
      'type',
    )
  const unit = type === 'hinge' ? angles.unit : 1
  if (reader.number(joint, 'ref', 0) !== 0)
    reader.refuse(joint, 'a reference other than 0 cannot be imported', 'ref')
  if (joint.attributes.range !== undefined && joint.attributes.limited !== 'false')
    reader.note(joint, `the range of ${joint.attributes.name ?? 'the joint'} is not enforced`)
  return {
    type,
    axis: reader.numbers(joint, 'axis', [0, 0, 1]),
    pos: reader.numbers(joint, 'pos', [0, 0, 0]),
    damping: reader.number(joint, 'damping', 0),
    frictionloss: reader.number(joint, 'frictionloss', 0),
    armature: reader.number(joint, 'armature', 0),
    stiffness: reader.number(joint, 'stiffness', 0),
    springref: reader.number(joint, 'springref', 0) * unit,
  }
}

function readMotors(
  { reader, defaults, name }: Reading,
  described: Description,
  inputs: readonly string[],
): void {
  for (const section of reader.all(reader.root, 'actuator')) {
    reader.only(section, ['motor'])
    for (const [index, written] of reader.all(section, 'motor').entries()) {
      const motor = defaults.apply(written, undefined)
      const joint = name(motor, reader.text(motor, 'joint'))
      if (!Object.values(described.bodies).some(({ joints }) => joint in joints))
        reader.refuse(motor, `there is no joint "${joint}"`, 'joint')
      const gear = Number(motor.attributes.gear?.trim().split(/\s+/)[0] ?? 1)
      if (!Number.isFinite(gear)) reader.refuse(motor, 'expected a number', 'gear')
      if (motor.attributes.ctrlrange !== undefined || motor.attributes.forcerange !== undefined)
        reader.note(motor, 'what the motor can do is not limited')
      const signal = name(motor, motor.attributes.name ?? `motor${index + 1}`)
      if (!inputs.includes(signal)) described.parameters![signal] = 0
      const force = gear === 1 ? signal : `${gear}*${signal}`
      const others = described.forces![joint]
      described.forces![joint] = others ? `${others} + ${force}` : force
    }
  }
}
