import {
  BufferAttribute,
  BufferGeometry,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  SphereGeometry,
} from 'three'
import { radiusOf } from '../cameraRig.ts'
import { writeColour } from '../colourMap.ts'
import { contourLevels, contourPieces } from '../contours.ts'
import { sampleAt } from '../interpolate.ts'
import type { Motion } from '../motion.ts'
import type { FieldPart } from '../sceneParts.ts'
import type { TrajectoryView } from '../trajectoryView.ts'
import { meshGeometry } from './geomShapes.ts'
import { sheet } from './materials.ts'
import type { Part } from './part.ts'
import { createRibbon } from './ribbon.ts'

/** A field as colour on its mesh: a surface with contour lines, or the nodes and edges of a network. */
export const createField = (view: TrajectoryView, field: FieldPart, motion: Motion): Part =>
  field.mesh.triangles.length > 0 ? createSurface(field, motion) : createNetwork(view, field, motion)

/** Calls back with the values at a time, whose colours it has written, and moves vertices up by their values. */
function follow(field: FieldPart, motion: Motion, colours: Float32Array, positions: Float32Array) {
  const { name, mesh, colours: map, range, height } = field
  const rows = motion.fields.get(name)!
  const values = new Float64Array(rows.count)
  return (time: number): Float64Array => {
    sampleAt(motion.t, rows.data, rows.count, time, values)
    for (let i = 0; i < rows.count; i++) {
      writeColour(map, values[i], range, colours, 3 * i)
      positions[3 * i + 1] = mesh.vertices[3 * i + 1] + (Number.isNaN(values[i]) ? 0 : height * values[i])
    }
    return values
  }
}

function createSurface(field: FieldPart, motion: Motion): Part {
  const { mesh, contours, range, height } = field
  const object = new Group()
  const geometry = meshGeometry(mesh)
  const position = geometry.getAttribute('position') as BufferAttribute
  const colour = new BufferAttribute(new Float32Array(mesh.vertices.length), 3)
  geometry.setAttribute('color', colour)
  const material = sheet(true)
  const surface = new Mesh(geometry, material)
  surface.frustumCulled = false
  object.add(surface)
  const advance = follow(field, motion, colour.array as Float32Array, position.array as Float32Array)

  const levels = contourLevels(range, contours)
  const pieces = new BufferAttribute(new Float32Array(levels.length * mesh.triangles.length * 2), 3)
  const lineGeometry = new BufferGeometry().setAttribute('position', pieces)
  const lineMaterial = new LineBasicMaterial({ transparent: true, opacity: 0.55 })
  const lines = new LineSegments(lineGeometry, lineMaterial)
  lines.frustumCulled = false
  if (levels.length > 0) object.add(lines)

  return {
    object,
    update: time => {
      const values = advance(time)
      colour.needsUpdate = true
      if (height !== 0) {
        position.needsUpdate = true
        geometry.computeVertexNormals()
      }
      if (levels.length === 0) return
      const count = contourPieces(
        position.array,
        mesh.triangles,
        values,
        levels,
        pieces.array as Float32Array,
      )
      lineGeometry.setDrawRange(0, 2 * count)
      pieces.needsUpdate = true
    },
    setPalette: ({ ink }) => {
      lineMaterial.color.set(ink)
    },
    dispose: () => {
      for (const resource of [geometry, material, lineGeometry, lineMaterial]) resource.dispose()
      object.removeFromParent()
    },
  }
}

/** In parts of the scene's radius, for a few nodes; many are smaller. */
const nodeSize = 0.04

function createNetwork(view: TrajectoryView, field: FieldPart, motion: Motion): Part {
  const { vertices, edges } = field.mesh
  const count = vertices.length / 3
  const object = new Group()
  const radius = Math.min(nodeSize, 0.5 / Math.sqrt(count)) * radiusOf(view.bounds)
  const sphere = new SphereGeometry(radius, 24, 16)
  const material = new MeshStandardMaterial({ roughness: 0.5, metalness: 0 })
  const nodes = new InstancedMesh(sphere, material, count)
  nodes.frustumCulled = false
  const colours = new Float32Array(3 * count)
  nodes.instanceColor = new InstancedBufferAttribute(colours, 3)
  const positions = Float32Array.from(vertices)
  const ribbon = edges.length > 0 ? createRibbon((edges.length / 2) * 3, 2) : null
  ribbon?.vertices.fill(Number.NaN)
  object.add(nodes)
  if (ribbon) object.add(ribbon.object)
  const advance = follow(field, motion, colours, positions)
  const matrix = new Matrix4()
  return {
    object,
    update: time => {
      advance(time)
      for (let i = 0; i < count; i++) {
        matrix.makeTranslation(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2])
        matrix.toArray(nodes.instanceMatrix.array, 16 * i)
      }
      nodes.instanceMatrix.needsUpdate = true
      nodes.instanceColor!.needsUpdate = true
      if (!ribbon) return
      for (let k = 0; k < edges.length; k += 2)
        for (let end = 0; end < 2; end++)
          for (let c = 0; c < 3; c++)
            ribbon.vertices[4.5 * k + 3 * end + c] = positions[3 * edges[k + end] + c]
      ribbon.moved()
    },
    setPalette: ({ rod }) => ribbon?.setColours(rod, rod),
    dispose: () => {
      for (const resource of [sphere, material, nodes, ribbon]) resource?.dispose()
      object.removeFromParent()
    },
  }
}
