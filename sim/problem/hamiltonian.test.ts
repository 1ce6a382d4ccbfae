import { describe, expect, it } from 'vitest'
import { odeint } from '../../solvers/ode/index.ts'
import { along } from '../simulate.ts'
import { parsed } from '../testing/parsed.ts'
import { compileSystem } from './problem.ts'

const precise = { method: 'dop853', rtol: 1e-11, atol: 1e-13 } as const

describe('a hamiltonian scene', () => {
  it('moves as the lagrangian one: a double pendulum, p = M·q̇', async () => {
    const inverse = `(0.256*p_a^2 + 0.9*p_b^2 - 0.64*cos(a - b)*p_a*p_b)/(4*(0.9*0.256 - 0.1024*cos(a - b)^2))`
    const potential = '-9.81*(1.8*cos(a) + 0.64*cos(b))'
    const hamiltonian = await compileSystem(
      parsed(
        `{type: hamiltonian, coordinates: {a: {start: 1.1}, b: {start: -0.4}}, hamiltonian: "${inverse} ${potential}"}`,
      ),
      false,
    )
    const lagrangian = await compileSystem(
      parsed(
        `{type: lagrangian, coordinates: {a: {start: 1.1}, b: {start: -0.4}},
          kinetic: 0.9*a_dot^2 + 0.256*b_dot^2 + 0.64*a_dot*b_dot*cos(a - b), potential: "${potential}"}`,
      ),
      false,
    )
    expect(hamiltonian.field.names).toEqual(['a', 'b', 'p_a', 'p_b'])
    const times = { span: [0, 3], saveEvery: 0.25 } as const
    const [one, other] = [hamiltonian, lagrangian].map(({ field, model }) =>
      odeint(field, model.start, times, precise),
    )
    one.t.forEach((_, k) => {
      const [a, b] = other.y.subarray(4 * k, 4 * k + 2)
      expect(one.y[4 * k]).toBeCloseTo(a, 8)
      expect(one.y[4 * k + 1]).toBeCloseTo(b, 8)
    })
    const energies = along(hamiltonian.energy!, one.t, one.y)
    for (const e of energies) expect(Math.abs(e - energies[0])).toBeLessThan(1e-8)
  })

  it('loses energy at the rate q̇·∂R/∂q̇, and takes forces: the damped oscillator in closed form', async () => {
    const { field, model, energy } = await compileSystem(
      parsed(
        `{type: hamiltonian, parameters: {m: 2, k: 8, c: 0.4}, coordinates: {q: {start: 1}},
          hamiltonian: p_q^2/(2*m) + k*q^2/2, dissipation: 0.5*c*q_dot^2, forces: {q: 3}}`,
      ),
      false,
    )
    const { t, y } = odeint(field, model.start, { span: [0, 10], saveEvery: 0.5 }, precise)
    const [decay, rest] = [0.4 / 4, 3 / 8]
    const omega = Math.sqrt(4 - decay * decay)
    t.forEach((time, k) => {
      const phase = omega * time
      const wave = Math.cos(phase) + (decay / omega) * Math.sin(phase)
      expect(y[2 * k]).toBeCloseTo(rest + (1 - rest) * Math.exp(-decay * time) * wave, 9)
    })
    expect(along(energy!, t, y)[0]).toBeCloseTo(4, 13)
  })

  it('keeps a learned energy, whatever it is', async () => {
    const scene = parsed('{type: hamiltonian, coordinates: {q: {start: 1}}, hamiltonian: p_q^2/2 + q^2/2}')
    const learn = { hamiltonian: { network: { inputs: ['q', 'p_q'], hidden: [8], activation: 'tanh' } } }
    const { parseScene, formatScene } = await import('../scene/index.ts')
    const text = `${formatScene(scene)}learn: ${JSON.stringify(learn)}\n`
    const { field, energy, model } = await compileSystem(parseScene(text, 'learned.yaml'), true, 5)
    expect(field.parameterCount).toBe(2 * 8 + 8 + 8 + 1)
    const { t, y } = odeint(field, model.start, { span: [0, 30], saveEvery: 1 }, precise)
    const energies = along(energy!, t, y)
    for (const e of energies) expect(Math.abs(e - energies[0])).toBeLessThan(1e-9)
    expect(Math.abs(y.at(-2)! - 1)).toBeGreaterThan(1e-3)
  })
})
