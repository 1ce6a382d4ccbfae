import { Quaternion, Vector3 } from 'three'
import { geomsOf } from '../files/geoms.ts'
import type { Trajectory } from '../files/trajectory.ts'
import { pointOf, pointSeries, quaternionSeries, world } from '../files/viewerSeries.ts'
import { rodShape, type Shape, shapeOf, sphereShape } from './shapes.ts'

/** Sizes in parts of the scene's radius, as the viewer draws bodies without a geom, and rods. */
const sphereSize = 0.05
const rodSize = 0.011

/** Colours in linear light, red, green, blue. */
const bodyColour = [0.694, 0.082, 0.025]
const rodColour = [0.069, 0.081, 0.098]

interface Node {
  name: string
  mesh?: number
  children?: number[]
  translation?: number[]
  rotation?: number[]
}

/**
 * The motion of bodies and rods as a glTF 2.0 file with one animation, everything inside it: Blender, three.js and the
 * viewers of most systems open it. Geoms are meshes; particles and fields are left out.
 *
 * @param name of the scene, where the trajectory has none
 * @returns JSON
 * @throws Error where a geom is wrong, RangeError where the trajectory has no points
 */
export function gltfOf(trajectory: Trajectory, name: string): string {
  const { t, series, meta } = trajectory
  const points = Object.keys(series).flatMap(key => pointOf(key) ?? [])
  if (points.length === 0)
    throw new RangeError(
      `${meta.name ?? name}: there are no points in this trajectory, so nothing that moves in space`,
    )
  const geoms = geomsOf(trajectory)
  const radius = radiusOf(points.map(point => series[pointSeries(point)].data))
  const file = createBuffer()
  const nodes: Node[] = []
  const meshes: object[] = []
  const channels: object[] = []
  const samplers: object[] = []
  const { times, kept } = growingTimes(t)
  const seconds = file.accessor(times, 1, { range: true })

  const meshOf = (shape: Shape, material: number): number => {
    const attributes = {
      POSITION: file.accessor(shape.positions, 3, { range: true, target: 34962 }),
      NORMAL: file.accessor(shape.normals, 3, { target: 34962 }),
    }
    const indices = file.accessor(shape.indices, 1, { target: 34963 })
    return meshes.push({ primitives: [{ attributes, indices, material }] }) - 1
  }
  const animate = (node: number, path: string, values: Float32Array, width: number): void => {
    const sampler =
      samplers.push({ input: seconds, output: file.accessor(values, width), interpolation: 'LINEAR' }) - 1
    channels.push({ sampler, target: { node, path } })
  }
  const addGeoms = (body: string): number[] =>
    geoms
      .filter(geom => geom.body === body)
      .map(geom => {
        const [w, x, y, z] = geom.quat ?? [1, 0, 0, 0]
        const mesh = meshOf(shapeOf(geom, series), 0)
        return (
          nodes.push({
            name: `${body} ${geom.type}`,
            mesh,
            translation: geom.pos ?? [0, 0, 0],
            rotation: [x, y, z, w],
          }) - 1
        )
      })

  const sphere = meshOf(sphereShape(sphereSize * radius), 0)
  const roots = addGeoms(world)
  for (const point of points) {
    const children = addGeoms(point)
    const node =
      nodes.push(children.length > 0 ? { name: point, children } : { name: point, mesh: sphere }) - 1
    roots.push(node)
    animate(node, 'translation', withoutGaps(series[pointSeries(point)].data, 3, kept), 3)
    const orientation = series[quaternionSeries(point)]
    if (orientation) animate(node, 'rotation', xyzw(withoutGaps(orientation.data, 4, kept)), 4)
  }
  const rods = (meta.viewer?.rods ?? []).filter(ends =>
    ends.every(end => end === world || points.includes(end)),
  )
  const rod = rods.length > 0 ? meshOf(rodShape(rodSize * radius), 1) : 0
  for (const [from, to] of rods) {
    const node = nodes.push({ name: `${from} ${to}`, mesh: rod }) - 1
    roots.push(node)
    const ends = [from, to].map(end =>
      end === world ? new Float32Array(3 * kept.length) : withoutGaps(series[pointSeries(end)].data, 3, kept),
    )
    const motion = rodMotion(ends[0], ends[1])
    animate(node, 'translation', motion.middle, 3)
    animate(node, 'rotation', motion.rotation, 4)
    animate(node, 'scale', motion.scale, 3)
  }
  return `${JSON.stringify({
    asset: { version: '2.0', generator: 'neurode' },
    scene: 0,
    scenes: [{ name: meta.name ?? name, nodes: roots }],
    nodes,
    meshes,
    materials: [bodyColour, rodColour].map(colour => ({
      pbrMetallicRoughness: { baseColorFactor: [...colour, 1], metallicFactor: 0, roughnessFactor: 0.5 },
    })),
    animations: [{ name: 'motion', channels, samplers }],
    ...file.json(),
  })}\n`
}

