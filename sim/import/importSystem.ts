import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { reasonOf } from '../files/atomic.ts'
import { at, isPlainObject } from '../scene/explain.ts'
import type { Mistake } from '../scene/sceneError.ts'
import { SceneError } from '../scene/sceneError.ts'
import type { Finding } from '../scene/source.ts'
import type { Description } from './description.ts'
import { readMjcf } from './mjcf.ts'
import { readUrdf } from './urdf.ts'
import { readXml, type XmlReader } from './xml.ts'

const formats: Record<string, (reader: XmlReader, inputs: readonly string[]) => Description> = {
  urdf: readUrdf,
  mjcf: readMjcf,
}

export interface Imported {
  /** The scene with what its file says in the place of the file's name; what is written beside it comes first. */
  readonly value: unknown
  /** What is wrong in the scene. */
  readonly findings: readonly Finding[]
  /** What is wrong in the file. */
  readonly mistakes: readonly Mistake[]
  /** What of the file was passed over. */
  readonly notes: readonly string[]
}

/**
 * Reads the robot description that a scene of rigid bodies names, if it does.
 *
 * @param value the scene as written
 * @param place the scene's file
 */
export function importSystem(value: unknown, place: string): Imported {
  const unchanged = { value, findings: [], mistakes: [], notes: [] }
  const system = at(value, ['system'])
  const named = Object.keys(formats).filter(format => typeof at(system, [format]) === 'string')
  if (!isPlainObject(value) || !isPlainObject(system) || system.type !== 'rigid-bodies' || named.length === 0)
    return unchanged
  const wrong = (message: string): Imported => ({
    ...unchanged,
    findings: [{ path: ['system', named[named.length - 1]], message }],
  })
  if (named.length > 1) return wrong('expected either urdf or mjcf')
  const [format] = named
  const { [format]: file, ...written } = system
  const path = normalize(String(file))
  if (isAbsolute(path) || path.startsWith('..')) return wrong('the file must lie beside the scene or below')
  const full = join(dirname(place), path)
  let text: string
  try {
    text = readFileSync(full, 'utf8')
  } catch (error) {
    return wrong(`${full} ${reasonOf(error)}`)
  }
  try {
    const reader = readXml(text.replace(/^\uFEFF/, ''), full)
    const inputs = at(value, ['data', 'inputs'])
    const description = formats[format](reader, isPlainObject(inputs) ? Object.keys(inputs) : [])
    const { mistakes, notes } = reader
    if (mistakes.length > 0) return { ...unchanged, mistakes, notes }
    return { ...unchanged, value: { ...value, system: merged(description, written) }, notes }
  } catch (error) {
    if (error instanceof SceneError) return { ...unchanged, mistakes: error.mistakes }
    throw error
  }
}

/** Maps are merged, and everything else is taken from what is written. */
function merged(imported: object, written: object): Record<string, unknown> {
  const result: Record<string, unknown> = { ...imported }
  for (const [key, value] of Object.entries(written)) {
    const own = result[key]
    result[key] = isPlainObject(own) && isPlainObject(value) ? merged(own, value) : value
  }
  return result
}
