import { describe, expect, it } from 'vitest'
import type { VectorField } from '../ode/vectorField.ts'
import { steadyState } from './index.ts'

/** A field by hand, from f, ∂f/∂y and ∂f/∂θ as matrices. */
function fieldOf(
  n: number,
  theta: readonly number[],
  f: (y: Float64Array, p: Float64Array) => number[],
  fy: (y: Float64Array, p: Float64Array) => number[][],
  fp: (y: Float64Array, p: Float64Array) => number[][],
): VectorField {
  const parameters = Float64Array.from(theta)
  return {
    dimension: n,
    parameterCount: theta.length,
    parameters,
    evaluate: (_, y, out) => out.set(f(y, parameters)),
    jvp(_, y, dy, dtheta, out) {
      const [A, B] = [fy(y, parameters), fp(y, parameters)]
      for (let i = 0; i < n; i++)
        out[i] =
          A[i].reduce((sum, a, j) => sum + a * dy[j], 0) + B[i].reduce((sum, b, j) => sum + b * dtheta[j], 0)
    },
    vjp(_, y, lambda, gradY, gradTheta) {
      fy(y, parameters).forEach((row, i) => {
        row.forEach((a, j) => {
          gradY[j] += lambda[i] * a
        })
      })
      fp(y, parameters).forEach((row, i) => {
        row.forEach((b, j) => {
          gradTheta[j] += lambda[i] * b
        })
      })
    },
  }
}

/** x' = a + x²y − (b + 1)x, y' = bx − x²y: at rest in (a, b/a), stable where b < 1 + a². */
const brusselator = (a: number, b: number) =>
  fieldOf(
    2,
    [a, b],
    ([x, y], [p, q]) => [p + x * x * y - (q + 1) * x, q * x - x * x * y],
    ([x, y], [, q]) => [
      [2 * x * y - q - 1, x * x],
      [q - 2 * x * y, -x * x],
    ],
    ([x]) => [
      [1, -x],
      [0, x],
    ],
  )

/** y' = r·y·(1 − y/K). */
const logistic = (r: number, K: number) =>
  fieldOf(
    1,
    [r, K],
    ([y], [rate, k]) => [rate * y * (1 - y / k)],
    ([y], [rate, k]) => [[rate * (1 - (2 * y) / k)]],
    ([y], [rate, k]) => [[y * (1 - y / k), (rate * y * y) / (k * k)]],
  )

describe('steadyState', () => {
  it('is where the Brusselator comes to rest, with the closed form’s derivatives', () => {
    const { z, status, derivatives, residual } = steadyState(brusselator(1.2, 2), Float64Array.of(3, 0.1))
    expect(status).toBe('converged')
    expect(residual).toBeLessThan(1e-14)
    expect([...z]).toEqual([expect.closeTo(1.2, 13), expect.closeTo(2 / 1.2, 13)])
    // x = a, y = b/a
    const { parameters } = derivatives.vjp(Float64Array.of(0.3, 0.7))
    expect(parameters[0][0]).toBeCloseTo(0.3 - (0.7 * 2) / 1.44, 12)
    expect(parameters[0][1]).toBeCloseTo(0.7 / 1.2, 12)
    const tangent = derivatives.jvp([Float64Array.of(1, 0)])
    expect([...tangent.z]).toEqual([expect.closeTo(1, 12), expect.closeTo(-2 / 1.44, 12)])
  })

  it('follows the flow: from near the unstable rest it goes to the stable one, where Newton’s method stays', () => {
    const { z, status } = steadyState(logistic(1, 5), Float64Array.of(1e-3))
    expect(status).toBe('converged')
    expect(z[0]).toBeCloseTo(5, 12)
  })

  it('a stiff system of 40 unknowns: heat with a source, u = A⁻¹b, and its adjoint', () => {
    const n = 40
    const A = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0) * (n + 1) ** 2),
    )
    const field = fieldOf(
      n,
      [1],
      (y, [p]) => A.map(row => p - row.reduce((sum, a, j) => sum + a * y[j], 0)),
      () => A.map(row => row.map(a => -a)),
      () => A.map(() => [1]),
    )
    const { z, status, derivatives } = steadyState(field, new Float64Array(n).fill(0.3))
    expect(status).toBe('converged')
    // u = x(1 − x)/2
    z.forEach((value, i) => {
      const x = (i + 1) / (n + 1)
      expect(value).toBeCloseTo((x * (1 - x)) / 2, 12)
    })
    const g = new Float64Array(n).fill(1)
    expect(derivatives.vjp(g).parameters[0][0]).toBeCloseTo(
      z.reduce((sum, value) => sum + value, 0),
      11,
    )
  })

  it('a limit cycle has no steady state that is reached, and what is conserved no derivative: both are said', () => {
    const growing = fieldOf(
      1,
      [1],
      ([y], [p]) => [p * y],
      (_, [p]) => [[p]],
      ([y]) => [[y]],
    )
    expect(steadyState(growing, Float64Array.of(1), { maxIterations: 60 }).status).not.toBe('converged')
    // a' = −a + b, b' = a − b: a + b stays.
    const exchange = fieldOf(
      2,
      [1],
      ([a, b], [p]) => [p * (b - a), p * (a - b)],
      (_, [p]) => [
        [-p, p],
        [p, -p],
      ],
      ([a, b]) => [[b - a], [a - b]],
    )
    const { derivatives, z } = steadyState(exchange, Float64Array.of(3, 1))
    expect([...z]).toEqual([expect.closeTo(2, 5), expect.closeTo(2, 5)])
    expect(derivatives.vjp(Float64Array.of(1, 0)).status).toBe('singular')
  })
})
