import { describe, expect, it } from 'vitest'
import { odeint } from '../ode/index.ts'
import { fieldOf, problems } from '../ode/testing/problems.ts'
import { lossAndGradient, type StateLoss } from './lossAndGradient.ts'
import { withRunningCost } from './runningCost.ts'

const norm = (a: ArrayLike<number>) => Math.sqrt(Array.from(a).reduce((sum, value) => sum + value * value, 0))
const distance = (a: Float64Array, b: ArrayLike<number>) => norm(a.map((value, i) => value - b[i])) / norm(b)

/** The first component at the last time. */
const last =
  (n: number): StateLoss =>
  (y, gradient) => {
    gradient[y.length - n] = 1
    return y[y.length - n]
  }

describe.each(problems)('$name', ({ field, y0, t1, byParameter }) => {
  const exact = byParameter.map(row => row[0])
  it.each(['interpolating', 'quadrature', 'backsolve'] as const)(
    '%s tends to the gradient of the flow',
    kind => {
      const times = [0, t1 / 3, t1]
      const error = (tolerance: number) => {
        const options = { method: 'vern7', adjoint: kind, rtol: tolerance, atol: tolerance } as const
        const result = lossAndGradient(field, y0, times, last(field.dimension), options)
        if (!result.success) throw new Error(result.failure.message)
        return distance(result.gradTheta, exact)
      }
      expect(error(1e-11)).toBeLessThan(1e-6)
      expect(error(1e-6)).toBeGreaterThan(error(1e-11))
    },
  )
})

it('backsolve is wrong for a dissipative system, where the others are right', () => {
  // relaxation to y³ + y = k, where dy/dk = 1/(1 + 3y²)
  const relaxation = fieldOf(
    1,
    [1],
    (_t, [y], [k], dydt) => {
      dydt[0] = 30 * (k - y - y * y * y)
    },
    (_t, [y], _theta, fy, ftheta) => {
      fy[0] = -30 * (1 + 3 * y * y)
      ftheta[0] = 30
    },
  )
  const loss: StateLoss = (y, gradient) => {
    gradient[1] = 1
    return y[1]
  }
  const gradient = (adjoint: 'discrete' | 'interpolating' | 'quadrature' | 'backsolve') => {
    const result = lossAndGradient(relaxation, [2], [0, 3], loss, { adjoint, rtol: 1e-7, atol: 1e-7 })
    return result.success ? [result.loss, result.gradTheta[0]] : [Number.NaN, Number.NaN]
  }
  for (const kind of ['discrete', 'interpolating', 'quadrature'] as const) {
    const [y, byK] = gradient(kind)
    expect(Math.abs(byK * (1 + 3 * y * y) - 1)).toBeLessThan(1e-4)
  }
  const [y, byK] = gradient('backsolve')
  expect(Math.abs(byK * (1 + 3 * y * y) - 1)).not.toBeLessThan(1e-3) // no gradient, or a wrong one
})

it('a running cost is integrated and differentiated as the states are', () => {
  // ∫₀ᵗ y² for y' = −k·y, y(0) = c is c²·(1 − e^(−2kt))/(2k)
  const decay = {
    ...fieldOf(
      1,
      [0.7],
      (_t, [y], [k], dydt) => {
        dydt[0] = -k * y
      },
      (_t, [y], [k], fy, ftheta) => {
        fy[0] = -k
        ftheta[0] = -y
      },
    ),
    timeDerivative: (_t: number, _y: Float64Array, out: Float64Array) => void out.fill(0),
  }
  const costly = withRunningCost(decay, {
    evaluate: (_t, [y]) => y * y,
    vjp(_t, [y], cotangent, gradY) {
      gradY[0] += 2 * cotangent * y
    },
    jvp: (_t, [y], [dy]) => 2 * y * dy,
    timeDerivative: () => 0,
  })
  const options = { method: 'vern9', rtol: 1e-13, atol: 1e-13 } as const
  const loss: StateLoss = (y, gradient) => {
    gradient[3] = 1
    return y[3]
  }
  const result = lossAndGradient(costly, [2, 0], [0, 1.5], loss, options)
  if (!result.success) throw new Error(result.failure.message)
  const [k, c, t] = [0.7, 2, 1.5]
  const e = Math.exp(-2 * k * t)
  expect(result.loss).toBeCloseTo((c * c * (1 - e)) / (2 * k), 12)
  expect(result.gradY0[0]).toBeCloseTo((c * (1 - e)) / k, 11)
  expect(result.gradTheta[0]).toBeCloseTo((c * c * (2 * t * k * e - (1 - e))) / (2 * k * k), 11)
  expect(odeint(costly, [2, 0], [0, 1.5], options).success).toBe(true)
})

it('what the continuous adjoints cannot do is refused', () => {
  const [{ field, y0 }] = problems
  const identity = (_t: number, _y: Float64Array, out: Float64Array) => out.set([1, 0, 0, 1])
  const massive = { ...field, mass: identity, massIsConstant: true }
  const options = { adjoint: 'backsolve', method: 'kvaerno5' } as const
  expect(() => lossAndGradient(massive, y0, [0, 1], last(2), options)).toThrow("use adjoint: 'discrete'")
})
