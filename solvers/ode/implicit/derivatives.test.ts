import { describe, expect, it } from 'vitest'
import { adjoint, tangent } from '../../adjoint/index.ts'
import { createStepContext } from '../context.ts'
import { odeint } from '../odeint.ts'
import type { Solution } from '../solution.ts'
import type { StepRecord } from '../steps.ts'
import { lotkaVolterra, vanDerPol } from '../testing/problems.ts'
import type { VectorField } from '../vectorField.ts'
import { implicitMethods } from './methods.ts'
import { bounce, fallingBall, replayBounces } from './testing/bouncing.ts'
import { differences } from './testing/frozenReplay.ts'
import { singularMass, variableMass } from './testing/massProblems.ts'
import { replayNdf } from './testing/ndfReplay.ts'
import { forced, withSecondDerivatives } from './testing/secondDerivatives.ts'
import {
  brusselator,
  brusselatorStart,
  oregonator,
  robertsonDae,
  type StiffField,
  stiffVanDerPol,
} from './testing/stiffProblems.ts'

type Method = keyof typeof implicitMethods

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
const norm = (a: ArrayLike<number>) => Math.sqrt(dot(a, a))

describe.each(['kvaerno3', 'kvaerno4', 'kvaerno5', 'radau5', 'rodas5p'] as const)('%s', method => {
  const cases: [string, VectorField, number[]][] =
    method === 'rodas5p'
      ? [
          [
            'Lotka-Volterra',
            withSecondDerivatives({ ...lotkaVolterra(), timeDerivative: (_t, _y, out) => out.fill(0) }),
            [1, 1.2],
          ],
        ]
      : [
          ['Lotka-Volterra', lotkaVolterra(), [1, 1.2]],
          ['van der Pol', vanDerPol(5), [2, 0.1]],
          ['a singular mass matrix', singularMass(), [1, 0.8, 0.3]],
          ['a mass matrix that depends on the state', variableMass(), [1, 0.8]],
          ['a band', brusselator(12), brusselatorStart(12)],
        ]
  it.each(cases)('tangent and adjoint of %s are those of the frozen steps', (_name, field, y0) => {
    const options = { method: method as Method, rtol: 1e-4, atol: 1e-4, newtonTolerance: 0 }
    const times = [0, 0.03, 0.031, 0.4, 0.7, 1.5]
    const solution = odeint(field, y0, times, options)
    expect(solution.failure).toBeUndefined()
    expect(solution.statistics.accepted).toBeGreaterThan(2)
    const y0Tangent = Float64Array.from(y0, (_, i) => 0.3 - 0.2 * (i % 3))
    const thetaTangent = field.parameters.map((_, j) => 0.1 + 0.05 * (j % 3))
    const expected = differences(field, method, options, solution, y0, y0Tangent, thetaTangent)
    const forward = tangent(field, solution, y0Tangent, thetaTangent)
    expect(norm(forward.map((value, i) => value - expected[i])) / norm(expected)).toBeLessThan(2e-11)
    backwards(field, solution, y0Tangent, thetaTangent, forward)
  })
})

/** The adjoint is the transpose of the tangent. */
function backwards(
  field: VectorField,
  solution: Solution,
  y0Tangent: Float64Array,
  thetaTangent: Float64Array,
  forward: Float64Array,
): void {
  const cotangents = solution.y.map((_, i) => Math.cos(3 * i))
  const gradY0 = new Float64Array(field.dimension)
  const gradTheta = new Float64Array(field.parameterCount)
  adjoint(field, solution, cotangents, gradY0, gradTheta)
  const difference = dot(forward, cotangents) - dot(gradY0, y0Tangent) - dot(gradTheta, thetaTangent)
  expect(Math.abs(difference) / (norm(forward) * norm(cotangents))).toBeLessThan(1e-13)
}

