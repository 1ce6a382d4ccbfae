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
