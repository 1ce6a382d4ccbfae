import { describe, expect, it } from 'vitest'
import type { Trajectory } from '../files/trajectory.ts'
import { trajectoryCsv } from './csv.ts'
import { gltfOf } from './gltf.ts'

const t = Float64Array.of(1, 1.5, 2)
const half = Math.SQRT1_2
const trajectory: Trajectory = {
  t,
  y: Float64Array.of(0, 1, 2, 3, 4, 5),
  names: ['a', 'b'],
  series: {
    energy: { shape: [3], data: Float64Array.of(7, 8, Number.NaN) },
    'point:p': { shape: [3, 3], data: Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0) },
    'quaternion:p': { shape: [3, 4], data: Float64Array.of(1, 0, 0, 0, half, 0, 0, half, 0, 0, 0, 1) },
    'point:q': { shape: [3, 3], data: Float64Array.of(0, 1, 0, 1, 1, 0, Number.NaN, Number.NaN, Number.NaN) },
    mass_matrix: { shape: [3, 2, 2], data: Float64Array.from({ length: 12 }, (_, i) => i) },
    'truth:t': { shape: [2], data: Float64Array.of(1, 2) },
    'truth:energy': { shape: [2], data: Float64Array.of(7, 7) },
  },
  meta: {
    name: 'test',
    viewer: {
      rods: [['p', 'q']],
      geoms: [
        { body: 'p', type: 'capsule', size: [0.1, 0.4], pos: [0, 0, 0.2] },
        { body: 'world', type: 'box', size: [1, 2, 3] },
      ],
    },
  },
}

describe('CSV', () => {
  it('has a column for each component, and leaves out what has other times', () => {
    const [head, first, , last] = trajectoryCsv(trajectory).split('\r\n')
    expect(head).toBe(
      't,a,b,energy,point:p.x,point:p.y,point:p.z,quaternion:p.0,quaternion:p.1,quaternion:p.2,quaternion:p.3,' +
        'point:q.x,point:q.y,point:q.z,mass_matrix.0.0,mass_matrix.0.1,mass_matrix.1.0,mass_matrix.1.1',
    )
    expect(first).toBe('1,0,1,7,0,0,0,1,0,0,0,0,1,0,0,1,2,3')
    expect(last).toBe(`2,4,5,,2,0,0,0,0,0,1,,,,8,9,10,11`)
  })

  it('leaves out the truth on times of its own, also where these are as many', () => {
    const truth = { 'truth:t': { shape: [3], data: t.map(x => 2 * x) }, 'truth:b': { shape: [3], data: t } }
    expect(trajectoryCsv({ ...trajectory, series: truth }).split('\r\n')[0]).toBe('t,a,b')
  })

  it('refuses tables of thousands of columns', () => {
    const wide = { shape: [3, 5000], data: new Float64Array(15_000) }
    expect(() => trajectoryCsv({ ...trajectory, series: { 'field:u': wide } })).toThrow(
      /field:u .*5000 columns/,
    )
  })
})

