import { describe, expect, it } from 'vitest'
import { parseScene } from '../scene/index.ts'
import { simulate, trajectoryOf } from '../simulate.ts'
import { compileSystem } from './problem.ts'

const scene = (system: string, solver = '{method: dop853, span: [0, 1], rtol: 1.0e-12, atol: 1.0e-13}') =>
  parseScene(`{version: 1, name: test, system: ${system}, solver: ${solver}}`, 'test.yaml')

describe('particles', () => {
  it('two bodies close their ellipse after Kepler’s period, with all that is conserved', async () => {
    // Masses 3 and 1, G = 1, semi-major axis 2 of the relative orbit: T = 2π·√(8/4).
    const period = 2 * Math.PI * Math.sqrt(2)
    const two = scene(
      `{type: particles, parameters: {G: 1},
        bodies: {a: {mass: 3, position: [-0.25, 0], velocity: [0, ${(-0.25 * Math.sqrt(4 * (2 / 1 - 1 / 2))).toPrecision(17)}]},
                 b: {mass: 1, position: [0.75, 0], velocity: [0, ${(0.75 * Math.sqrt(4 * (2 / 1 - 1 / 2))).toPrecision(17)}]}},
        pair: -G*m_i*m_j/r}`,
      `{method: vern9, span: [0, ${period}], rtol: 1.0e-13, atol: 1.0e-14}`,
    )
    const system = await compileSystem(two, false)
    expect(system.field.names).toEqual(['a_x', 'a_y', 'b_x', 'b_y', 'a_vx', 'a_vy', 'b_vx', 'b_vy'])
    const solution = simulate(two, system)
    const end = solution.y.slice(-8)
    system.model.start.forEach((value, i) => {
      expect(end[i]).toBeCloseTo(value, 9)
    })
    const { series, meta } = trajectoryOf(two, system, solution)
    const energy = series.energy.data
    expect(Math.abs(energy.at(-1)! - energy[0])).toBeLessThan(1e-11)
    expect(Object.keys(series)).toContain('point:a')
    expect(meta.viewer).toEqual({})
  })

  it('a spring between masses swings with the reduced mass; gravity and drag give the terminal velocity', async () => {
    const omega = Math.sqrt(5 / (2 / 3))
    const spring = scene(
      `{type: particles, bodies: {a: {mass: 1, position: [0]}, b: {mass: 2, position: [1.1]}},
        springs: {s: {between: [a, b], stiffness: 5, rest: 1}}}`,
    )
    const swinging = await compileSystem(spring, false)
    const { y } = simulate(spring, swinging)
    const [a, b] = y.slice(-4)
    expect(b - a).toBeCloseTo(1 + 0.1 * Math.cos(omega), 11)
    const falling = scene(
      '{type: particles, parameters: {g: 10}, bodies: {a: {mass: 0.5, position: [0, 0]}}, potential: m*g*y, drag: 20}',
      '{method: radau5, span: [0, 10], rtol: 1.0e-9, atol: 1.0e-9}',
    )
    const fallen = simulate(falling, await compileSystem(falling, false))
    expect(fallen.y.at(-1)).toBeCloseTo((-0.5 * 10) / 20, 8)
  })

  it('a lattice is a body for each node, held or moving, and is drawn as a sheet', async () => {
    const sheet = scene(
      `{type: particles, parameters: {k: 100},
        lattices: {c: {size: [3, 4], spacing: 0.1, origin: [0, 1, 0], mass: 0.01, stiffness: k, shear: k, bend: k, held: [[0, 0], [0, 3]]}},
        potential: m*9.81*y}`,
    )
    const system = await compileSystem(sheet, false)
    expect(system.field.dimension).toBe(2 * 3 * 12)
    const { series, meta } = trajectoryOf(sheet, system, simulate(sheet, system))
    const drawn = series['particles:c']
    expect(drawn.shape.slice(1)).toEqual([12, 3])
    const last = drawn.data.slice(-36)
    expect([...last.slice(0, 3), ...last.slice(9, 12)]).toEqual([0, 1, 0, expect.closeTo(0.3, 15), 1, 0])
    const heights = [...drawn.data.keys()].filter(k => k % 3 === 1).map(k => drawn.data[k])
    expect(heights.reduce((sum, height) => sum + height, 0) / heights.length).toBeLessThan(0.99)
    expect(meta.viewer?.particles).toEqual({ c: { cloth: [3, 4] } })
  })

  it('a learned pair potential is the same network for every pair, and keeps the momentum', async () => {
    const text = (bodies: string) =>
      parseScene(
        `{version: 1, name: test, system: {type: particles, bodies: ${bodies}, pair: -m_i*m_j/r},
          learn: {pair: {network: {inputs: [1/r, m_i*m_j, 1], hidden: [4]}}}, solver: {span: [0, 1]}}`,
        'test.yaml',
      )
    const bodies = [
      'a: {mass: 1, position: [0, 0]}',
      'b: {mass: 2, position: [1, 0.2]}',
      'c: {position: [0.3, 1]}',
    ]
    const energyOf = async (some: readonly string[]) => {
      const { energy, model } = await compileSystem(text(`{${some.join(', ')}}`), true)
      const value = new Float64Array(1)
      energy!.evaluate(0, model.start, value)
      return value[0]
    }
    const [a, b, c] = bodies
    const pairs = await Promise.all(
      [
        [a, b],
        [a, c],
        [b, c],
      ].map(energyOf),
    )
    expect(await energyOf(bodies)).toBeCloseTo(pairs[0] + pairs[1] + pairs[2], 14)
    const { field, model } = await compileSystem(text(`{${bodies.join(', ')}}`), true)
    const rates = new Float64Array(12)
    field.evaluate(0, model.start, rates)
    for (const axis of [0, 1]) {
      const total = [1, 2, 1].reduce((sum, m, i) => sum + m * rates[6 + 2 * i + axis], 0)
      expect(Math.abs(total)).toBeLessThan(1e-14)
    }
  })

  it('mistakes are named: ends of springs, vectors, names of pairs', () => {
    const bodies = '{a: {position: [0, 0]}, b: {position: [1, 0, 0]}}'
    expect(() =>
      scene(
        `{type: particles, bodies: ${bodies}, springs: {s: {between: [a, c], stiffness: q}}, pair: -m/r}`,
      ),
    ).toThrow(
      /bodies\.b\.position: expected 2 numbers[\s\S]*springs\.s\.between\.1: no body "c"[\s\S]*unknown name "q"[\s\S]*unknown name "m"/,
    )
  })
})

