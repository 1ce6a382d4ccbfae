import { describe, expect, it } from 'vitest'
import { adjoint, tangent } from '../../adjoint/index.ts'
import { odeint } from '../odeint.ts'
import type { StepRecord } from '../steps.ts'
import { lotkaVolterra } from '../testing/problems.ts'
import { makerOf } from './auto.ts'
import { differences } from './testing/frozenReplay.ts'
import { robertsonDae, stiffField, stiffProblems, stiffVanDerPol } from './testing/stiffProblems.ts'

/** 0 or 1 for each step: explicit or implicit. */
const makers = (record: StepRecord) => Array.from({ length: record.count }, (_, j) => makerOf(record, j + 1))

const fading = (t: number) => 1 + 999 / (1 + Math.exp(12 * (t - 1)))

describe('auto', () => {
  it('is tsit5, bit for bit, where the system is not stiff', () => {
    const options = { rtol: 1e-8, atol: 1e-8 }
    const [auto, explicit] = (['auto', 'tsit5'] as const).map(method =>
      odeint(lotkaVolterra(), [1, 1], { span: [0, 20], saveEvery: 0.3 }, { method, ...options }),
    )
    expect(auto.y).toEqual(explicit.y)
    expect(auto.at(7.77)).toEqual(explicit.at(7.77))
  })

  it('changes to the implicit method and back in a relaxation oscillation', () => {
    const solution = odeint(stiffVanDerPol(), [2, 0], [0, 2000], { method: 'auto', rtol: 1e-7, atol: 1e-9 })
    const made = makers(solution.steps as StepRecord)
    const changes = made.filter((maker, j) => j > 0 && maker !== made[j - 1]).length
    expect(changes).toBeGreaterThan(2)
    expect(made.length).toBeLessThan(2500)
    expect(solution.y[2]).toBeCloseTo(1.706167732170469, 5)
  })

  it.each(stiffProblems)(
    '$name has the published end',
    ({ field, y0, t1, reference, scale = 1, scatter = 1 }) => {
      const rtol = 1e-6
      const atol = reference.map((_, i) => rtol * (typeof scale === 'number' ? scale : scale[i]))
      const { y, statistics } = odeint(field, y0, [0, t1], { method: 'auto', rtol, atol })
      expect(statistics.accepted).toBeLessThan(3000)
      reference.forEach((value, i) => {
        expect(Math.abs(y[y0.length + i] - value)).toBeLessThan(
          10 * scatter * (atol[i] + rtol * Math.abs(value)),
        )
      })
    },
  )

  it('is Radau where there is a mass matrix', () => {
    const options = { rtol: 1e-6, atol: 1e-9 }
    const [auto, radau] = (['auto', 'radau5'] as const).map(method =>
      odeint(robertsonDae(), [1, 0, 0], [0, 100], { method, ...options }),
    )
    expect(auto.y).toEqual(radau.y)
    expect(auto.method).toBe('auto')
  })

  it('has exact gradients across the changes', () => {
    // stiff to begin with: x' = −θ·k(t)·(x − y), y' = −x, where k falls from 1000 to 1 at t = 1
    const field = stiffField(
      2,
      [1.1],
      (t, [x, y], [theta], out) => {
        out[0] = -theta * fading(t) * (x - y * y)
        out[1] = -x
      },
      (t, [x, y], [theta], fy, ftheta) => {
        const k = fading(t)
        fy.set([-theta * k, 2 * theta * k * y, -1, 0])
        ftheta.set([-k * (x - y * y), 0])
      },
    )
    const options = { method: 'auto', rtol: 1e-5, atol: 1e-7, newtonTolerance: 0 } as const
    const y0 = [1, 2]
    const solution = odeint(field, y0, [0, 0.02, 0.7, 5], options)
    const made = makers(solution.steps as StepRecord)
    expect(made.filter((maker, step) => step === 0 || maker !== made[step - 1])).toEqual([0, 1, 0])
    const [dy, dtheta] = [Float64Array.of(0.4, -0.3), Float64Array.of(1)]
    const expected = differences(field, 'auto', options, solution, y0, dy, dtheta, 1e-3)
    const forward = tangent(field, solution, dy, dtheta)
    forward.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-9)
    })
    const cotangents = solution.y.map((_, i) => Math.cos(i))
    const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(1)]
    adjoint(field, solution, cotangents, gradY0, gradTheta)
    const byTangent = forward.reduce((sum, value, i) => sum + value * cotangents[i], 0)
    const byAdjoint = gradY0[0] * dy[0] + gradY0[1] * dy[1] + gradTheta[0] * dtheta[0]
    expect(Math.abs(byTangent - byAdjoint)).toBeLessThan(1e-11 * Math.abs(byTangent))
  })
})
