import { describe, expect, it } from 'vitest'
import { uniform } from '../../compiler/testing/numbers.ts'
import { odeint } from '../../solvers/ode/index.ts'
import { loadScene } from '../scene/index.ts'
import { along } from '../simulate.ts'
import { parsed } from '../testing/parsed.ts'
import { pointPositions } from './points.ts'
import { compileSystem } from './problem.ts'

const random = uniform(17)
const precise = { rtol: 1e-11, atol: 1e-13 }

describe('a lagrangian scene', () => {
  it('M(q) = 1 + q²: energy is conserved along a trajectory, and M is what is asked for', async () => {
    const { field, energy, massMatrix, model } = await compileSystem(
      parsed(
        '{type: lagrangian, coordinates: {q: {start: 1, rate: 0.5}}, kinetic: 0.5*(1 + q^2)*q_dot^2, potential: 0.5*q^2}',
      ),
      false,
    )
    const { t, y } = odeint(field, model.start, { span: [0, 20] }, precise)
    for (const e of along(energy!, t, y)) expect(Math.abs(e - 0.75)).toBeLessThan(1e-9)
    along(massMatrix!, t, y).forEach((M, k) => {
      expect(Math.abs(M - (1 + y[2 * k] ** 2))).toBeLessThan(1e-14)
    })
  })

  it('T = −√(1 − q̇²), a relativistic oscillator: M = γ³, and γ + V is conserved', async () => {
    const { field, energy, massMatrix, model } = await compileSystem(
      parsed(
        '{type: lagrangian, coordinates: {q: {start: 1}}, kinetic: -sqrt(1 - q_dot^2), potential: 0.5*q^2}',
      ),
      false,
    )
    const { t, y } = odeint(field, model.start, { span: [0, 20] }, precise)
    const [energies, masses] = [energy!, massMatrix!].map(part => along(part, t, y))
    t.forEach((_, k) => {
      const gamma = 1 / Math.sqrt(1 - y[2 * k + 1] ** 2)
      expect(Math.abs(gamma + 0.5 * y[2 * k] ** 2 - 1.5)).toBeLessThan(1e-9)
      expect(Math.abs(energies[k] - 1.5)).toBeLessThan(1e-9)
      expect(Math.abs(masses[k] / gamma ** 3 - 1)).toBeLessThan(1e-12)
    })
  })

  it('the shipped double pendulum: the state is a, b, a_dot, b_dot; energy is conserved, as are the lengths of its rods', async () => {
    const scene = loadScene('double-pendulum')
    const { field, energy, model } = await compileSystem(scene, false)
    expect(field.names).toEqual(['a', 'b', 'a_dot', 'b_dot'])
    const { t, y } = odeint(field, model.start, { span: [0, 5] }, precise)
    const energies = along(energy!, t, y)
    for (const e of energies) expect(Math.abs(e - energies[0])).toBeLessThan(1e-8)
    const { p1, p2 } = pointPositions(scene.system.points, scene.system.parameters, field.names, t, y)
    t.forEach((_, k) => {
      expect(Math.hypot(p1[3 * k], p1[3 * k + 1])).toBeCloseTo(1, 14)
      expect(Math.hypot(p2[3 * k] - p1[3 * k], p2[3 * k + 1] - p1[3 * k + 1])).toBeCloseTo(0.8, 14)
    })
  })

  it('friction and force, over coordinates, rates, parameters and time: q̈ = (−V′ − ∂R/∂q̇ + Q)/m', async () => {
    const { field } = await compileSystem(
      parsed(
        '{type: lagrangian, parameters: {m: 2, c: 0.3, f: 5}, coordinates: {q: {}, r: {}}, kinetic: 0.5*m*(q_dot^2 + r_dot^2), ' +
          'potential: cos(q) + t*r, dissipation: 0.5*c*q_dot^2*(1 + r^2), forces: {r: f*sin(t)*q_dot}}',
      ),
      false,
    )
    const rate = new Float64Array(4)
    for (let k = 0; k < 10; k++) {
      const [t, q, r, u, v] = Array.from({ length: 5 }, random)
      field.evaluate(t, Float64Array.of(q, r, u, v), rate)
      const expected = [u, v, (Math.sin(q) - 0.3 * u * (1 + r * r)) / 2, (-t + 5 * Math.sin(t) * u) / 2]
      expected.forEach((value, i) => {
        expect(Math.abs(rate[i] - value)).toBeLessThan(1e-14)
      })
    }
  })
})

