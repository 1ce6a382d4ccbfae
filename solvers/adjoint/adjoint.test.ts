import { describe, expect, it } from 'vitest'
import { createIntegrator, dopri5, odeint, type Tableau, type Times, tsit5 } from '../ode/index.ts'
import { tableaus } from '../ode/methods/index.ts'
import { problems } from '../ode/testing/problems.ts'
import { adjoint } from './discreteAdjoint.ts'
import { createLossAndGradient, lossAndGradient } from './lossAndGradient.ts'
import { tangent } from './tangent.ts'
import { complexStep } from './testing/complexReplay.ts'
import { differentiableCases, randomNumbers } from './testing/differentiable.ts'

/** Classical Runge–Kutta: the derivative at the end is no stage of the trial step, and an extra stage is at θ = 1/2. */
const withExtraStage: Tableau = {
  name: 'classical',
  source: 'W. Kutta (1901); with a stage more for a dense output of no particular order',
  order: 4,
  embeddedOrder: 3,
  denseOrder: 1,
  beta: 0,
  trial: 4,
  end: 4,
  c: [0, 1 / 2, 1 / 2, 1, 1, 1 / 2],
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1], [1 / 6, 1 / 3, 1 / 3, 1 / 6], [1 / 5, 0, 1 / 10, 0, 1 / 5]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  error: [1 / 6, -1 / 3, 1 / 3, -1 / 6],
  dense: [[1, -0.5], [0, 0.2], [0, 0.1], [0, 0], [0, -0.3, 0.1], [0, 0.5, -0.1]],
} // biome-ignore format: a table

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
const norm = (a: ArrayLike<number>) => Math.sqrt(dot(a, a))
const relativeError = (a: Float64Array, b: ArrayLike<number>) => norm(a.map((v, i) => v - b[i])) / norm(b)
const unit = (n: number, i: number) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))

const timesOf: Record<string, Times> = {
  'the end alone': [0, 3],
  'a grid with several times per step': { span: [0, 3], saveEvery: 0.04 },
  'every step': { span: [0, 3] },
  'irregular times, backwards': [1, 0.9, 0.31, 0.3, -0.2, -2],
}

describe.each([
  tsit5,
  dopri5,
  withExtraStage,
  tableaus.heun,
  tableaus.bosh3,
  tableaus.dop853,
  tableaus.vern7,
  tableaus.vern9,
])('$name', method => {
  const options = { method, rtol: 1e-5, atol: 1e-5 }
  // the dense output of vern9 has coefficients of 10⁴, which costs digits in the oracle, too
  const bound = method.name === 'vern9' ? 1e-11 : 1e-12
  describe.each(differentiableCases)('$name', ({ field, complexField, y0 }) => {
    const n = field.dimension
    const p = field.parameterCount
    const random = randomNumbers(3)
    const randomVector = (length: number) => Float64Array.from({ length }, random)
    const gradientOf = (solution: ReturnType<typeof odeint>, cotangents: Float64Array) => {
      const gradient = { y0: new Float64Array(n), theta: new Float64Array(p) }
      adjoint(field, solution, cotangents, gradient.y0, gradient.theta)
      return gradient
    }

    it.each(Object.entries(timesOf))('adjoint and tangent are the complex step of %s', (_name, times) => {
      const solution = odeint(field, y0, times, options)
      expect(solution.statistics.accepted).toBeGreaterThan(1)
      const cotangents = randomVector(solution.y.length)
      const zeroTheta = new Float64Array(p)
      const zeroY = new Float64Array(n)
      const byInitial = y0.map((_, i) =>
        complexStep(complexField, method, solution, field.parameters, unit(n, i), zeroTheta),
      )
      const byParameter = Array.from(field.parameters, (_, j) =>
        complexStep(complexField, method, solution, field.parameters, zeroY, unit(p, j)),
      )
      const gradient = gradientOf(solution, cotangents)
      expect(
        relativeError(
          gradient.y0,
          byInitial.map(d => dot(d, cotangents)),
        ),
      ).toBeLessThan(bound)
      expect(
        relativeError(
          gradient.theta,
          byParameter.map(d => dot(d, cotangents)),
        ),
      ).toBeLessThan(bound)
      byInitial.forEach((d, i) => {
        expect(relativeError(tangent(field, solution, unit(n, i), null), d)).toBeLessThan(bound)
      })
      byParameter.forEach((d, j) => {
        expect(relativeError(tangent(field, solution, null, unit(p, j)), d)).toBeLessThan(bound)
      })
    })

    it('the tangent is the transpose of the adjoint', () => {
      const solution = odeint(field, y0, timesOf['irregular times, backwards'], options)
      const y0Tangent = randomVector(n)
      const thetaTangent = randomVector(p)
      const cotangents = randomVector(solution.y.length)
      const forward = tangent(field, solution, y0Tangent, thetaTangent)
      const { y0: byY0, theta } = gradientOf(solution, cotangents)
      const size = norm(forward) * norm(cotangents)
      expect(
        Math.abs(dot(forward, cotangents) - dot(byY0, y0Tangent) - dot(theta, thetaTangent)) / size,
      ).toBeLessThan(1e-13)
    })

    it('the adjoint is linear in its cotangents, and adds to what is there', () => {
      const solution = odeint(field, y0, timesOf['irregular times, backwards'], options)
      const [u, v] = [randomVector(solution.y.length), randomVector(solution.y.length)]
      const both = gradientOf(
        solution,
        u.map((value, i) => 3 * value - v[i]),
      )
      const first = gradientOf(solution, u)
      const second = gradientOf(solution, v)
      expect(
        relativeError(
          both.theta,
          first.theta.map((value, j) => 3 * value - second.theta[j]),
        ),
      ).toBeLessThan(1e-13)
      const sum = second.theta.slice()
      const sumY0 = second.y0.slice()
      adjoint(field, solution, u, sumY0, sum)
      expect(
        relativeError(
          sum.map((value, j) => value - second.theta[j]),
          first.theta,
        ),
      ).toBeLessThan(1e-13)
      expect(
        relativeError(
          sumY0.map((value, j) => value - second.y0[j]),
          first.y0,
        ),
      ).toBeLessThan(1e-13)
    })
  })
})

