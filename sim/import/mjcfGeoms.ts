import type { GeomDescription, InertialDescription } from './description.ts'
import { frameOf, type Reading } from './mjcfFrames.ts'
import { between, inertialOf, type Solid, type SolidType, volume } from './solids.ts'
import type { XmlElement } from './xml.ts'

/** How many numbers say how large a solid is. */
const sizes: Readonly<Record<SolidType, number>> = {
  sphere: 1,
  capsule: 2,
  cylinder: 2,
  box: 3,
  ellipsoid: 3,
}

/** What a body looks like, and its inertia: that of <inertial>, or of its geoms. */
export function readGeoms(
  reading: Reading,
  body: XmlElement,
  inherited: string | undefined,
): { geoms: GeomDescription[]; inertial?: InertialDescription } {
  const { reader, defaults, inertiaFromGeoms } = reading
  const written = reader.first(body, 'inertial')
  const isComputed = inertiaFromGeoms === 'true' || (inertiaFromGeoms !== 'false' && !written)
  const solids = reader
    .all(body, 'geom')
    .flatMap(geom => solidOf(reading, defaults.apply(geom, inherited), isComputed))
  return {
    inertial: isComputed ? inertialOf(solids) : written && writtenInertial(reading, written),
    geoms: solids.flatMap(({ type, size, pos, quat }) =>
      type === 'ellipsoid' ? [] : [{ type, size: [...size], pos, quat }],
    ),
  }
}

function writtenInertial(reading: Reading, element: XmlElement): InertialDescription {
  const { reader } = reading
  if (element.attributes.mass === undefined) reader.refuse(element, 'the attribute "mass" is missing')
  const [x, y, z] = reader.numbers(element, 'diaginertia', [0, 0, 0])
  return {
    mass: reader.number(element, 'mass', 1),
    ...frameOf(reading, element),
    fullinertia: reader.numbers(element, 'fullinertia', [x, y, z, 0, 0, 0]),
  }
}

/** @param isNeeded whether the body's inertia depends on it */
function solidOf(reading: Reading, geom: XmlElement, isNeeded: boolean): Solid[] {
  const { reader } = reading
  const type = (geom.attributes.type ?? 'sphere') as SolidType
  if (!(type in sizes)) {
    const hasMass = geom.attributes.mass !== '0' && geom.attributes.type !== 'plane'
    if (isNeeded && hasMass)
      reader.refuse(
        geom,
        `the mass of a geom of type "${type}" is not computed: give the body an <inertial>`,
        'type',
      )
    else reader.note(geom, `geoms of type "${type}" are not drawn`)
    return []
  }
  if (type === 'ellipsoid') reader.note(geom, 'ellipsoids are not drawn')
  const written = (geom.attributes.size ?? '').trim().split(/\s+/).map(Number)
  const hasEnds = geom.attributes.fromto !== undefined
  const wanted = hasEnds && sizes[type] === 2 ? 1 : sizes[type]
  if (hasEnds && type !== 'capsule' && type !== 'cylinder')
    reader.refuse(geom, 'only capsules and cylinders can be written from end to end', 'fromto')
  const given = written.slice(0, wanted)
  if (given.length < wanted || !given.every(part => part > 0)) {
    reader.refuse(
      geom,
      `the size of this ${type} must be ${wanted === 1 ? 'a number' : `${wanted} numbers`} > 0`,
      'size',
    )
    return []
  }
  const rod = hasEnds && between(reader.numbers(geom, 'fromto', [0, 0, 0, 0, 0, 1]))
  const { pos, quat } = rod || frameOf(reading, geom)
  const size = rod ? [given[0], rod.half] : given
  const density = reader.number(geom, 'density', 1000)
  const mass = reader.number(geom, 'mass', density * volume(type, size))
  return [{ type, size, mass, pos, quat }]
}
