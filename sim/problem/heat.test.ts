import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compareTrajectoryGradients } from '../check/trajectoryGradients.ts'
import { FileError } from '../files/fileError.ts'
import { parseScene, SceneError } from '../scene/index.ts'
import { simulate, trajectoryOf } from '../simulate.ts'
import { compileSystem } from './problem.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-heat-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** T = e^(−t)·sin(1.2x)·cos(0.8y) with k = 1 + T²/2: its source, and its flux through the upper side. */
const [a, b] = [1.2, 0.8]
const T = `exp(-t)*sin(${a}*x)*cos(${b}*y)`
const slope = `exp(-2*t)*(${a * a}*(cos(${a}*x)*cos(${b}*y))^2 + ${b * b}*(sin(${a}*x)*sin(${b}*y))^2)`
const manufactured = (cells: number, mass: string) => `version: 1
name: manufactured
system:
  type: heat
  mesh: {rectangle: [1, 1], cells: [${cells}, ${cells}]}
  conductivity: 1 + T^2/2
  capacity: 1
  initial: sin(${a}*x)*cos(${b}*y)
  source: -${T} + (1 + T^2/2)*${a * a + b * b}*${T} - T*${slope}
  boundary:
    left: {temperature: ${T}}
    right: {temperature: ${T}}
    top: {flux: -(1 + T^2/2)*${b}*exp(-t)*sin(${a}*x)*sin(${b}*y)}
  mass: ${mass}
solver: {method: rodas5p, span: [0, 0.5], save_every: 0.5, rtol: 1.0e-8, atol: 1.0e-10}
`

/** The greatest error at a node at the end. */
async function errorOf(cells: number, mass: string): Promise<number> {
  const scene = parseScene(manufactured(cells, mass), 'manufactured.yaml')
  const system = await compileSystem(scene, false)
  const { t, series } = trajectoryOf(scene, system, simulate(scene, system))
  const { mesh } = system.model.meshField!
  const field = series['field:temperature'].data
  const end = t.at(-1)!
  const count = mesh.nodes.length / 2
  return Math.max(
    ...Array.from({ length: count }, (_, k) => {
      const [x, y] = mesh.nodes.subarray(2 * k, 2 * k + 2)
      return Math.abs(field[count + k] - Math.exp(-end) * Math.sin(a * x) * Math.cos(b * y))
    }),
  )
}

const insulated = `version: 1
name: insulated
system:
  type: heat
  parameters: {k: 2}
  mesh: {rectangle: [1, 0.5], cells: [4, 2]}
  conductivity: k*(1 + 0.1*T)
  capacity: 1 + x
  initial: 5*exp(-20*((x - 0.3)^2 + y^2))
  probes: {one: [0.3, 0.1], two: [0.8, 0.4]}
learn: {parameters: [k]}
solver: {method: tsit5, span: [0, 0.2], save_every: 0.1, rtol: 1.0e-8, atol: 1.0e-10}
`

