import type { DensePolynomials } from '../tableau.ts'

/**
 * A singly diagonally implicit Runge–Kutta method whose first stage is explicit, stiffly accurate (Kværnø, *BIT* 44 (2004)
 * 489–502):
 *
 *     Y_0 = y,   Y_i = y + h·Σ_{j<i} a_ij·k_j + h·γ·k_i,   M·k_i = f(t + c_i·h, Y_i),   c_i = Σ_j a_ij
 *     y₁ = Y_s,  ŷ₁ = Y_{s−1},  k_0 of the next step is k_s,  u(θ) = y + h·Σ b_i(θ)·k_i
 *
 * The polynomials b_i(θ) are ours: of the order stated, with b_i(1) = b_i and Σ b_i(θ)·ρ_i = 0, where ρ solves A·ρ = 0 with
 * ρ_0 = 1, so that u(θ) does not depend on slopes of k_0 that M leaves open. In algebraic and very stiff components the stages
 * are what counts, and the order there is 3 in kvaerno5 (Σ b_i(θ)·(A⁻¹c³)_i = θ³), 2 in the others. What choice that leaves
 * makes the residual of the next order least.
 */
export interface EsdirkTableau {
  readonly name: string
  readonly source: string
  readonly order: number
  /** Order of Y_{s−1}. */
  readonly embeddedOrder: number
  /** Order of u(θ). */
  readonly denseOrder: number
  readonly gamma: number
  /** Y_s − Y_{s−1} is taken this many times as the error estimate, where it is smaller than the true error; default 1. */
  readonly errorFactor?: number
  /** Row i has the i coefficients of k_0 … k_{i−1}. */
  readonly a: readonly (readonly number[])[]
  /** dense[i] holds the coefficients of θ, θ², θ³ … in b_i(θ). */
  readonly dense: readonly (readonly number[])[]
}

/** A tableau as the inner loops want it. */
export interface FlatEsdirk extends DensePolynomials {
  readonly gamma: number
  readonly c: Float64Array
  /** s×s with the diagonal. */
  readonly a: Float64Array
  /** errorFactor·(a_s − a_{s−1}). */
  readonly error: Float64Array
  /** s×s: row i predicts k_i from k_0 … k_{i−1}. */
  readonly predictor: Float64Array
}

export function flattenEsdirk({ gamma, a, dense, errorFactor = 1 }: EsdirkTableau): FlatEsdirk {
  const stages = a.length
  const degree = dense[0].length
  const flat = {
    stages,
    degree,
    centre: 0,
    gamma,
    c: new Float64Array(stages),
    a: new Float64Array(stages * stages),
    error: new Float64Array(stages),
    predictor: new Float64Array(stages * stages),
    dense: Float64Array.from(dense.flat()),
  }
  a.forEach((row, i) => {
    flat.a.set(row, i * stages)
    if (i > 0) flat.a[i * stages + i] = gamma
    // the abscissa 1 must be 1: stage times are compared with it
    const sum = row.reduce((total, value) => total + value, i > 0 ? gamma : 0)
    flat.c[i] = Math.abs(sum - 1) < 1e-14 ? 1 : sum
    flat.predictor.set(predictorRow(flat.c, i), i * stages)
  })
  const last = (stages - 1) * stages
  for (let j = 0; j < stages; j++)
    flat.error[j] = errorFactor * (flat.a[last + j] - flat.a[last - stages + j])
  return flat
}

/** k_i from the polynomial through up to three of the stages before, those at the abscissae nearest to c_i. */
export function predictorRow(c: Float64Array, i: number): number[] {
  const nodes = Array.from({ length: i }, (_, j) => j)
    .sort((p, q) => Math.abs(c[p] - c[i]) - Math.abs(c[q] - c[i]) || q - p)
    .slice(0, 3)
  const row = new Array<number>(i).fill(0)
  for (const j of nodes) {
    row[j] = 1
    for (const k of nodes) if (k !== j) row[j] *= (c[i] - c[k]) / (c[j] - c[k])
  }
  return row
}
