import { combine, type DensePolynomials, denseSlopes, denseWeights } from './tableau.ts'

/** What dense output u(θ) = y + h·Σ b_i(θ)·k_i of a step depends on, while it is differentiated. */
export interface DenseStep {
  /** Stages of the step, s×n, with their cotangents and their tangents. */
  readonly k: Float64Array
  readonly kappa: Float64Array
  readonly tangents: Float64Array
  readonly timeCotangent: { t: number; h: number }
}

export interface DenseDerivative {
  /** lambda += ū, κ_i += h·b_i(θ)·ū; with `times` also h̄ += ūᵀ·Σ b_i·k_i. Gives θ̄ = h·ūᵀ·Σ b_i'(θ)·k_i (0 without). */
  vjp(theta: number, h: number, cotangent: Float64Array, lambda: Float64Array): number
  /** out ← δy + h·Σ b_i·δk_i + δh·Σ b_i·k_i + δθ·h·Σ b_i'(θ)·k_i. */
  jvp(theta: number, h: number, dy: Float64Array, dh: number, dtheta: number, out: Float64Array): void
}

/** The derivative of the dense output of Runge–Kutta methods, which explicit ones and ESDIRKs share. */
export function createDenseDerivative(
  flat: DensePolynomials,
  n: number,
  { k, kappa, tangents, timeCotangent }: DenseStep,
  times: boolean,
): DenseDerivative {
  const { stages } = flat
  const weights = new Float64Array(stages)
  const slope = new Float64Array(n)
  const zero = new Float64Array(n)
  return {
    vjp(theta, h, cotangent, lambda) {
      for (let m = 0; m < n; m++) lambda[m] += cotangent[m]
      denseWeights(flat, theta, weights)
      for (let i = 0; i < stages; i++)
        for (let m = 0, to = i * n; m < n; m++) kappa[to + m] += h * weights[i] * cotangent[m]
      if (!times) return 0
      combine(zero, 1, weights, 0, stages, k, slope)
      timeCotangent.h += dot(cotangent, slope)
      denseSlopes(flat, theta, weights)
      combine(zero, h, weights, 0, stages, k, slope)
      return dot(cotangent, slope)
    },
    jvp(theta, h, dy, dh, dtheta, out) {
      denseWeights(flat, theta, weights)
      combine(dy, h, weights, 0, stages, tangents, out)
      if (dh !== 0) combine(out, dh, weights, 0, stages, k, out)
      if (dtheta === 0) return
      denseSlopes(flat, theta, weights)
      combine(out, h * dtheta, weights, 0, stages, k, out)
    },
  }
}

/** aᵀ·b. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let m = 0; m < a.length; m++) sum += a[m] * b[m]
  return sum
}

/** The rows of a matrix of `count` rows of n numbers. */
export const rowsOf = (matrix: Float64Array, count: number, n: number): Float64Array[] =>
  Array.from({ length: count }, (_, i) => matrix.subarray(i * n, (i + 1) * n))