/** A cylinder of unit length along y, between two moving ends. */
function rodMotion(from: Float32Array, to: Float32Array) {
  const count = from.length / 3
  const middle = from.map((value, i) => (value + to[i]) / 2)
  const rotation = new Float32Array(4 * count)
  const scale = new Float32Array(3 * count).fill(1)
  const up = new Vector3(0, 1, 0)
  const along = new Vector3()
  const turn = new Quaternion()
  for (let i = 0; i < count; i++) {
    along.fromArray(to, 3 * i).sub(new Vector3().fromArray(from, 3 * i))
    const length = along.length()
    scale[3 * i + 1] = length
    turn.setFromUnitVectors(up, length > 0 ? along.divideScalar(length) : up).toArray(rotation, 4 * i)
  }
  return { middle, rotation, scale }
}

/**
 * Times from the start, s, as glTF wants them: growing, in single precision, also where the motion was computed backwards. Of states
 * at one time (before and after an event) the last is kept.
 */
function growingTimes(t: Float64Array): { times: Float32Array; kept: number[] } {
  const times = Float32Array.from(t, time => Math.abs(time - t[0]))
  const kept = [...times.keys()].filter(k => k === times.length - 1 || times[k + 1] > times[k])
  return { times: Float32Array.from(kept, k => times[k]), kept }
}

/** The rows that are kept. glTF knows no NaN: a body waits inside a gap where it was last seen. */
function withoutGaps(rows: Float64Array, width: number, kept: readonly number[]): Float32Array {
  const out = Float32Array.from(kept.flatMap(k => [...rows.subarray(k * width, (k + 1) * width)]))
  for (let i = 0; i < out.length; i++)
    if (!Number.isFinite(out[i])) out[i] = i >= width ? out[i - width] : width === 4 && i === 0 ? 1 : 0
  return out
}

/** From [w, x, y, z] to glTF's order. */
function xyzw(rows: Float32Array): Float32Array {
  return rows.map((_, i) => rows[i % 4 === 3 ? i - 3 : i + 1])
}

function radiusOf(motions: readonly Float64Array[]): number {
  const box = { min: new Vector3(0, 0, 0), max: new Vector3(0, 0, 0) }
  const point = new Vector3()
  for (const rows of motions)
    for (let i = 0; i < rows.length; i += 3) {
      point.fromArray(rows, i)
      if (!Number.isFinite(point.x + point.y + point.z)) continue
      box.min.min(point)
      box.max.max(point)
    }
  return box.min.distanceTo(box.max) / 2 || 1
}

/** The numbers of the file: one buffer, with an accessor for each array. */
function createBuffer() {
  const parts: Uint8Array[] = []
  const bufferViews: object[] = []
  const accessors: object[] = []
  let length = 0
  return {
    /** Appends an array of vectors of `width` and returns its accessor's index. */
    accessor: (
      data: Float32Array | Uint32Array,
      width: number,
      { range = false, target }: { range?: boolean; target?: number } = {},
    ): number => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      parts.push(bytes)
      const bufferView =
        bufferViews.push({
          buffer: 0,
          byteOffset: length,
          byteLength: bytes.length,
          ...(target && { target }),
        }) - 1
      length += bytes.length
      const columns = Array.from(
        { length: width },
        (_, c) => data.filter((_, i) => i % width === c) as Float32Array,
      )
      const extremes = { min: columns.map(least), max: columns.map(greatest) }
      return (
        accessors.push({
          bufferView,
          componentType: data instanceof Float32Array ? 5126 : 5125,
          count: data.length / width,
          type: { 1: 'SCALAR', 3: 'VEC3', 4: 'VEC4' }[width],
          ...(range && extremes),
        }) - 1
      )
    },
    json: () => ({
      accessors,
      bufferViews,
      buffers: [
        {
          byteLength: length,
          uri: `data:application/octet-stream;base64,${Buffer.concat(parts).toString('base64')}`,
        },
      ],
    }),
  }
}

const least = (values: Float32Array): number => values.reduce((a, b) => Math.min(a, b), Infinity)
const greatest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity)