describe('glTF', () => {
  interface Accessor {
    bufferView: number
    count: number
    type: string
    min?: number[]
    max?: number[]
    componentType: number
  }
  const file = JSON.parse(gltfOf(trajectory, 'x'))
  const bytes = Buffer.from(file.buffers[0].uri.split(',')[1], 'base64')
  const values = (index: number): number[] => {
    const { bufferView, count, type, componentType }: Accessor = file.accessors[index]
    const { byteOffset } = file.bufferViews[bufferView]
    const length = count * { SCALAR: 1, VEC3: 3, VEC4: 4 }[type as 'VEC3']
    return Array.from({ length }, (_, i) =>
      componentType === 5126 ? bytes.readFloatLE(byteOffset + 4 * i) : bytes.readUInt32LE(byteOffset + 4 * i),
    )
  }
  const channel = (name: string, path: string) => {
    const [{ channels, samplers }] = file.animations
    const node = file.nodes.findIndex((one: { name: string }) => one.name === name)
    const found = channels.find(
      ({ target }: { target: { node: number; path: string } }) =>
        target.node === node && target.path === path,
    )
    return { times: values(samplers[found.sampler].input), values: values(samplers[found.sampler].output) }
  }

  it('is whole: every view lies in the buffer, every index in its mesh, every node in the scene', () => {
    expect(file.asset.version).toBe('2.0')
    expect(bytes.length).toBe(file.buffers[0].byteLength)
    for (const { byteOffset, byteLength } of file.bufferViews) {
      expect(byteOffset % 4).toBe(0)
      expect(byteOffset + byteLength).toBeLessThanOrEqual(bytes.length)
    }
    for (const { primitives } of file.meshes) {
      const [{ attributes, indices }] = primitives
      const vertices = file.accessors[attributes.POSITION].count
      expect(Math.max(...values(indices))).toBe(vertices - 1)
      expect(file.accessors[attributes.NORMAL].count).toBe(vertices)
    }
    const reached = [
      ...file.scenes[0].nodes,
      ...file.nodes.flatMap((one: { children?: number[] }) => one.children ?? []),
    ]
    expect(reached.toSorted((a, b) => a - b)).toEqual(file.nodes.map((_: unknown, i: number) => i))
  })

  it('moves and turns bodies as the trajectory does, from time 0, and waits inside gaps', () => {
    expect(channel('p', 'translation')).toEqual({ times: [0, 0.5, 1], values: [0, 0, 0, 1, 0, 0, 2, 0, 0] })
    const turn = channel('p', 'rotation').values
    ;[0, 0, 0, 1, 0, 0, half, half, 0, 0, 1, 0].forEach(
      (value, i) => void expect(turn[i]).toBeCloseTo(value, 6),
    )
    expect(channel('q', 'translation').values.slice(6)).toEqual([1, 1, 0])
  })

  it('has times that grow, where the motion was computed backwards and an event has two states', () => {
    const again = JSON.parse(gltfOf({ ...trajectory, t: Float64Array.of(2, 1.5, 1.5) }, 'x'))
    const [{ samplers }] = again.animations
    const data = Buffer.from(again.buffers[0].uri.split(',')[1], 'base64')
    const read = (index: number): number[] => {
      const { bufferView, count, type } = again.accessors[index]
      const { byteOffset } = again.bufferViews[bufferView]
      return Array.from({ length: count * (type === 'VEC3' ? 3 : 1) }, (_, i) =>
        data.readFloatLE(byteOffset + 4 * i),
      )
    }
    expect(read(samplers[0].input)).toEqual([0, 0.5])
    expect(read(samplers[0].output)).toEqual([0, 0, 0, 2, 0, 0])
  })

  it('spans rods between their ends', () => {
    expect(channel('p q', 'translation').values.slice(0, 6)).toEqual([0, 0.5, 0, 1, 0.5, 0])
    const scale = channel('p q', 'scale').values
    expect([scale[1], scale[4]]).toEqual([1, 1])
    expect(scale[7]).toBeCloseTo(Math.SQRT2, 6)
  })

  it('gives geoms their size: a capsule along z, a box of full sides', () => {
    const extent = (name: string): number[] => {
      const { mesh } = file.nodes.find((one: { name: string }) => one.name === name)
      const { min, max } = file.accessors[file.meshes[mesh].primitives[0].attributes.POSITION]
      return max.map((value: number, i: number) => value - min[i])
    }
    extent('world box').forEach((length, i) => void expect(length).toBeCloseTo(2 * (i + 1), 6))
    extent('p capsule').forEach((length, i) => void expect(length).toBeCloseTo([0.2, 0.2, 1][i], 6))
  })

  it('says what is wrong: no points, a geom at no body', () => {
    expect(() => gltfOf({ ...trajectory, series: {} }, 'x')).toThrow(/no points/)
    const lost = {
      ...trajectory.meta,
      viewer: { geoms: [{ body: 'r', type: 'sphere' as const, size: [1] }] },
    }
    expect(() => gltfOf({ ...trajectory, meta: lost }, 'x')).toThrow(
      "viewer.geoms.0: the file has no point 'r'",
    )
  })
})
