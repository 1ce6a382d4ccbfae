import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  CapsuleGeometry,
  CylinderGeometry,
  SphereGeometry,
} from 'three'
import { meshOf } from '../files/geoms.ts'
import type { Trajectory } from '../files/trajectory.ts'
import type { Geom } from '../files/viewerSeries.ts'

/** A surface of triangles, as files of other programs hold it. */
export interface Shape {
  readonly positions: Float32Array
  readonly normals: Float32Array
  readonly indices: Uint32Array
}

export const sphereShape = (radius: number): Shape => shapeFrom(new SphereGeometry(radius, 32, 16))

/** A cylinder of unit length along y. */
export const rodShape = (radius: number): Shape => shapeFrom(new CylinderGeometry(radius, radius, 1, 16))

/** The surface of a geom in its own frame: capsules and cylinders lie along z, as in MJCF. */
export function shapeOf(geom: Geom, series: Trajectory['series']): Shape {
  const [a, b, c] = geom.size ?? []
  switch (geom.type) {
    case 'sphere':
      return sphereShape(a)
    case 'capsule':
      return shapeFrom(new CapsuleGeometry(a, 2 * b, 8, 24).rotateX(Math.PI / 2))
    case 'cylinder':
      return shapeFrom(new CylinderGeometry(a, a, 2 * b, 32).rotateX(Math.PI / 2))
    case 'box':
      return shapeFrom(new BoxGeometry(2 * a, 2 * b, 2 * c))
    case 'mesh': {
      const { vertices, triangles } = meshOf(series, geom.mesh ?? '')
      const geometry = new BufferGeometry()
      geometry.setAttribute('position', new BufferAttribute(Float32Array.from(vertices), 3))
      geometry.setIndex(new BufferAttribute(triangles, 1))
      geometry.computeVertexNormals()
      return shapeFrom(geometry)
    }
  }
}

function shapeFrom(geometry: BufferGeometry): Shape {
  const shape = {
    positions: Float32Array.from(geometry.getAttribute('position').array),
    normals: Float32Array.from(geometry.getAttribute('normal').array),
    indices: Uint32Array.from(geometry.getIndex()!.array),
  }
  geometry.dispose()
  return shape
}
