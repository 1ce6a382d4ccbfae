import { log } from '../../../kernels/elementary/numbers.ts'
import { applyCsr, type CsrMatrix } from '../csr.ts'
import { bicgstab, gmres } from '../krylov/index.ts'
import { csrOperator, transposed } from '../operator.ts'
import { incompleteLU, type Preconditioner, transposedPreconditioner } from '../preconditioners/index.ts'
import { gamma } from '../rounding.ts'
import { entryOf } from './functionalCertificate.ts'
import type { LocalMatrix } from './localMatrix.ts'
import type { RightSide } from './rowOracle.ts'

/** A window Ω: unknowns 0 … size − 1 of a local matrix, all of whose rows are here. */
export interface Window {
  readonly matrix: LocalMatrix
  readonly size: number
  /** A_ΩΩ */
  readonly inside: CsrMatrix
  /** |A_ΩΩᶜ|·1 [size] */
  readonly outside: Float64Array
  readonly preconditioner: Preconditioner
}

/** The window of the unknowns that have been met so far and `rings` rings around them. */
export function growWindow(matrix: LocalMatrix, rings: number): Window {
  let size = matrix.count()
  let first = 0
  for (let ring = 0; ring <= rings; ring++) {
    for (let i = first; i < size; i++) matrix.columns(i)
    first = size
    if (ring < rings) size = matrix.count()
  }
  return windowOf(matrix, size)
}

function windowOf(matrix: LocalMatrix, size: number): Window {
  const rowPointers = new Int32Array(size + 1)
  const outside = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    let inRow = 0
    for (const j of matrix.columns(i)) if (j < size) inRow++
    rowPointers[i + 1] = rowPointers[i] + inRow
  }
  const columnIndices = new Int32Array(rowPointers[size])
  const values = new Float64Array(rowPointers[size])
  for (let i = 0; i < size; i++) {
    const columns = matrix.columns(i)
    const own = matrix.values(i)
    const order = Array.from(columns.keys()).sort((p, q) => columns[p] - columns[q])
    let end = rowPointers[i]
    for (const p of order) {
      if (columns[p] < size) {
        columnIndices[end] = columns[p]
        values[end++] = own[p]
      } else outside[i] += Math.abs(own[p])
    }
    // Rounded up: these sums enter bounds.
    outside[i] *= 1 + gamma(columns.length + 1)
  }
  const inside = { rows: size, columns: size, rowPointers, columnIndices, values }
  return { matrix, size, inside, outside, preconditioner: incompleteLU(inside) }
}

/** x̂ on a window, with a bound of each entry's error. */
export interface WindowSolution {
  readonly x: Float64Array
  readonly errorBounds: Float64Array
  /** The part of every bound that is rounding or left by the Krylov method: a larger window does not help. */
  readonly floor: number
}

/**
 * A_ΩΩ·x̂ = b_Ω, as if x were zero outside. Since ‖x‖∞ ≤ ‖b‖∞/δ there,
 *
 *     |x_k − x̂_k| ≤ w_k·‖b‖∞/δ + ‖b_Ω − A_ΩΩ·x̂‖∞/δ,    ⟨A⟩_ΩΩ·w ≥ |A_ΩΩᶜ|·1,
 *
 * ⟨A⟩ being the comparison matrix (|a_ii| on the diagonal, −|a_ij| off it).
 */
export function solveWindow(window: Window, b: RightSide, rtol: number): WindowSolution {
  const { matrix, size, inside, preconditioner } = window
  const delta = matrix.oracle.dominance
  const right = Float64Array.from({ length: size }, (_, i) => entryOf(b, matrix.indexOf(i)))
  const { x } = solveInside(inside, right, preconditioner, rtol)
  const residual = new Float64Array(size)
  const sizes = new Float64Array(size)
  applyCsr(inside, x, residual)
  applyCsr({ ...inside, values: inside.values.map(Math.abs) }, x.map(Math.abs), sizes)
  let largest = 0
  for (let i = 0; i < size; i++) {
    const rounding = gamma(rowLength(inside, i) + 2) * (sizes[i] + Math.abs(right[i]))
    largest = Math.max(largest, Math.abs(right[i] - residual[i]) + rounding)
  }
  const { w, raised } = outerInfluence(window, rtol)
  const errorBounds = w.map(value => ((value * b.maximum + largest) / delta) * (1 + 1e-14))
  return { x, errorBounds, floor: (raised * b.maximum + largest) / delta }
}

/**
 * w with ⟨A⟩_ΩΩ·w ≥ |A_ΩΩᶜ|·1: how much of what is outside reaches each unknown. An approximate solution is raised by
 * max(f − ⟨A⟩ŵ)⁺/δ everywhere, so that the inequality holds.
 */
function outerInfluence({ matrix, inside, outside, size }: Window, rtol: number) {
  const comparison = comparisonMatrix(inside)
  const { x: w } = solveInside(comparison, outside, incompleteLU(comparison), rtol)
  const product = new Float64Array(size)
  const sizes = new Float64Array(size)
  for (let i = 0; i < size; i++) w[i] = Math.max(0, w[i])
  applyCsr(comparison, w, product)
  applyCsr({ ...comparison, values: comparison.values.map(Math.abs) }, w, sizes)
  let lacking = 0
  for (let i = 0; i < size; i++) {
    lacking = Math.max(
      lacking,
      outside[i] - product[i] + gamma(rowLength(inside, i) + 2) * (sizes[i] + outside[i]),
    )
  }
  const raised = (lacking / matrix.oracle.dominance) * (1 + 1e-14)
  return { w: w.map(value => (value + raised) * (1 + 1e-15)), raised }
}

/** ⟨A⟩: |a_ii| on the diagonal, −|a_ij| off it. */
export function comparisonMatrix(A: CsrMatrix): CsrMatrix {
  const values = A.values.map(value => -Math.abs(value))
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
      if (A.columnIndices[p] === i) values[p] = -values[p]
    }
  }
  return { ...A, values }
}

/** λ̂ with A_ΩΩᵀ·λ̂ = c_Ω [size]. */
export function solveWindowTransposed(
  { inside, preconditioner }: Window,
  c: Float64Array,
  rtol: number,
): Float64Array {
  const options = { rtol, preconditioner: transposedPreconditioner(preconditioner) }
  const A = transposed(csrOperator(inside))
  const fast = bicgstab(A, c, options)
  if (fast.status === 'converged') return fast.x
  return gmres(A, c, { ...options, initialGuess: fast.x, restart: 100 }).x
}

function solveInside(A: CsrMatrix, b: Float64Array, preconditioner: Preconditioner, rtol: number) {
  const fast = bicgstab(A, b, { rtol, preconditioner })
  // Whatever comes out, its residual is what the bound is made of.
  return fast.status === 'converged'
    ? fast
    : gmres(A, b, { rtol, preconditioner, initialGuess: fast.x, restart: 100 })
}

const rowLength = (A: CsrMatrix, i: number): number => A.rowPointers[i + 1] - A.rowPointers[i]

/** Rings that would bring a bound from `reached`, after `rings`, to `wanted`, if it decays by the same factor per ring. */
export function ringsToGo(rings: number, full: number, reached: number, wanted: number): number {
  const decay = rings > 0 && reached < full ? log(full / reached) / rings : 0
  const total = decay > 0 ? log(full / wanted) / decay : 2 * rings + 1
  return Math.max(1, Math.min(Math.ceil(total) - rings, rings + 4))
}
