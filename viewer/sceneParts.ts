import { type Mesh, meshOf } from '../sim/files/geoms.ts'
import type { Trajectory } from '../sim/files/trajectory.ts'
import type { FieldRequest, ParticleRequest, ViewerSection } from '../sim/files/viewerSeries.ts'
import type { Motion, Rows } from './motion.ts'

/** Particles and how they are drawn. */
export interface CloudPart {
  readonly name: string
  readonly count: number
  /** m, or null for a size that suits the scene. */
  readonly radius: number | null
  /** Pairs of particles to join. */
  readonly links: readonly (readonly [number, number])[]
  /** Rows and columns of the cloth that they carry. */
  readonly cloth: readonly [number, number] | null
  /** Seconds of trail; 0 is none. */
  readonly trail: number
  /** The values that colour them. */
  readonly colour: ColourScale | null
}

/** A field on a mesh. */
export interface FieldPart extends ColourScale {
  readonly mesh: Mesh
  /** Added to y for each unit of the value. */
  readonly height: number
  readonly contours: number
}

/** Which colour stands for which value. */
export interface ColourScale {
  /** The field's name in the file, without `field:`. */
  readonly name: string
  readonly colours: 'sequential' | 'diverging'
  /** Values at the ends of the colour map. */
  readonly range: readonly [number, number]
}

/**
 * The particles of a motion.
 * @throws Error where the section does not fit them
 */
export function cloudsOf(motion: Motion, section: ViewerSection): CloudPart[] {
  return [...motion.particles].map(([name, { count }]) => {
    const request: ParticleRequest = section.particles?.[name] ?? {}
    const bad = (reason: string) => new Error(`viewer.particles.${name}: ${reason}`)
    const links =
      request.links === 'chain'
        ? Array.from({ length: count - 1 }, (_, i): [number, number] => [i, i + 1])
        : (request.links ?? [])
    const lost = links.flat().find(index => !(index >= 0 && index < count))
    if (lost !== undefined) throw bad(`links name particle ${lost}, but there are ${count}, from 0`)
    const { cloth } = request
    if (cloth && cloth[0] * cloth[1] !== count)
      throw bad(`a cloth of ${cloth[0]} × ${cloth[1]} needs ${cloth[0] * cloth[1]} particles, not ${count}`)
    const field = request.colour === undefined ? undefined : motion.fields.get(request.colour)
    if (request.colour !== undefined && field?.count !== count)
      throw bad(`there is no field:${request.colour} of ${count} values to colour them by`)
    return {
      name,
      count,
      radius: request.radius ?? null,
      links,
      cloth: cloth ?? null,
      trail: request.trail ?? 0,
      colour: field ? scaleOf(request.colour!, field, section.fields?.[request.colour!] ?? {}) : null,
    }
  })
}

/**
 * The fields that have a mesh to be drawn on.
 * @throws Error where a mesh is missing or has another number of vertices
 */
export function fieldsOf({ series }: Trajectory, motion: Motion, section: ViewerSection): FieldPart[] {
  return [...motion.fields].flatMap(([name, values]) => {
    const request = section.fields?.[name] ?? {}
    if (request.mesh === undefined) return []
    const mesh = meshOf(series, request.mesh)
    if (mesh.vertices.length !== 3 * values.count)
      throw new Error(
        `field:${name} has ${values.count} values, the mesh '${request.mesh}' ${mesh.vertices.length / 3} vertices`,
      )
    const { height = 0, contours = 0 } = request
    return [{ ...scaleOf(name, values, request), mesh, height, contours }]
  })
}

function scaleOf(name: string, { data }: Rows, request: FieldRequest): ColourScale {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (const value of data) {
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  const colours = request.colours ?? (least < 0 && greatest > 0 ? 'diverging' : 'sequential')
  const reach = Math.max(Math.abs(least), Math.abs(greatest))
  const found: [number, number] = !(least <= greatest)
    ? [0, 1]
    : colours === 'diverging'
      ? [-reach, reach]
      : [least, greatest]
  return { name, colours, range: request.range ?? found }
}
