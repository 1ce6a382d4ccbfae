import { predictorRow } from '../implicit/esdirkTableau.ts'
import type { DensePolynomials } from '../tableau.ts'

/**
 * An additive Runge–Kutta pair for dy/dt = f_N(t, y) + f_S(t, y): an explicit method for the part f_N that is not stiff and an
 * ESDIRK method for the stiff part f_S, with the same abscissae and the same weights (Kennedy & Carpenter 2003):
 *
 *     Y_0 = y,   Y_i = y + h·Σ_{j<i} (e_ij·f_N(t_j, Y_j) + a_ij·f_S(t_j, Y_j)) + h·γ·f_S(t_i, Y_i),   t_i = t + c_i·h
 *     k_i = f_N(t_i, Y_i) + f_S(t_i, Y_i),   y₁ = y + h·Σ b_i·k_i,   u(θ) = y + h·Σ b_i(θ)·k_i
 */
export interface AdditiveTableau {
  readonly name: string
  readonly source: string
  readonly order: number
  readonly embeddedOrder: number
  /** Order of u(θ). */
  readonly denseOrder: number
  readonly gamma: number
  /** Row i has the i coefficients e_i0 … e_i,i−1. */
  readonly explicit: readonly (readonly number[])[]
  /** Row i has the i coefficients a_i0 … a_i,i−1. */
  readonly implicit: readonly (readonly number[])[]
  readonly b: readonly number[]
  /** Weights of the embedded solution. */
  readonly embedded: readonly number[]
  /** dense[i] holds the coefficients of θ, θ², θ³ … in b_i(θ). */
  readonly dense: readonly (readonly number[])[]
}

/** A tableau as the inner loops want it. */
export interface FlatAdditive extends DensePolynomials {
  readonly gamma: number
  readonly c: Float64Array
  /** s×s. */
  readonly explicit: Float64Array
  /** s×s with the diagonal. */
  readonly implicit: Float64Array
  readonly b: Float64Array
  /** b − b̂. */
  readonly error: Float64Array
  /** s×s: row i predicts f_S(t_i, Y_i) from those of the stages before. */
  readonly predictor: Float64Array
}

export function flattenAdditive(tableau: AdditiveTableau): FlatAdditive {
  const { gamma, explicit, implicit, b, embedded, dense } = tableau
  const stages = b.length
  const flat = {
    stages,
    degree: dense[0].length,
    centre: 0,
    gamma,
    c: new Float64Array(stages),
    explicit: new Float64Array(stages * stages),
    implicit: new Float64Array(stages * stages),
    b: Float64Array.from(b),
    error: Float64Array.from(b, (weight, i) => weight - embedded[i]),
    predictor: new Float64Array(stages * stages),
    dense: Float64Array.from(dense.flat()),
  }
  for (let i = 1; i < stages; i++) {
    flat.explicit.set(explicit[i], i * stages)
    flat.implicit.set(implicit[i], i * stages)
    flat.implicit[i * stages + i] = gamma
    flat.c[i] = i === stages - 1 ? 1 : explicit[i].reduce((sum, value) => sum + value, 0)
    flat.predictor.set(predictorRow(flat.c, i), i * stages)
  }
  return flat
}
