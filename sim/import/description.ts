import { product, type Quaternion, rotated, type Triple, zUpToYUp } from './rotations.ts'
import type { XmlElement, XmlReader } from './xml.ts'

/** What is read of a file: a part of a scene's `system`, as it could be written. */
export interface Description {
  gravity?: Triple
  bodies: Record<string, BodyDescription>
  sites?: Record<string, { body: string; pos: Triple }>
  forces?: Record<string, string>
  parameters?: Record<string, number>
}

export interface BodyDescription {
  parent: string
  pos: Triple
  quat: Quaternion
  joints: Record<string, Record<string, unknown>>
  inertial?: InertialDescription
  geoms: GeomDescription[]
}

export interface InertialDescription {
  mass: number
  pos: Triple
  quat: Quaternion
  /** xx, yy, zz, xy, xz, yz */
  fullinertia: number[]
}

export interface GeomDescription {
  type: 'sphere' | 'capsule' | 'cylinder' | 'box'
  size: number[]
  pos: Triple
  quat: Quaternion
}

export const world = 'world'

/** Where a frame is in the scene's world, whose y is up, from where it is in the file's. */
export const inSceneWorld = (pos: Triple, quat: Quaternion): { pos: Triple; quat: Quaternion } => ({
  pos: rotated(zUpToYUp, pos),
  quat: product(zUpToYUp, quat),
})

/**
 * Names of a file as names of a scene: what formulas could not read becomes _. The same name is always the same, and two different
 * ones that would become one are refused.
 */
export function nameOf(reader: XmlReader): (element: XmlElement, written: string) => string {
  const origins = new Map<string, string>()
  return (element, written) => {
    const plain = written.replace(/[^\p{L}\p{N}_]/gu, '_').replace(/^(?=\p{N}|__)/u, 'n')
    const name = plain === '' ? '_' : plain
    const origin = origins.get(name)
    if (origin !== undefined && origin !== written)
      reader.refuse(element, `"${written}" and "${origin}" would both be called ${name}: rename one`)
    origins.set(name, written)
    return name
  }
}
