import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { complexStep } from '../compiler/testing/complexStep.ts'
import { trace } from '../compiler/trace/index.ts'
import { type HeatConduction, heatElements } from './heat.ts'
import { evaluated } from './testing/evaluated.ts'
import { locate, rectangleMesh, type TriangleMesh, triangleMesh, twiceArea } from './triangleMesh.ts'

const mesh = rectangleMesh([2, 1], [6, 4], [-0.5, 0])
const nodes = (of: TriangleMesh) =>
  Array.from({ length: of.nodes.length / 2 }, (_, k) => [of.nodes[2 * k], of.nodes[2 * k + 1]])
const one = (_t: tf.Tensor, x: tf.Tensor) => tf.onesLike(x)
const plate = (more: Partial<HeatConduction> = {}): HeatConduction => ({
  mesh,
  conductivity: one,
  capacity: one,
  ...more,
})
const bumpy = nodes(mesh).map(([x, y], k) => Math.sin(3 * x + k) + y)
const rates = (conduction: HeatConduction, T: readonly number[], t = 0) =>
  evaluated(
    (time: tf.Tensor, y: tf.Tensor1D) => heatElements(conduction).derivative(tf.squeeze(time), y),
    [t],
    T,
  )
const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs))

describe('triangle meshes', () => {
  it('of a rectangle cover it, counter-clockwise', () => {
    const areas = Array.from({ length: mesh.triangles.length / 3 }, (_, k) => {
      const [a, b, c] = mesh.triangles.subarray(3 * k, 3 * k + 3)
      return twiceArea(mesh.nodes, a, b, c) / 2
    })
    expect(Math.min(...areas)).toBeGreaterThan(0)
    expect(areas.reduce((a, b) => a + b)).toBeCloseTo(2, 14)
    expect(nodes(mesh)[mesh.boundary.left[0]]).toEqual([-0.5, 1])
  })

  it('give what is linear exactly at any point', () => {
    const at = locate(mesh, 0.37, 0.81)
    const value = at.nodes.reduce((sum, node, k) => {
      const [x, y] = nodes(mesh)[node]
      return sum + at.weights[k] * (3 * x - 2 * y + 1)
    }, 0)
    expect(value).toBeCloseTo(3 * 0.37 - 2 * 0.81 + 1, 13)
    expect(() => locate(mesh, 3, 0)).toThrow('outside')
  })

  it('from lists are checked, and clockwise triangles turned over', () => {
    const square = {
      nodes: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
      triangles: [
        [0, 1, 2],
        [0, 3, 2],
      ],
    }
    const { triangles, boundary } = triangleMesh({ ...square, boundary: { lower: [[0, 1]] } })
    expect([...triangles]).toEqual([0, 1, 2, 0, 2, 3])
    expect([...boundary.lower]).toEqual([0, 1])
    expect(() => triangleMesh({ ...square, triangles: [[0, 1, 4]] })).toThrow('triangle 0 names node 4')
    expect(() => triangleMesh({ ...square, triangles: [[0, 1, 1]] })).toThrow('triangle 0 has no area')
    expect(() => triangleMesh({ ...square, triangles: [[0, 1, 2]] })).toThrow('node 3 belongs to no triangle')
    expect(() => triangleMesh({ ...square, boundary: { cut: [[0, 2]] } })).toThrow(
      '[0, 2], is not on the rim',
    )
  })
})

