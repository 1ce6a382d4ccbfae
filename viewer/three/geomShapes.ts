import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  CapsuleGeometry,
  CylinderGeometry,
  SphereGeometry,
} from 'three'
import type { Mesh } from '../../sim/files/geoms.ts'
import type { Geom } from '../../sim/files/viewerSeries.ts'

/** The surface of a geom in its own frame: capsules and cylinders lie along z, as in MJCF. */
export function geomGeometry({ type, size = [] }: Geom, mesh: Mesh | null): BufferGeometry {
  const [a, b, c] = size
  switch (type) {
    case 'sphere':
      return new SphereGeometry(a, 48, 32)
    case 'capsule':
      return new CapsuleGeometry(a, 2 * b, 12, 32).rotateX(Math.PI / 2)
    case 'cylinder':
      return new CylinderGeometry(a, a, 2 * b, 48).rotateX(Math.PI / 2)
    case 'box':
      return new BoxGeometry(2 * a, 2 * b, 2 * c)
    case 'mesh':
      return faceted(mesh!) ? withFacets(meshGeometry(mesh!)) : meshGeometry(mesh!)
  }
}

/** The triangles of a mesh, with smooth normals. */
export function meshGeometry({ vertices, triangles }: Mesh): BufferGeometry {
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(Float32Array.from(vertices), 3))
  geometry.setIndex(new BufferAttribute(triangles, 1))
  geometry.computeVertexNormals()
  return geometry
}

/** A mesh of few triangles has edges, one of many is a smooth surface. */
const faceted = ({ triangles }: Mesh): boolean => triangles.length < 3 * 100

function withFacets(geometry: BufferGeometry): BufferGeometry {
  const facets = geometry.toNonIndexed()
  geometry.dispose()
  facets.computeVertexNormals()
  return facets
}