describe.each(problems)('$name', ({ field, y0, t1, byInitial, byParameter }) => {
  const n = field.dimension
  it.each(['tsit5', 'dopri5'] as const)('%s: tends to the sensitivities of the continuous flow', method => {
    const solution = odeint(field, y0, [0, t1], { method, rtol: 1e-12, atol: 1e-12 })
    const largest = Math.max(...[...byInitial, ...byParameter].flat().map(Math.abs))
    const close = (value: number, expected: number) =>
      expect(Math.abs(value - expected) / largest).toBeLessThan(1e-8)
    for (let i = 0; i < n; i++) {
      const gradY0 = new Float64Array(n)
      const gradTheta = new Float64Array(field.parameterCount)
      const cotangents = new Float64Array(2 * n)
      cotangents[n + i] = 1
      adjoint(field, solution, cotangents, gradY0, gradTheta)
      gradY0.forEach((value, j) => {
        close(value, byInitial[j][i])
      })
      gradTheta.forEach((value, j) => {
        close(value, byParameter[j][i])
      })
      tangent(field, solution, unit(n, i), null).forEach((value, at) => {
        if (at >= n) close(value, byInitial[i][at - n])
      })
    }
  })
})

describe('lossAndGradient', () => {
  const [{ field, y0 }] = differentiableCases
  /** ½Σ(1 − y)², with its gradient. */
  const loss = (y: Float64Array, gradient: Float64Array) => {
    y.forEach((value, i) => {
      gradient[i] = value - 1
    })
    return 0.5 * y.reduce((sum, value) => sum + (1 - value) ** 2, 0)
  }

  it('gives the published loss and gradient of SciMLBenchmarks’ SimpleODEAD', () => {
    // Lotka-Volterra from (1, 1) at t = 0, 0.5 … 10; digits as those of the test problems
    const options = { rtol: 1e-12, atol: 1e-12 }
    const result = lossAndGradient(field, [1, 1], { span: [0, 10], saveEvery: 0.5 }, loss, options)
    if (!result.success) throw new Error(result.failure.message)
    expect(result.loss).toBeCloseTo(102.04210862116678, 8)
    const byParameter = [25.500637231791952, -77.25507741525394, 93.53212756432558, -286.9940868664228]
    expect(relativeError(result.gradTheta, byParameter)).toBeLessThan(1e-9)
    expect(relativeError(result.gradY0, [-87.94877494992284, -22.488414360550316])).toBeLessThan(1e-9)
  })
  it('sums a batch into one gradient, in the same memory', () => {
    const evaluate = createLossAndGradient(field)
    const sum = new Float64Array(4)
    const expected = new Float64Array(4)
    for (const start of [1, 1.5, 2]) {
      evaluate([start, 1], [0, 1, 2], loss, sum)
      const one = lossAndGradient(field, [start, 1], [0, 1, 2], loss)
      if (one.success)
        one.gradTheta.forEach((value, j) => {
          expected[j] += value
        })
    }
    expect(relativeError(sum, expected)).toBeLessThan(1e-15)
  })
  it('hands a failed solve back as a value, and a loss that is not finite', () => {
    const failed = lossAndGradient(field, y0, [0, 1e5], loss, { maxSteps: 10 })
    expect(failed).toMatchObject({ success: false, failure: { reason: 'too-many-steps' } })
    expect(failed).not.toHaveProperty('loss')
    const infinite = lossAndGradient(field, y0, [0, 1], () => Number.NaN)
    expect(infinite).toMatchObject({ success: false, failure: { reason: 'non-finite' } })
  })
  it('refuses what has no derivative here, and says what to do', () => {
    expect(() => lossAndGradient({ ...field, vjp: undefined }, y0, [0, 1], loss)).toThrow('needs field.vjp')
    const solution = odeint(field, y0, [0, 1])
    expect(() => adjoint(field, solution, new Float64Array(3), unit(2, 0), unit(4, 0))).toThrow(
      'cotangents has 3 entries, it must have 4',
    )
    const integrator = createIntegrator(field)
    const first = integrator.integrate(y0, [0, 1])
    integrator.integrate(y0, [0, 1])
    expect(() => tangent(field, first, unit(2, 0), null)).toThrow('used again')
  })
})
