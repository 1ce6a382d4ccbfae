import {
  BufferAttribute,
  BufferGeometry,
  Color,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  Matrix4,
  Mesh,
  SphereGeometry,
} from 'three'
import { radiusOf } from '../cameraRig.ts'
import { writeColour } from '../colourMap.ts'
import { sampleAt } from '../interpolate.ts'
import type { Motion } from '../motion.ts'
import type { CloudPart } from '../sceneParts.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { matte, sheet } from './materials.ts'
import type { Part } from './part.ts'
import { createRibbon, type Ribbon } from './ribbon.ts'

/** Vertices of a particle's trail, and of all trails together at most. */
const trailVertices = 48
const mostTrailVertices = 60_000

/** Particles as spheres, with the links between them, the cloth that they carry and the trails that they drag. */
export function createCloud(view: TrajectoryView, cloud: CloudPart, motion: Motion, ghost: boolean): Part {
  const { name, count, links, cloth, colour } = cloud
  const rows = motion.particles.get(name)!
  const values = colour && motion.fields.get(colour.name)
  const object = new Group()
  const radius = (cloud.radius ?? defaultRadius(view, cloud)) * (ghost ? 0.96 : 1)
  const positions = new Float64Array(3 * count)
  const scalars = new Float64Array(count)

  // Spheres of few triangles where there are thousands of them.
  const sphere = new SphereGeometry(radius, count > 500 ? 12 : 28, count > 500 ? 8 : 20)
  const material = matte(0.5, ghost)
  const spheres = new InstancedMesh(sphere, material, count)
  spheres.frustumCulled = false
  const colours = new Float32Array(3 * count)
  object.add(spheres)

  const fabric = cloth && clothOf(cloth)
  if (fabric) object.add(fabric.mesh)
  const linkRibbon = links.length > 0 ? createRibbon(3 * links.length, 2.5) : null
  linkRibbon?.vertices.fill(Number.NaN)
  const followed =
    cloud.trail > 0 && !ghost ? Math.min(count, Math.floor(mostTrailVertices / trailVertices)) : 0
  const trail = followed > 0 ? createRibbon(followed * (trailVertices + 1), 1.5) : null
  for (const ribbon of [linkRibbon, trail]) if (ribbon) object.add(ribbon.object)

  const matrix = new Matrix4()
  const updateTrail = (ribbon: Ribbon, time: number): void => {
    const from = Math.max(time - cloud.trail, motion.t[0])
    ribbon.vertices.fill(Number.NaN)
    for (let k = 0; k < trailVertices; k++) {
      sampleAt(motion.t, rows.data, 3 * count, from + ((time - from) * k) / (trailVertices - 1), positions)
      for (let i = 0; i < followed; i++)
        for (let c = 0; c < 3; c++)
          ribbon.vertices[3 * (i * (trailVertices + 1) + k) + c] = positions[3 * i + c]
    }
    ribbon.moved()
  }

  return {
    object,
    update: time => {
      if (trail) updateTrail(trail, time)
      sampleAt(motion.t, rows.data, 3 * count, time, positions)
      for (let i = 0; i < count; i++) {
        const [x, y, z] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]]
        // Inside a gap a particle shrinks to nothing.
        if (Number.isFinite(x + y + z)) matrix.makeTranslation(x, y, z)
        else matrix.makeScale(0, 0, 0)
        matrix.toArray(spheres.instanceMatrix.array, 16 * i)
      }
      spheres.instanceMatrix.needsUpdate = true
      if (values && colour && spheres.instanceColor) {
        sampleAt(motion.t, values.data, count, time, scalars)
        for (let i = 0; i < count; i++) writeColour(colour.colours, scalars[i], colour.range, colours, 3 * i)
        spheres.instanceColor.needsUpdate = true
      }
      if (linkRibbon) {
        links.forEach(([a, b], k) => {
          for (let c = 0; c < 3; c++) {
            linkRibbon.vertices[9 * k + c] = positions[3 * a + c]
            linkRibbon.vertices[9 * k + 3 + c] = positions[3 * b + c]
          }
        })
        linkRibbon.moved()
      }
      fabric?.moved(positions)
    },
    setPalette: palette => {
      const own = new Color(ghost ? palette.ghost : palette.body)
      material.color.set(values && !ghost ? 0xffffff : own)
      if (values && !ghost) spheres.instanceColor ??= new InstancedBufferAttribute(colours, 3)
      fabric?.mesh.material.color.set(ghost ? palette.ghost : palette.curves[0])
      linkRibbon?.setColours(ghost ? palette.ghost : palette.rod, ghost ? palette.ghost : palette.rod)
      trail?.setColours(palette.ghost, palette.ghost)
    },
    dispose: () => {
      for (const resource of [sphere, material, spheres, fabric, linkRibbon, trail]) resource?.dispose()
      object.removeFromParent()
    },
  }
}

/** Small enough that the particles stand apart, also when there are many. */
function defaultRadius(view: TrajectoryView, { count, cloth, links }: CloudPart): number {
  const radius = radiusOf(view.bounds)
  if (cloth) return (0.1 * radius) / Math.max(...cloth) // the cloth itself is what is looked at
  return Math.min(0.035, (links.length > 0 ? 0.6 : 0.22) / Math.cbrt(count)) * radius
}

/** A sheet of rows × columns vertices, two triangles between each four. */
function clothOf([rowCount, columnCount]: readonly [number, number]) {
  const indices: number[] = []
  for (let r = 0; r + 1 < rowCount; r++)
    for (let c = 0; c + 1 < columnCount; c++) {
      const corner = r * columnCount + c
      indices.push(
        corner,
        corner + columnCount,
        corner + 1,
        corner + 1,
        corner + columnCount,
        corner + columnCount + 1,
      )
    }
  const geometry = new BufferGeometry()
  const position = new BufferAttribute(new Float32Array(3 * rowCount * columnCount), 3)
  geometry.setAttribute('position', position)
  geometry.setIndex(indices)
  const material = sheet(false)
  const mesh = new Mesh(geometry, material)
  mesh.frustumCulled = false
  return {
    mesh,
    moved: (positions: Float64Array) => {
      position.array.set(positions)
      position.needsUpdate = true
      geometry.computeVertexNormals()
    },
    dispose: () => {
      geometry.dispose()
      material.dispose()
    },
  }
}
