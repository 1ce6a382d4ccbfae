import { describe, expect, it } from 'vitest'
import { odeint, type VectorField } from '../ode/index.ts'
import { tableaus } from '../ode/methods/index.ts'
import { lotkaVolterra } from '../ode/testing/problems.ts'
import { type Direction, gaussNewtonVector, hessianVector, type SmoothLoss } from './secondOrder.ts'
import { tangent } from './tangent.ts'
import {
  type Complex,
  type ComplexField,
  complexStep,
  minus,
  plus,
  times as product,
} from './testing/complexReplay.ts'
import { randomNumbers } from './testing/differentiable.ts'

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)

/** Lotka–Volterra: g = cᵀ·(∂f/∂y·δy + ∂f/∂θ·δθ) is linear in each of its arguments. */
const field: VectorField = {
  ...lotkaVolterra(),
  jvpVjp(_t, [x, y], [dx, dy], [da, db, dc, dd], [c0, c1], gradY, gradTheta) {
    gradY[0] += c0 * (da - db * y) + c1 * dd * y + (c1 * field.parameters[3] - c0 * field.parameters[1]) * dy
    gradY[1] += -c0 * db * x + c1 * (dd * x - dc) + (c1 * field.parameters[3] - c0 * field.parameters[1]) * dx
    gradTheta[0] += c0 * dx
    gradTheta[1] -= c0 * (dx * y + x * dy)
    gradTheta[2] -= c1 * dy
    gradTheta[3] += c1 * (dx * y + x * dy)
  },
}
/** (y, δy) in complex arithmetic, for a real direction δθ. */
const doubled =
  (dtheta: Float64Array): ComplexField =>
  (_t, [x, y, dx, dy], [a, b, c, d]) => {
    const [da, db, dc, dd]: Complex[] = Array.from(dtheta, re => ({ re, im: 0 }))
    const xy = product(x, y)
    const dxy = plus(product(dx, y), product(x, dy))
    return [
      minus(product(a, x), product(b, xy)),
      minus(product(d, xy), product(c, y)),
      minus(plus(product(a, dx), product(da, x)), plus(product(b, dxy), product(db, xy))),
      minus(plus(product(d, dxy), product(dd, xy)), plus(product(c, dy), product(dc, y))),
    ]
  }

/** Σ y⁴/4. */
const loss: SmoothLoss = {
  gradient: (y, out) => out.set(y.map(value => value ** 3)),
  hessianVector: (y, dy, out) => out.set(dy.map((value, i) => 3 * y[i] * y[i] * value)),
}
const y0 = [1, 1.2]
const grid = { span: [0, 4] as [number, number], saveEvery: 0.3 }
const random = randomNumbers(5)
const direction = (): Direction => ({
  y0: Float64Array.from({ length: 2 }, random),
  theta: Float64Array.from({ length: 4 }, random),
})
const inner = (a: Direction, b: Direction) => dot(a.y0, b.y0) + dot(a.theta, b.theta)

describe.each(['tsit5', 'dopri5', 'dop853', 'vern7'] as const)('second order through %s', method => {
  const options = { method, rtol: 1e-6, atol: 1e-6 }
  const hessian = (v: Direction) => hessianVector(field, y0, grid, loss, v, options)

  it('is the complex step of the tangent, and symmetric', () => {
    const [u, v] = [direction(), direction()]
    const solution = odeint(field, y0, grid, options)
    const count = solution.t.length
    // both tangents, and the mixed second derivative of the states
    const [byU, byV] = [u, v].map(({ y0: dy0, theta }) => tangent(field, solution, dy0, theta))
    const start = solution.steps.y
    const enlarged = Float64Array.from([start[0], start[1], ...v.y0])
    const frozen = { ...solution, dimension: 4, steps: { ...solution.steps, y: enlarged } }
    const seed = [...u.y0, 0, 0]
    const mixed = complexStep(doubled(v.theta), tableaus[method], frozen, field.parameters, seed, u.theta)
    let exact = 0
    for (let i = 0; i < count; i++)
      for (let m = 0; m < 2; m++) {
        const at = 2 * i + m
        const y = solution.y[at]
        exact += y ** 3 * mixed[4 * i + 2 + m] + 3 * y * y * byU[at] * byV[at]
      }
    expect(Math.abs(inner(u, hessian(v)) / exact - 1)).toBeLessThan(1e-12)
    expect(Math.abs(inner(v, hessian(u)) / exact - 1)).toBeLessThan(1e-12)
  })
  it('the Gauss–Newton product is JᵀWJ: symmetric, positive, and the length of W½J·v', () => {
    const solution = odeint(field, y0, grid, options)
    const [u, v] = [direction(), direction()]
    const weigh = (dy: Float64Array) => dy.set(dy.map((value, i) => (1 + (i % 3)) * value))
    const forward = tangent(field, solution, v.y0, v.theta)
    const length = forward.reduce((sum, value, i) => sum + (1 + (i % 3)) * value * value, 0)
    const byV = gaussNewtonVector(field, solution, v, weigh)
    const byU = gaussNewtonVector(field, solution, u, weigh)
    expect(Math.abs(inner(v, byV) / length - 1)).toBeLessThan(1e-12)
    expect(Math.abs(inner(u, byV) / inner(v, byU) - 1)).toBeLessThan(1e-11)
  })
})

it('what the field lacks is said', () => {
  expect(() => hessianVector(lotkaVolterra(), y0, grid, loss, direction())).toThrow('field.jvpVjp')
})
