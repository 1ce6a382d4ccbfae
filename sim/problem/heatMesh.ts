import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { rectangleMesh, type TriangleMesh, triangleMesh } from '../../models/triangleMesh.ts'
import { reasonOf } from '../files/atomic.ts'
import { FileError } from '../files/fileError.ts'
import type { HeatSystem } from '../scene/index.ts'
import { modulePath } from './loadModule.ts'

const numbers = z.array(z.array(z.number()))
const written = z.strictObject({
  nodes: numbers.min(3),
  triangles: numbers.min(1),
  boundary: z.record(z.string(), numbers).optional(),
})

/**
 * The mesh of a scene's heat system.
 *
 * @param place the scene's file, which the mesh's file is relative to
 * @throws FileError where that cannot be read, or is no mesh
 */
export function meshOf({ mesh }: HeatSystem, place: string): TriangleMesh {
  if ('rectangle' in mesh) return rectangleMesh(mesh.rectangle, mesh.cells, mesh.origin)
  const path = modulePath(mesh.file, place)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new FileError(path, error instanceof SyntaxError ? `no JSON: ${error.message}` : reasonOf(error))
  }
  const { success, data, error } = written.safeParse(content)
  if (!success) {
    const [issue] = error.issues
    throw new FileError(path, `${issue.path.join('.') || 'mesh'}: ${issue.message}`)
  }
  try {
    return triangleMesh(data)
  } catch (reason) {
    if (reason instanceof RangeError) throw new FileError(path, reason.message)
    throw reason
  }
}
