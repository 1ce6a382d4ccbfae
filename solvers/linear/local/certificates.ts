/** Upper bounds of the error of a computed solution, from its residual and what is known of A. Rounding is included. */

import { SingularMatrixError } from '../../../kernels/singularMatrix.ts'
import { applyCsr, applyCsrTransposed, type CsrMatrix, csrToDense, transposeCsr } from '../csr.ts'
import { solveDense } from '../dense.ts'
import { bicgstab } from '../krylov/index.ts'
import { norm } from '../krylov/vectors.ts'
import { jacobi } from '../preconditioners/index.ts'
import { gamma } from '../rounding.ts'
import { rowDominance } from './rowOracle.ts'
import { comparisonMatrix } from './window.ts'

/** A factor that lifts a sum or a product of a few rounded numbers above the true one. */
const up = 1 + 1e-13

/** |b − Ax| in each component, at most: what is computed, and γ(|A||x| + |b|). */
export function residualBounds(A: CsrMatrix, x: Float64Array, b: Float64Array): Float64Array {
  const r = new Float64Array(A.rows)
  const size = new Float64Array(A.rows)
  applyCsr(A, x, r)
  applyCsr({ ...A, values: A.values.map(Math.abs) }, x.map(Math.abs), size)
  return r.map((value, i) => {
    const terms = A.rowPointers[i + 1] - A.rowPointers[i]
    return (Math.abs(b[i] - value) + gamma(terms + 2) * (size[i] + Math.abs(b[i]))) * up
  })
}

/** δ_i = |a_ii| − Σ_{j≠i}|a_ij| of every row, rounded down; null where one is not positive. */
export function rowDominances(A: CsrMatrix): Float64Array | null {
  const dominances = new Float64Array(A.rows)
  for (let i = 0; i < A.rows; i++) {
    const [from, to] = [A.rowPointers[i], A.rowPointers[i + 1]]
    const row = [A.columnIndices.subarray(from, to), A.values.subarray(from, to)] as const
    dominances[i] = rowDominance(i, ...row).least
    if (!(dominances[i] > 0)) return null
  }
  return dominances
}

/** Row-dominant A: ‖x − A⁻¹b‖∞ ≤ max |r_i|/δ_i. Null where A is not row-dominant. */
export function maximumErrorBound(A: CsrMatrix, x: Float64Array, b: Float64Array): number | null {
  const dominances = rowDominances(A)
  if (!dominances) return null
  return residualBounds(A, x, b).reduce((m, r, i) => Math.max(m, r / dominances[i]), 0) * up
}

/** Column-dominant A: Σ δ_j·|e_j| ≤ ‖r‖₁, δ_j by columns. Null where A is not column-dominant. */
export function weightedErrorBound(A: CsrMatrix, x: Float64Array, b: Float64Array): number | null {
  if (!rowDominances(transposeCsr(A))) return null
  return sum(residualBounds(A, x, b)) * (up + gamma(A.rows))
}

/** Row-dominant A: |cᵀA⁻¹b − λᵀb| ≤ ‖c − Aᵀλ‖₁·max |b_i|/δ_i. Null where A is not row-dominant. */
export function functionalErrorBound(
  A: CsrMatrix,
  lambda: Float64Array,
  b: Float64Array,
  c: Float64Array,
): number | null {
  const dominances = rowDominances(A)
  if (!dominances) return null
  const s = residualBounds(transposeCsr(A), lambda, c)
  const size = b.reduce((m, value, i) => Math.max(m, Math.abs(value) / dominances[i]), 0)
  return (sum(s) * size + productRounding(lambda, b)) * (up + gamma(A.rows))
}

/** cᵀA⁻¹b from both sides. */
export interface TwoSidedEstimate {
  /** J = λᵀb + cᵀx − λᵀAx */
  readonly value: number
  readonly errorBound: number
}

/**
 * Row-dominant A: J = λᵀb + cᵀx − λᵀAx has the error sᵀA⁻¹r ≤ ‖s‖₁·max |r_i|/δ_i, the product of the two residuals
 * (Pierce & Giles, SIAM Review 42, 2000). Null where A is not row-dominant.
 */
