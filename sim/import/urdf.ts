import {
  type BodyDescription,
  type Description,
  type GeomDescription,
  type InertialDescription,
  inSceneWorld,
  nameOf,
  world,
} from './description.ts'
import { euler, type Quaternion, type Triple } from './rotations.ts'
import type { XmlElement, XmlReader } from './xml.ts'

/**
 * A robot of URDF (wiki.ros.org/urdf/XML): links with their inertias and simple shapes; joints that are revolute, continuous,
 * prismatic or fixed, with damping and friction. Links become bodies with the frames of their joints; the root is fixed to the world.
 */
export function readUrdf(reader: XmlReader): Description {
  const { root } = reader
  if (root.name !== 'robot') reader.refuse(root, 'expected a <robot>')
  reader.only(root, ['link', 'joint', 'material', 'transmission', 'gazebo'])
  for (const extension of reader.all(root, 'gazebo')) reader.note(extension, 'passed over')
  const name = nameOf(reader)
  const links = reader.all(root, 'link').filter(link => link.attributes.name !== world)
  const bodies: Record<string, BodyDescription> = {}
  for (const link of links) {
    const body = name(link, reader.text(link, 'name'))
    if (bodies[body]) reader.refuse(link, `there are two links "${body}"`, 'name')
    bodies[body] = {
      parent: world,
      ...inSceneWorld([0, 0, 0], [1, 0, 0, 0]),
      joints: {},
      ...linkOf(reader, link),
    }
  }
  const children = new Set<string>()
  const joints = new Set<string>()
  for (const joint of reader.all(root, 'joint')) {
    reader.only(joint, [
      'origin',
      'parent',
      'child',
      'axis',
      'dynamics',
      'limit',
      'calibration',
      'safety_controller',
    ])
    const [parent, child] = ['parent', 'child'].map(end => {
      const element = reader.first(joint, end)
      if (!element) reader.refuse(joint, `its <${end}> is missing`)
      const link = element ? name(element, reader.text(element, 'link')) : ''
      if (element && !bodies[link] && !(end === 'parent' && link === world))
        reader.refuse(element, `there is no link "${link}"`, 'link')
      return link
    })
    const key = name(joint, reader.text(joint, 'name'))
    if (joints.has(key)) reader.refuse(joint, `there are two joints "${key}"`, 'name')
    joints.add(key)
    if (!bodies[child]) continue
    if (children.has(child)) reader.refuse(joint, `the link "${child}" hangs on two joints: links are a tree`)
    children.add(child)
    const { pos, quat } = originOf(reader, joint)
    Object.assign(bodies[child], { parent, ...(parent === world ? inSceneWorld(pos, quat) : { pos, quat }) })
    const described = jointOf(reader, joint)
    if (described) bodies[child].joints = { [key]: described }
  }
  return { bodies }
}

function linkOf(reader: XmlReader, link: XmlElement): Pick<BodyDescription, 'inertial' | 'geoms'> {
  reader.only(link, ['inertial', 'visual', 'collision'])
  const inertial = reader.first(link, 'inertial')
  return {
    inertial: inertial && inertialOf(reader, inertial),
    geoms: reader.all(link, 'visual').flatMap(visual => geomOf(reader, visual)),
  }
}

/** None where all of it is 0, as for frames that only mark a place. */
function inertialOf(reader: XmlReader, inertial: XmlElement): InertialDescription | undefined {
  reader.only(inertial, ['origin', 'mass', 'inertia'])
  const [mass, inertia] = ['mass', 'inertia'].map(part => reader.first(inertial, part))
  if (!mass || !inertia) {
    reader.refuse(inertial, `its <${mass ? 'inertia' : 'mass'}> is missing`)
    return
  }
  const value = reader.number(mass, 'value', 0)
  const fullinertia = ['ixx', 'iyy', 'izz', 'ixy', 'ixz', 'iyz'].map(part => reader.number(inertia, part, 0))
  if (value < 0) reader.refuse(mass, `a mass is not negative: ${value}`, 'value')
  if (value === 0 && fullinertia.every(part => part === 0)) return
  return { mass: value, ...originOf(reader, inertial), fullinertia }
}

function originOf(reader: XmlReader, element: XmlElement): { pos: Triple; quat: Quaternion } {
  const origin = reader.first(element, 'origin')
  if (!origin) return { pos: [0, 0, 0], quat: [1, 0, 0, 0] }
  return {
    pos: reader.numbers(origin, 'xyz', [0, 0, 0]) as Triple,
    quat: euler(reader.numbers(origin, 'rpy', [0, 0, 0]), 'XYZ'),
  }
}

function geomOf(reader: XmlReader, visual: XmlElement): GeomDescription[] {
  const geometry = reader.first(visual, 'geometry')
  const shape = geometry?.children[0]
  if (!shape) {
    reader.refuse(visual, 'its <geometry> is missing')
    return []
  }
  const place = originOf(reader, visual)
  const number = (attribute: string) => Math.abs(reader.number(shape, attribute, 1))
  switch (shape.name) {
    case 'box': {
      const sides = reader.numbers(shape, 'size', [1, 1, 1])
      return [{ type: 'box', size: sides.map(side => Math.abs(side) / 2), ...place }]
    }
    case 'cylinder':
      return [{ type: 'cylinder', size: [number('radius'), number('length') / 2], ...place }]
    case 'sphere':
      return [{ type: 'sphere', size: [number('radius')], ...place }]
    case 'mesh':
      reader.note(shape, 'meshes are not drawn')
      return []
    default:
      reader.note(shape, 'this shape is not drawn')
      return []
  }
}

/** None for a joint that is fixed. */
function jointOf(reader: XmlReader, joint: XmlElement): Record<string, unknown> | undefined {
  const type = reader.text(joint, 'type')
  const types: Record<string, string> = { revolute: 'hinge', continuous: 'hinge', prismatic: 'slide' }
  if (type === 'fixed') return
  if (!types[type]) {
    const way = type === 'floating' ? ': write three slides and three hinges in the scene instead' : ''
    reader.refuse(joint, `joints of type "${type}" cannot be imported${way}`, 'type')
    return
  }
  const limit = reader.first(joint, 'limit')
  if (limit && type !== 'continuous' && reader.number(limit, 'lower', 0) < reader.number(limit, 'upper', 0))
    reader.note(limit, 'the limits of the joint are not enforced')
  const axis = reader.first(joint, 'axis')
  const dynamics = reader.first(joint, 'dynamics')
  return {
    type: types[type],
    axis: axis ? reader.numbers(axis, 'xyz', [1, 0, 0]) : [1, 0, 0],
    damping: dynamics ? reader.number(dynamics, 'damping', 0) : 0,
    frictionloss: dynamics ? reader.number(dynamics, 'friction', 0) : 0,
  }
}