describe('networks', () => {
  it('a resistor and a capacitor at a given voltage', async () => {
    const circuit = scene(
      `{type: network, parameters: {R: 2, C: 0.3}, nodes: {u: {start: 5, capacity: C}}, boundary: {ground: 1},
        edges: {r: {between: [u, ground], conductance: 1/R}}}`,
    )
    const { y } = simulate(circuit, await compileSystem(circuit, false))
    expect(y.at(-1)).toBeCloseTo(1 + 4 * Math.exp(-1 / 0.6), 11)
  })

  it('what is stored is conserved without a boundary, and sources add to it', async () => {
    const ring = scene(
      `{type: network, nodes: {a: {start: 3, capacity: 1}, b: {capacity: 2, source: 0.5*t}, c: {capacity: 4}},
        edges: {ab: {between: [a, b], conductance: 1 + a^2}, bc: {between: [b, c], conductance: 2}, ca: {between: [c, a], conductance: 0.5}}}`,
    )
    const { y } = simulate(ring, await compileSystem(ring, false))
    const [a, b, c] = y.slice(-3)
    expect(a + 2 * b + 4 * c).toBeCloseTo(3 + 0.25, 11)
  })

  it('mistakes are named', () => {
    expect(() =>
      scene('{type: network, nodes: {a: {}}, edges: {e: {between: [a, b], conductance: 1}}}'),
    ).toThrow(/edges\.e\.between\.1: no node "b"/)
  })
})