describe('a heat scene', () => {
  it.each(['lumped', 'consistent'])(
    'converges with second order, %s: k(T), given temperatures, a flux, a source',
    async mass => {
      const errors = await Promise.all([4, 8, 16].map(cells => errorOf(cells, mass)))
      expect(errors[2]).toBeLessThan(1e-3)
      const orders = errors.slice(1).map((error, k) => Math.log2(errors[k] / error))
      for (const order of orders) expect(order).toBeGreaterThan(1.8)
    },
  )

  it.each(['lumped', 'consistent'])(
    'keeps its heat to rounding where nothing flows in or out, %s',
    async mass => {
      const scene = parseScene(`${insulated}`.replace('probes', `mass: ${mass}\n  probes`), 'insulated.yaml')
      const system = await compileSystem(scene, false)
      const energy = trajectoryOf(scene, system, simulate(scene, system)).series.energy.data
      expect(energy[0]).toBeGreaterThan(0.1)
      for (const value of energy) expect(Math.abs(value / energy[0] - 1)).toBeLessThan(1e-13)
    },
  )

  it('with its lumped mass stays between the least and the greatest temperature at the start', async () => {
    const scene = parseScene(insulated.replace('20*', '200*'), 'insulated.yaml')
    const system = await compileSystem(scene, false)
    const { y } = simulate(scene, system)
    expect(Math.min(...y)).toBeGreaterThanOrEqual(Math.min(...system.model.start) - 1e-9)
    expect(Math.max(...y)).toBeLessThanOrEqual(Math.max(...system.model.start))
  })

  it.each([
    ['a parameter', '{parameters: [k]}'],
    ['a network of x, y and T', '{conductivity: {start: 2, network: {inputs: [x, y, T, 1], hidden: [3]}}}'],
  ])('has the gradient of the complex step: %s', async (_name, learn) => {
    const text = insulated.replace('{parameters: [k]}', learn).replace('span: [0, 0.2]', 'span: [0, 0.01]')
    const scene = parseScene(text, 'insulated.yaml')
    const system = await compileSystem(scene, true)
    const { rows } = compareTrajectoryGradients(scene, system)
    for (const { method, error } of rows)
      if (!method.startsWith('finite')) expect(error, method).toBeLessThan(1e-12)
  })

  it('is observed by its probes, exact for what is linear', async () => {
    const scene = parseScene(insulated.replace(/initial:.*/, 'initial: 1 + 2*x - y'), 'insulated.yaml')
    const system = await compileSystem(scene, false)
    expect(system.observationNames).toEqual(['one', 'two'])
    const values = new Float64Array(2)
    system.observation.evaluate(0, system.model.start, values)
    expect(values[0]).toBeCloseTo(1.5, 14)
    expect(values[1]).toBeCloseTo(2.2, 14)
    const { series } = trajectoryOf(scene, system, simulate(scene, system))
    expect(series.one.shape).toEqual([3])
    expect([...series['point:two'].data.subarray(0, 3)]).toEqual([0.8, 0.4, 0])
  })

  it('takes a mesh of a file, the same system as that of the rectangle', async () => {
    const rectangle = await compileSystem(parseScene(insulated, join(folder, 'a.yaml')), false)
    const { nodes, triangles } = rectangle.model.meshField!.mesh
    const rows = (values: ArrayLike<number>, width: number) =>
      Array.from({ length: values.length / width }, (_, k) =>
        Array.from(values).slice(width * k, width * (k + 1)),
      )
    writeFileSync(
      join(folder, 'mesh.json'),
      JSON.stringify({ nodes: rows(nodes, 2), triangles: rows(triangles, 3) }),
    )
    const text = insulated.replace(/mesh: .*/, 'mesh: {file: mesh.json}')
    const ofFile = await compileSystem(parseScene(text, join(folder, 'a.yaml')), false)
    const rates = [rectangle, ofFile].map(({ field, model }) => {
      const out = new Float64Array(field.dimension)
      field.evaluate(0, model.start, out)
      return out
    })
    expect(rates[1]).toEqual(rates[0])
  })

  it('says what is wrong with a mesh, a boundary, a probe', async () => {
    const compiled = async (from: string | RegExp, to: string) =>
      compileSystem(parseScene(insulated.replace(from, to), join(folder, 'a.yaml')), false)
    const fails = (from: string | RegExp, to: string) =>
      expect(compiled(from, to).catch(error => Promise.reject(error))).rejects
    await fails('[0.8, 0.4]', '[0.8, 0.6]').toThrow('system.probes.two: the point [0.8, 0.6] lies outside')
    await fails(/mesh: .*/, 'mesh: {file: none.json}').toThrow(FileError)
    writeFileSync(join(folder, 'bad.json'), '{"nodes": [[0,0],[1,0],[1,1]], "triangles": [[0,1,7]]}')
    await fails(/mesh: .*/, 'mesh: {file: bad.json}').toThrow('triangle 0 names node 7; there are 3')
    await fails('probes', 'boundary: {lift: {flux: 1}}\n  probes').toThrow('Did you mean "left"?')
    await fails('probes', 'boundary: {left: {flux: 1, temperature: 2}}\n  probes').toThrow(
      'either temperature or flux',
    )
    await fails('capacity: 1 + x', 'capacity: 1 + z').toThrow(SceneError)
  })
})
