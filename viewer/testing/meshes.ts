import type { Mesh } from '../../sim/files/geoms.ts'

/** A disc in the plane y = 0, of rings of triangles around its centre. */
export function discMesh(radius: number, rings: number, sectors: number): Mesh {
  const vertices = [0, 0, 0]
  const triangles: number[] = []
  for (let ring = 1; ring <= rings; ring++)
    for (let sector = 0; sector < sectors; sector++) {
      const angle = (2 * Math.PI * sector) / sectors
      const r = (radius * ring) / rings
      vertices.push(r * Math.cos(angle), 0, -r * Math.sin(angle))
      const index = (k: number, s: number): number => (k === 0 ? 0 : 1 + (k - 1) * sectors + (s % sectors))
      triangles.push(index(ring - 1, sector), index(ring, sector), index(ring, sector + 1))
      if (ring > 1)
        triangles.push(index(ring - 1, sector), index(ring, sector + 1), index(ring - 1, sector + 1))
    }
  return {
    vertices: Float64Array.from(vertices),
    triangles: Uint32Array.from(triangles),
    edges: new Uint32Array(0),
  }
}