export function twoSidedEstimate(
  A: CsrMatrix,
  x: Float64Array,
  lambda: Float64Array,
  b: Float64Array,
  c: Float64Array,
): TwoSidedEstimate | null {
  const error = maximumErrorBound(A, x, b)
  if (error === null) return null
  // J = λᵀb + sᵀx.
  const s = new Float64Array(A.rows)
  applyCsrTransposed(A, lambda, s)
  for (let i = 0; i < s.length; i++) s[i] = c[i] - s[i]
  const bounds = residualBounds(transposeCsr(A), lambda, c)
  let value = 0
  let rounding = productRounding(lambda, b) + productRounding(s, x)
  for (let i = 0; i < s.length; i++) {
    value += lambda[i] * b[i] + s[i] * x[i]
    // s as computed is not s: what is between them is within the rounding term of its bound.
    rounding += (bounds[i] - Math.abs(s[i])) * Math.abs(x[i])
  }
  return { value, errorBound: (sum(bounds) * error + 2 * rounding) * (up + gamma(A.rows)) }
}

/** w > 0 with ⟨A⟩w ≥ v > 0: the proof that A is an H-matrix. */
export interface Scaling {
  readonly w: Float64Array
  readonly v: Float64Array
}

/**
 * A scaling that shows A to be an H-matrix (every dominant matrix is one, and every M-matrix): w ≈ ⟨A⟩⁻¹1, checked with its
 * rounding. Null where none is found.
 */
export function hMatrixScaling(A: CsrMatrix): Scaling | null {
  const comparison = comparisonMatrix(A)
  const ones = new Float64Array(A.rows).fill(1)
  if (comparison.values.length === 0 || !hasDiagonal(A)) return null
  const { x: w } = bicgstab(comparison, ones, { rtol: 1e-6, preconditioner: jacobi(comparison) })
  if (!w.every(value => value > 0 && value < Number.POSITIVE_INFINITY)) return null
  const product = new Float64Array(A.rows)
  const size = new Float64Array(A.rows)
  applyCsr(comparison, w, product)
  applyCsr({ ...comparison, values: A.values.map(Math.abs) }, w, size)
  const v = product.map((value, i) => value - gamma(A.rowPointers[i + 1] - A.rowPointers[i] + 2) * size[i])
  return v.every(value => value > 0) ? { w, v } : null
}

const hasDiagonal = (A: CsrMatrix): boolean => {
  for (let i = 0; i < A.rows; i++) {
    let found = false
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
      if (A.columnIndices[p] === i && A.values[p] !== 0) found = true
    }
    if (!found) return false
  }
  return true
}

/** H-matrix A: |e_i| ≤ w_i·max_k |r_k|/v_k. */
export function scaledErrorBounds(
  A: CsrMatrix,
  { w, v }: Scaling,
  x: Float64Array,
  b: Float64Array,
): Float64Array {
  const largest = residualBounds(A, x, b).reduce((m, r, k) => Math.max(m, r / v[k]), 0)
  return w.map(value => value * largest * up)
}

/** Symmetric A ⪰ αI: ‖x − A⁻¹b‖₂ ≤ ‖r‖₂/α. */
export function euclideanErrorBound(A: CsrMatrix, alpha: number, x: Float64Array, b: Float64Array): number {
  return (norm(residualBounds(A, x, b)) / alpha) * (up + gamma(A.rows))
}

/**
 * Whether a symmetric A is proved to be ⪰ αI: the Cholesky factorisation of A − αI, with its rounding bound taken off the
 * diagonal, runs through (Rump, BIT 46, 2006). O(n³), dense.
 */
export function isAtLeast(A: CsrMatrix, alpha: number): boolean {
  const n = A.rows
  const dense = csrToDense(A)
  let trace = 0
  for (let i = 0; i < n; i++) trace += Math.abs(dense[i * n + i]) + Math.abs(alpha)
  const rounding = 2 * gamma(n + 3) * trace
  for (let i = 0; i < n; i++) dense[i * n + i] -= alpha + rounding
  try {
    solveDense(dense, new Float64Array(n), n, 1, { structure: 'spd', transposed: false })
    return dense.every(Number.isFinite)
  } catch (error) {
    if (error instanceof SingularMatrixError) return false
    throw error
  }
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)

/** The rounding of uᵀv, added up in order. */
const productRounding = (u: Float64Array, v: Float64Array): number =>
  gamma(2 * u.length + 2) * u.reduce((total, value, i) => total + Math.abs(value * v[i]), 0)
