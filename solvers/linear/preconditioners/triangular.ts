/** Substitution in place with the triangles of a sparse matrix, by rows; transposed, by the same rows as columns. */

import type { CsrMatrix } from '../csr.ts'

/** The two strict triangles of a square matrix, with a diagonal of its own. */
export interface Triangles {
  readonly matrix: CsrMatrix
  /** Of each row, the place of its first entry with column ≥ row. */
  readonly upperStarts: Int32Array
  /** Of each row, the place of its first entry with column > row. */
  readonly upperStrictStarts: Int32Array
}

export function trianglesOf(matrix: CsrMatrix): Triangles {
  const upperStarts = new Int32Array(matrix.rows)
  const upperStrictStarts = new Int32Array(matrix.rows)
  for (let i = 0; i < matrix.rows; i++) {
    let p = matrix.rowPointers[i]
    while (p < matrix.rowPointers[i + 1] && matrix.columnIndices[p] < i) p++
    upperStarts[i] = p
    upperStrictStarts[i] = p < matrix.rowPointers[i + 1] && matrix.columnIndices[p] === i ? p + 1 : p
  }
  return { matrix, upperStarts, upperStrictStarts }
}

/** x ← (L + D)⁻¹x, L the strict lower triangle; without `diagonal` D = I. */
export function solveLower(
  { matrix, upperStarts }: Triangles,
  diagonal: Float64Array | null,
  x: Float64Array,
): void {
  const { rows, rowPointers, columnIndices, values } = matrix
  for (let i = 0; i < rows; i++) {
    let sum = x[i]
    for (let p = rowPointers[i]; p < upperStarts[i]; p++) sum -= values[p] * x[columnIndices[p]]
    x[i] = diagonal ? sum / diagonal[i] : sum
  }
}

/** x ← (D + U)⁻¹x, U the strict upper triangle. */
export function solveUpper(
  { matrix, upperStrictStarts }: Triangles,
  diagonal: Float64Array | null,
  x: Float64Array,
): void {
  const { rows, rowPointers, columnIndices, values } = matrix
  for (let i = rows - 1; i >= 0; i--) {
    let sum = x[i]
    for (let p = upperStrictStarts[i]; p < rowPointers[i + 1]; p++) sum -= values[p] * x[columnIndices[p]]
    x[i] = diagonal ? sum / diagonal[i] : sum
  }
}

/** x ← (L + D)⁻ᵀx. */
export function solveLowerTransposed(
  { matrix, upperStarts }: Triangles,
  diagonal: Float64Array | null,
  x: Float64Array,
): void {
  const { rows, rowPointers, columnIndices, values } = matrix
  for (let i = rows - 1; i >= 0; i--) {
    if (diagonal) x[i] /= diagonal[i]
    for (let p = rowPointers[i]; p < upperStarts[i]; p++) x[columnIndices[p]] -= values[p] * x[i]
  }
}

/** x ← (D + U)⁻ᵀx. */
export function solveUpperTransposed(
  { matrix, upperStrictStarts }: Triangles,
  diagonal: Float64Array | null,
  x: Float64Array,
): void {
  const { rows, rowPointers, columnIndices, values } = matrix
  for (let i = 0; i < rows; i++) {
    if (diagonal) x[i] /= diagonal[i]
    for (let p = upperStrictStarts[i]; p < rowPointers[i + 1]; p++) x[columnIndices[p]] -= values[p] * x[i]
  }
}