describe.each(['lumped', 'consistent'] as const)('heat, %s', mass => {
  it('is at rest in a linear temperature whose flux goes through: the patch test', () => {
    const linear = nodes(mesh).map(([x, y]) => 2 * x + 3 * y + 1)
    const through = { left: -4, right: 4, bottom: -6, top: 6 }
    const fluxes = Object.fromEntries(
      Object.entries(through).map(([side, g]) => [
        side,
        (_t: tf.Tensor, x: tf.Tensor) => tf.fill(x.shape, g),
      ]),
    )
    const conduction = plate({ mass, conductivity: (_t, x) => tf.fill(x.shape, 2), fluxes })
    expect(largest(rates(conduction, linear))).toBeLessThan(1e-11)
  })

  it('gains as much heat as comes in, whatever the conductivity: d/dt ∫ρcT = ∮g + ∫q', () => {
    const conduction = plate({
      mass,
      conductivity: (_t, x, _y, T) => tf.exp(tf.add(x, tf.mul(0.3, T))),
      capacity: (_t, x, y) => tf.add(1, tf.mul(x, tf.mul(x, y))),
      source: (_t, x) => tf.fill(x.shape, 3),
      fluxes: { right: (_t, x) => tf.fill(x.shape, 5) },
    })
    const energy = trace(
      (y: tf.Tensor) => heatElements(conduction).energy(tf.scalar(0), y as tf.Tensor1D),
      [{ name: 'T', shape: [bumpy.length] }],
    )
    const power = complexStep(energy, [Float64Array.from(bumpy)], [rates(conduction, bumpy)])[0][0]
    expect(power).toBeCloseTo(3 * 2 + 5 * 1, 11)
  })

  it('levels out: ½·TᵀCT falls without sources', () => {
    const conduction = plate({ mass })
    const C = evaluated(
      (y: tf.Tensor1D) => tf.reshape(heatElements(conduction).mass(tf.scalar(0), y), [-1]),
      bumpy,
    )
    const flow = rates(conduction, bumpy)
    const n = bumpy.length
    const power = bumpy.reduce(
      (sum, T, i) => sum + flow.reduce((row, v, j) => row + T * C[i * n + j] * v, 0),
      0,
    )
    expect(power).toBeLessThan(-1)
  })

  it('takes up what given temperatures that change ask for: T = t·(1 + x) is exact with its source', () => {
    const exact = (t: tf.Tensor, x: tf.Tensor) => tf.mul(t, tf.add(1, x))
    const conduction = plate({
      mass,
      source: (_t, x) => tf.add(1, x),
      temperatures: { left: exact, top: exact, right: exact, bottom: exact },
    })
    const { free } = heatElements(conduction)
    expect(free).toHaveLength(5 * 3)
    const x = free.map(node => nodes(mesh)[node][0])
    const found = rates(
      conduction,
      x.map(value => 0.7 * (1 + value)),
      0.7,
    )
    expect(largest(found.map((rate, k) => rate - (1 + x[k])))).toBeLessThan(1e-12)
  })
})

describe('heat', () => {
  it('of a lumped rectangle is the five-point Laplacian inside', () => {
    const [h, T] = [0.25, (x: number, y: number) => x * x * x + 2 * x * x * y * y - y ** 4]
    const square = rectangleMesh([1, 1], [4, 4])
    const values = nodes(square).map(([x, y]) => T(x, y))
    const found = rates(plate({ mesh: square }), values)
    for (const [i, j] of [
      [1, 1],
      [2, 3],
      [3, 2],
    ]) {
      const [x, y] = [i * h, j * h]
      const stencil = (T(x + h, y) + T(x - h, y) + T(x, y + h) + T(x, y - h) - 4 * T(x, y)) / (h * h)
      expect(found[j * 5 + i]).toBeCloseTo(stencil, 11)
    }
  })

  it('of a lumped plate obeys the maximum principle: the hottest node does not get hotter, the coldest not colder', () => {
    const conductivity = (_t: tf.Tensor, x: tf.Tensor, _y: tf.Tensor, T: tf.Tensor) => tf.exp(tf.add(x, T))
    for (let round = 0; round < 10; round++) {
      const T = bumpy.map((value, k) => value + Math.sin((round + 1) * k))
      const found = rates(plate({ conductivity }), T)
      expect(found[T.indexOf(Math.max(...T))]).toBeLessThan(0)
      expect(found[T.indexOf(Math.min(...T))]).toBeGreaterThan(0)
    }
  })

  it('says which boundary there is', () => {
    expect(() => heatElements(plate({ fluxes: { rim: one } }))).toThrow(
      'no boundary "rim". There are: left, right, bottom, top',
    )
  })
})
