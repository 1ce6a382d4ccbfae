import type { Series, Trajectory } from './trajectory.ts'
import { type Geom, geomSizes, geomTypes, meshArray, pointOf, world } from './viewerSeries.ts'

/** A mesh of a file: vertices in m, and triangles or edges as indices into them. */
export interface Mesh {
  /** (n, 3) */
  readonly vertices: Float64Array
  /** (m, 3), counter-clockwise from outside; empty for a network. */
  readonly triangles: Uint32Array
  /** (m, 2) */
  readonly edges: Uint32Array
}

/**
 * The geoms that a file asks for, checked; points without one are left to the reader to draw as spheres.
 *
 * @throws Error with the entry and what is wrong with it
 */
export function geomsOf({ meta, series }: Trajectory): Geom[] {
  const geoms = meta.viewer?.geoms
  if (!Array.isArray(geoms)) return []
  const points = Object.keys(series).map(pointOf)
  return geoms.map((geom, k) => {
    const bad = (reason: string) => new Error(`viewer.geoms.${k}: ${reason}`)
    if (!geomTypes.includes(geom.type))
      throw bad(`there is no geom of type '${geom.type}'; choose ${geomTypes.join(', ')}`)
    if (geom.body !== world && !points.includes(geom.body))
      throw bad(`the file has no point '${geom.body}' to put it at`)
    const size = geom.size ?? []
    const wanted = geomSizes[geom.type]
    if (size.length !== wanted || !size.every(length => length > 0))
      throw bad(`size of a ${geom.type} must be ${wanted} positive numbers, not [${size.join(', ')}]`)
    if (geom.type === 'mesh' && !series[meshArray(geom.mesh ?? '', 'vertices')])
      throw bad(`the file has no mesh '${geom.mesh ?? ''}'`)
    return geom
  })
}

/**
 * A mesh by its name.
 * @throws Error where it is missing, or an index points to no vertex
 */
export function meshOf(series: Trajectory['series'], name: string): Mesh {
  const vertices = series[meshArray(name, 'vertices')]
  if (!vertices) throw new Error(`the file has no mesh '${name}': ${meshArray(name, 'vertices')} is missing`)
  if (vertices.shape.length !== 2 || vertices.shape[1] !== 3)
    throw new Error(
      `${meshArray(name, 'vertices')} must be of shape (n, 3), not (${vertices.shape.join(', ')})`,
    )
  const part = (kind: 'triangles' | 'edges', width: number): Uint32Array =>
    indices(series[meshArray(name, kind)], meshArray(name, kind), width, vertices.shape[0])
  return { vertices: vertices.data, triangles: part('triangles', 3), edges: part('edges', 2) }
}

function indices(array: Series | undefined, name: string, width: number, vertices: number): Uint32Array {
  if (!array) return new Uint32Array(0)
  if (array.shape.length !== 2 || array.shape[1] !== width)
    throw new Error(`${name} must be of shape (m, ${width}), not (${array.shape.join(', ')})`)
  const wrong = array.data.findIndex(index => !(Number.isInteger(index) && index >= 0 && index < vertices))
  if (wrong >= 0) throw new Error(`${name}: ${array.data[wrong]} is no index of one of ${vertices} vertices`)
  return Uint32Array.from(array.data)
}