describe('bdf', () => {
  const options = { method: 'bdf', rtol: 1e-5, atol: 1e-5, newtonTolerance: 0 } as const

  it('is the published formula, and its tangent the derivative of that', () => {
    const field = stiffVanDerPol(3)
    const y0 = [2, 0.1]
    const solution = odeint(field, y0, [0, 0.05, 2], options)
    expect(solution.statistics.accepted).toBeGreaterThan(30)
    const end = (delta: number) =>
      replayNdf(field, solution, [2 + delta, 0.1 - 0.5 * delta], Float64Array.of(3 + 0.3 * delta))
    end(0).forEach((value, i) => {
      expect(value).toBeCloseTo(solution.y[4 + i], 11)
    })
    let rows = [0.004, 0.002, 0.001].map(delta => {
      const [ahead, behind] = [end(delta), end(-delta)]
      return ahead.map((value, i) => (value - behind[i]) / (2 * delta))
    })
    for (let order = 2; rows.length > 1; order += 2)
      rows = rows
        .slice(1)
        .map((finer, l) => finer.map((value, i) => value + (value - rows[l][i]) / (2 ** order - 1)))
    const forward = tangent(field, solution, Float64Array.of(1, -0.5), Float64Array.of(0.3))
    expect(norm(rows[0].map((value, i) => value - forward[4 + i])) / norm(rows[0])).toBeLessThan(1e-9)
  })

  it.each<[string, VectorField, number[]]>([
    ['van der Pol', vanDerPol(5), [2, 0.1]],
    ['a singular mass matrix', singularMass(), [1, 0.8, 0.3]],
    ['a mass matrix that depends on the state', variableMass(), [1, 0.8]],
    ['a band', brusselator(12), brusselatorStart(12)],
  ])('the adjoint of %s is the transpose of the tangent', (_name, field, y0) => {
    const solution = odeint(field, y0, [0, 0.03, 0.031, 0.4, 1.5], options)
    const y0Tangent = Float64Array.from(y0, (_, i) => 0.3 - 0.2 * (i % 3))
    const thetaTangent = field.parameters.map((_, j) => 0.1 + 0.05 * (j % 3))
    backwards(field, solution, y0Tangent, thetaTangent, tangent(field, solution, y0Tangent, thetaTangent))
  })
})

describe('what is refused, by name', () => {
  it('the gradient of Rodas5P without second derivatives', () => {
    const field = lotkaVolterra()
    const solution = odeint(field, [1, 1], [0, 1], { method: 'rodas5p' })
    expect(() => tangent(field, solution, Float64Array.of(1, 0), null)).toThrow(
      /secondJvp.*'kvaerno5' or 'radau5'/,
    )
    expect(() => adjoint(field, solution, solution.y, new Float64Array(2), new Float64Array(4))).toThrow(
      /secondVjp/,
    )
  })

  it('Rodas5P with a mass matrix that is not constant', () => {
    expect(() => odeint(variableMass(), [1, 1], [0, 1], { method: 'rodas5p' })).toThrow(/constant.*'radau5'/s)
  })

  it('the gradient of a mass matrix without its derivatives', () => {
    const { massVjp: _, ...field } = variableMass()
    const solution = odeint(field, [1, 1], [0, 1], { method: 'radau5' })
    expect(() => adjoint(field, solution, solution.y, new Float64Array(2), new Float64Array(3))).toThrow(
      /massVjp/,
    )
  })
})

describe.each(['kvaerno3', 'kvaerno5', 'rodas5p', 'radau5'] as const)(
  '%s with t and h as variables',
  method => {
    const cases: [string, StiffField, number[]][] =
      method === 'rodas5p'
        ? [['a forced system', forced(), [1, 0.8]]]
        : [
            ['a singular mass matrix, forced', singularMass(), [1, 0.8, 0.3]],
            ['the Oregonator', oregonator(), [1, 2, 3]],
          ]
    it.each(cases)('%s', (_name, field, y0) => {
      const options = { method, rtol: 1e-5, atol: 1e-5, newtonTolerance: 0 }
      const solution = odeint(field, y0, [0, 0.5], options)
      const record = solution.steps as StepRecord
      const n = field.dimension
      const [j, theta] = [record.count >> 1, 0.37]
      const [t, h] = [record.t[j], record.h[j]]
      const stepper = implicitMethods[method](createStepContext(field, options))
      /** y₁ and u(θ) of the step from the recorded state, at t + δt·s by h + δh·s. */
      const [dt, dh, dfraction] = [0.3 * h, -0.2 * h, 0.4]
      const moved = (s: number) => {
        stepper.load(record, j - 1)
        stepper.advance()
        const y1 = new Float64Array(n)
        stepper.attempt(t + s * dt, h + s * dh, record.y.slice(j * n, (j + 1) * n), y1)
        const inner = new Float64Array(n)
        stepper.interpolate(theta + s * dfraction, inner)
        return [...y1, ...inner]
      }
      let rows = [0.04, 0.02, 0.01].map(delta => {
        const [ahead, behind] = [moved(delta), moved(-delta)]
        return ahead.map((value, i) => (value - behind[i]) / (2 * delta))
      })
      for (let order = 2; rows.length > 1; order += 2)
        rows = rows
          .slice(1)
          .map((finer, l) => finer.map((value, i) => value + (value - rows[l][i]) / (2 ** order - 1)))
      const derivative = stepper.derivative!(record, true)
      derivative.startJvp(t, record.y.slice(0, n), 0, new Float64Array(n), new Float64Array(3))
      if (method !== 'radau5' && method !== 'rodas5p') {
        // the slope that the step begins with stays as it is
        for (let step = 0; step < j; step++) {
          derivative.load(step)
          derivative.stepJvp(0, 0, new Float64Array(n), new Float64Array(3), new Float64Array(n))
        }
      }
      derivative.load(j)
      const [dy1, inner] = [new Float64Array(n), new Float64Array(n)]
      derivative.stepJvp(dt, dh, new Float64Array(n), new Float64Array(3), dy1)
      derivative.interpolateJvp(theta, dfraction, inner)
      const forward = [...dy1, ...inner]
      expect(norm(forward.map((value, i) => value - rows[0][i])) / norm(forward)).toBeLessThan(1e-8)

      derivative.beginVjp()
      derivative.load(j)
      const weights = forward.map((_, i) => Math.sin(2 + i))
      const slope = derivative.interpolateVjp(theta, Float64Array.from(weights.slice(n)), new Float64Array(n))
      derivative.stepVjp(Float64Array.from(weights.slice(0, n)), new Float64Array(n), new Float64Array(3))
      const { t: byTime, h: bySize } = derivative.timeCotangent
      const difference = dot(forward, weights) - byTime * dt - bySize * dh - slope * dfraction
      expect(Math.abs(difference) / norm(forward)).toBeLessThan(1e-12)
    })
  },
)