describe('pointPositions', () => {
  it('evaluates points in their order at every time, over time, state and parameters', () => {
    const { system } = parsed(
      '{type: equations, parameters: {l: 2}, state: {x: 0}, derivatives: {x: 1}, points: {a: [x, l, t], b: [2*a.x, a.y + a.z, 0]}}',
    )
    const positions = pointPositions(
      system.points,
      { l: 2 },
      ['x'],
      Float64Array.of(0, 1),
      Float64Array.of(3, 5),
    )
    expect(positions).toEqual({
      a: Float64Array.of(3, 2, 0, 5, 2, 1),
      b: Float64Array.of(6, 2, 0, 10, 3, 0),
    })
  })
})

describe('a lagrangian scene with constraints', () => {
  const chain = (stabilisation: number) =>
    `{type: lagrangian, coordinates: {x: {start: 0.8}, y: {start: -0.6}, u: {start: 1.6}, v: {start: -0.6}},
      kinetic: 0.5*(x_dot^2 + y_dot^2) + 0.4*(u_dot^2 + v_dot^2), potential: 9.81*(y + 0.8*v),
      constraints: {first: x^2 + y^2 - 1, second: (u - x)^2 + (v - y)^2 - 0.64}, stabilisation: ${stabilisation}}`

  it('moves as the double pendulum in its angles', async () => {
    const { field, model } = await compileSystem(parsed(chain(10)), false)
    const angles = await compileSystem(
      parsed(
        `{type: lagrangian, parameters: {k: 0.64}, coordinates: {a: {start: ${Math.atan2(0.8, 0.6)}}, b: {start: ${Math.PI / 2}}},
          kinetic: 0.9*a_dot^2 + 0.256*b_dot^2 + k*a_dot*b_dot*cos(a - b), potential: -9.81*(1.8*cos(a) + 0.64*cos(b))}`,
      ),
      false,
    )
    const [long, short] = [field, angles.field].map((f, k) =>
      odeint(f, [model, angles.model][k].start, { span: [0, 3], saveEvery: 0.1 }, precise),
    )
    long.t.forEach((_, k) => {
      const [a, b] = short.y.subarray(4 * k, 4 * k + 2)
      const [x, y, u, v] = long.y.subarray(8 * k, 8 * k + 4)
      expect(x).toBeCloseTo(Math.sin(a), 8)
      expect(y).toBeCloseTo(-Math.cos(a), 8)
      expect(u - x).toBeCloseTo(0.8 * Math.sin(b), 8)
      expect(v - y).toBeCloseTo(-0.8 * Math.cos(b), 8)
    })
  })

  it('stays on the constraints for any time, and drifts off without stabilisation', async () => {
    const options = { method: 'dop853', rtol: 1e-7, atol: 1e-9 } as const
    const violation = async (stabilisation: number) => {
      const { field, model, constraints } = await compileSystem(parsed(chain(stabilisation)), false)
      const { t, y, success } = odeint(field, model.start, { span: [0, 500], saveEvery: 1 }, options)
      expect(success).toBe(true)
      return along(constraints!, t, y).map(Math.abs)
    }
    const stable = await violation(10)
    expect(Math.max(...stable)).toBeLessThan(1e-6)
    const free = await violation(1e-6)
    expect(Math.max(...free.subarray(0, 20))).toBeLessThan(Math.max(...free) / 10)
    expect(Math.max(...free)).toBeGreaterThan(10 * Math.max(...stable))
  })

  it('must start on them', async () => {
    const off = parsed(chain(10).replace('x: {start: 0.8}', 'x: {start: 0.9}'))
    await expect(compileSystem(off, false)).rejects.toThrow(
      'the start does not obey the constraint `first`: it is 0.17, not 0',
    )
  })
})
