import { gamma } from '../rounding.ts'
import type { LocalMatrix } from './localMatrix.ts'
import type { RightSide, SparseVector } from './rowOracle.ts'

/** An approximate adjoint λ̂ ≈ A⁻ᵀc and what follows from it for cᵀx = λᵀb. */
export interface FunctionalEstimate {
  /** λ̂ᵀb ≈ cᵀx */
  readonly value: number
  /** |cᵀx − value| is at most this, rounding included. */
  readonly errorBound: number
  /** λ̂, by index: the gradient of cᵀx by b. */
  readonly adjoint: SparseVector
  /** ‖λ − λ̂‖₁ is at most this. */
  readonly adjointErrorBound: number
  /** ‖c − Aᵀλ̂‖₁, computed anew, with its rounding: at most. */
  readonly residual: number
  /** The part of errorBound that is rounding. */
  readonly roundingBound: number
}

/**
 * s = c − Aᵀλ̂ anew, by the rows of λ̂'s support: |s_k| with its rounding term γ(|c_k| + Σ|a_jk||λ̂_j|), added up. The solver's
 * own s has drifted from it, and without the term the bound is sometimes false.
 */
export function adjointResidual(
  matrix: LocalMatrix,
  c: SparseVector,
  support: readonly number[],
  lambda: (number: number) => number,
): { readonly norm: number; readonly rounding: number } {
  const s = new Map<number, number>()
  const size = new Map<number, number>()
  const terms = new Map<number, number>()
  const add = (k: number, value: number) => {
    s.set(k, (s.get(k) ?? 0) + value)
    size.set(k, (size.get(k) ?? 0) + Math.abs(value))
    terms.set(k, (terms.get(k) ?? 0) + 1)
  }
  for (const [index, value] of c) add(matrix.numberOf(index), value)
  for (const j of support) {
    const columns = matrix.columns(j)
    const values = matrix.values(j)
    for (let p = 0; p < columns.length; p++) add(columns[p], -values[p] * lambda(j))
  }
  let sum = 0
  let rounding = 0
  for (const [k, value] of s) {
    sum += Math.abs(value)
    rounding += gamma(terms.get(k)! + 1) * size.get(k)!
  }
  return { norm: (sum + rounding) * (1 + gamma(2 * s.size + 3)), rounding }
}

/** The estimate that λ̂ gives, with |cᵀx − λ̂ᵀb| = |sᵀx| ≤ ‖s‖₁·‖x‖∞ ≤ ‖s‖₁·‖b‖∞/δ. */
export function functionalEstimate(
  matrix: LocalMatrix,
  b: RightSide,
  c: SparseVector,
  support: readonly number[],
  lambda: (number: number) => number,
): FunctionalEstimate {
  const delta = matrix.oracle.dominance
  const { norm: residual, rounding } = adjointResidual(matrix, c, support, lambda)
  const adjoint = new Map<number, number>()
  let value = 0
  let size = 0
  for (const j of support) {
    const index = matrix.indexOf(j)
    const own = entryOf(b, index)
    adjoint.set(index, lambda(j))
    value += lambda(j) * own
    size += Math.abs(lambda(j) * own)
  }
  const sumRounding = gamma(support.length + 2) * size
  return {
    value,
    errorBound: ((residual * b.maximum) / delta + sumRounding) * (1 + 1e-14),
    adjoint,
    adjointErrorBound: (residual / delta) * (1 + 1e-14),
    residual,
    roundingBound: (rounding * b.maximum) / delta + sumRounding,
  }
}

/** @throws RangeError where |b_i| exceeds what was declared: the bounds would be void */
export function entryOf(b: RightSide, index: number): number {
  const value = b.at(index)
  if (!(Math.abs(value) <= b.maximum)) {
    throw new RangeError(
      `b has the entry ${value} at ${index}, but its maximum was declared to be ${b.maximum}`,
    )
  }
  return value
}
