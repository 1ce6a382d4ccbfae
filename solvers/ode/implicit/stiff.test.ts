import { describe, expect, it } from 'vitest'
import { createIntegrator, odeint } from '../odeint.ts'
import type { VectorField } from '../vectorField.ts'
import { implicitMethods } from './methods.ts'
import { brusselator, brusselatorStart, stiffProblems, stiffVanDerPol } from './testing/stiffProblems.ts'

const methods = (Object.keys(implicitMethods) as (keyof typeof implicitMethods)[]).filter(
  method => method !== 'auto', // auto.test.ts
)

describe.each(methods)('%s', method => {
  it.each(stiffProblems)('$name has the published end, within ten tolerances', problem => {
    const { field, y0, t1, reference, scale = 1, scatter = 1 } = problem
    for (const rtol of [1e-4, 1e-7]) {
      const atol = reference.map((_, i) => rtol * (typeof scale === 'number' ? scale : scale[i]))
      const { y, failure } = odeint(field, y0, [0, t1], { method, rtol, atol })
      expect(failure).toBeUndefined()
      reference.forEach((value, i) => {
        expect(Math.abs(y[y0.length + i] - value)).toBeLessThan(
          10 * scatter * (atol[i] + rtol * Math.abs(value)),
        )
      })
    }
  })

  it('keeps its Jacobian where the system is linear, and counts what it does', () => {
    const linear: VectorField = {
      dimension: 2,
      parameterCount: 0,
      parameters: new Float64Array(0),
      evaluate(_t, [x, y], out) {
        out[0] = -x + y
        out[1] = -1000 * y
      },
      jacobian: (_t, _y, out) => out.set([-1, 1, 0, -1000]),
      timeDerivative: (_t, _y, out) => out.fill(0),
    }
    const { statistics: s, y } = odeint(linear, [1, 1], [0, 10], { method, rtol: 1e-6, atol: 1e-9 })
    expect(y[2]).toBeCloseTo((1 + 1 / 999) * Math.exp(-10), 7)
    if (method !== 'rodas5p') {
      expect(s.jacobians).toBeLessThanOrEqual(3)
      expect(s.newtonIterations).toBeGreaterThanOrEqual(s.accepted)
    } else expect(s.jacobians).toBe(s.accepted)
    expect(s.factorisations).toBeLessThanOrEqual(2 * (s.accepted + s.rejected) + 2)
    expect(s.linearSolves).toBeGreaterThanOrEqual(s.accepted)
  })

  it('needs no Jacobian to be given', () => {
    const { jacobian: _, jvp: __, vjp: ___, ...field } = stiffVanDerPol(100)
    const options = { method, rtol: 1e-6, atol: 1e-8 } as const
    const [given, bare] = [stiffVanDerPol(100), field].map(f => odeint(f, [2, 0], [0, 50], options))
    expect(bare.failure).toBeUndefined()
    expect(bare.y[2]).toBeCloseTo(given.y[2], 4)
  })

  it('has the same bits again in the same memory', () => {
    const integrator = createIntegrator(stiffVanDerPol(50), { method })
    const first = integrator.integrate([2, 0], { span: [0, 60], saveEvery: 3 }).y.slice()
    integrator.integrate([1, 0.5], [0, 7])
    expect(integrator.integrate([2, 0], { span: [0, 60], saveEvery: 3 }).y).toEqual(first)
  })

  it('fails as a value, with the reason and the component', () => {
    // y' = y² from 1 has a pole at t = 1
    const pole: VectorField = {
      dimension: 2,
      parameterCount: 0,
      parameters: new Float64Array(0),
      names: ['calm', 'explosive'],
      evaluate(_t, [x, y], out) {
        out[0] = -x
        out[1] = y * y
      },
      jacobian: (_t, [, y], out) => out.set([-1, 0, 0, 2 * y]),
    }
    const { success, failure, t } = odeint(pole, [1, 1], { span: [0, 2], saveEvery: 0.3 }, { method })
    expect(success).toBe(false)
    expect(failure!.t).toBeCloseTo(1, 2)
    expect(failure!.message).toMatch(/explosive|singular/)
    expect(Array.from(t, time => Number(time.toFixed(9)))).toEqual([0, 0.3, 0.6, 0.9])
  })
})

it.each(['radau5', 'kvaerno5', 'bdf', 'rodas5p'] as const)(
  'a band of 200 unknowns takes %s no dense matrix',
  method => {
    const field = brusselator(100)
    const y0 = brusselatorStart(100)
    const { jacobianPattern: _, ...dense } = field
    const options = { method, rtol: 1e-5, atol: 1e-5 } as const
    const banded = odeint(field, y0, [0, 3], options)
    const full = odeint(dense, y0, [0, 3], options)
    banded.y.subarray(200).forEach((value, i) => {
      expect(Math.abs(value - full.y[200 + i])).toBeLessThan(1e-6)
    })
  },
)