it.each(['kvaerno3', 'kvaerno5', 'rodas5p', 'radau5', 'bdf'] as const)(
  'the gradient of %s through bounces is that of its steps, with the impacts found anew',
  method => {
    const options = { method, rtol: 1e-6, atol: 1e-6, newtonTolerance: 0, maxStep: 0.05 }
    const field = fallingBall()
    const solution = odeint(field, [1, 0.1], [0, 0.3, 0.51, 0.512, 1.2], { ...options, events: [bounce] })
    expect(solution.events.length).toBe(2)
    const cotangents = solution.y.map((_, i) => Math.cos(i))
    const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(2)]
    adjoint(field, solution, cotangents, gradY0, gradTheta)
    const values = [1, 0.1, ...field.parameters]
    const gradient = [...gradY0, ...gradTheta]
    gradient.forEach((value, i) => {
      const loss = (delta: number) =>
        dot(
          cotangents,
          replayBounces(
            values.map((v, j) => v + (i === j ? delta : 0)),
            method,
            options,
            solution,
          ),
        )
      const slope = (delta: number) => (loss(delta) - loss(-delta)) / (2 * delta)
      expect(Math.abs((4 * slope(5e-4) - slope(1e-3)) / 3 - value)).toBeLessThan(1e-10)
      const [y0Tangent, thetaTangent] = [new Float64Array(2), new Float64Array(2)]
      if (i < 2) y0Tangent[i] = 1
      else thetaTangent[i - 2] = 1
      const forward = tangent(field, solution, y0Tangent, thetaTangent)
      expect(Math.abs(dot(forward, cotangents) - value)).toBeLessThan(1e-12)
    })
  },
)

it('the gradient of auto through bounces is that of tsit5', () => {
  const gradients = (['auto', 'tsit5'] as const).map(method => {
    const options = { method, rtol: 1e-10, atol: 1e-10, events: [bounce] }
    const field = fallingBall()
    const solution = odeint(field, [1, 0], [0, 1.5], options)
    const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(2)]
    adjoint(field, solution, Float64Array.of(0, 0, 0.7, 0.4), gradY0, gradTheta)
    return [...gradY0, ...gradTheta]
  })
  expect(gradients[0]).toEqual(gradients[1])
})

it('sensitivities of the Robertson DAE are those of quadruple precision', () => {
  const field = robertsonDae()
  const solution = odeint(field, [1, 0, 0], [0, 1e5], {
    method: 'radau5',
    rtol: 1e-9,
    atol: [1e-11, 1e-15, 1e-11],
  })
  // ∂y(1e5)/∂k₁ and ∂y/∂k₂ (ivp.json, rober_dae: Radau IIA of order 17 in quadruple precision)
  const reference = [
    [-0.7930471281178416, -1.46889075823482e-6, 0.7930485970085999],
    [-5.281803362167287e-10, -2.189842410432404e-15, 5.281825260591391e-10],
  ]
  reference.forEach((expected, j) => {
    const direction = Float64Array.from({ length: 3 }, (_, i) => (i === j ? 1 : 0))
    const d = tangent(field, solution, null, direction).subarray(3)
    expected.forEach((value, i) => {
      expect(Math.abs(d[i] / value - 1)).toBeLessThan(1e-6)
    })
  })
})
