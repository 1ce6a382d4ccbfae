import type { nameOf } from './description.ts'
import type { MjcfDefaults } from './mjcfDefaults.ts'
import { about, euler, fromZ, type Quaternion, type Triple } from './rotations.ts'
import type { XmlElement, XmlReader } from './xml.ts'

/** How a model writes angles. */
export interface Angles {
  /** rad */
  readonly unit: number
  /** Axes of Euler's angles, such as xyz. */
  readonly sequence: string
}

export interface Reading {
  readonly reader: XmlReader
  readonly angles: Angles
  readonly defaults: MjcfDefaults
  /** auto: where a body has no <inertial>. */
  readonly inertiaFromGeoms: string
  readonly name: ReturnType<typeof nameOf>
}

/** Position and orientation of an element in the frame around it. */
export function frameOf(reading: Reading, element: XmlElement): { pos: Triple; quat: Quaternion } {
  const { reader, angles } = reading
  const pos = reader.numbers(element, 'pos', [0, 0, 0]) as Triple
  const { attributes } = element
  if (attributes.xyaxes !== undefined) reader.refuse(element, 'write quat or euler instead', 'xyaxes')
  if (attributes.euler !== undefined) {
    const turns = reader.numbers(element, 'euler', [0, 0, 0]).map(angle => angle * angles.unit)
    return { pos, quat: euler(turns, angles.sequence) }
  }
  if (attributes.axisangle !== undefined) {
    const [x, y, z, angle] = reader.numbers(element, 'axisangle', [0, 0, 1, 0])
    return { pos, quat: about([x, y, z], angle * angles.unit) }
  }
  if (attributes.zaxis !== undefined) return { pos, quat: fromZ(reader.numbers(element, 'zaxis', [0, 0, 1])) }
  return { pos, quat: reader.numbers(element, 'quat', [1, 0, 0, 0]) as Quaternion }
}
