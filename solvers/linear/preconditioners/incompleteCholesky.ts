import type { CsrMatrix } from '../csr.ts'
import { nonzeroDiagonal } from './diagonal.ts'
import { type IncompleteFactorisation, withShifts } from './shifts.ts'
import { solveLower, solveLowerTransposed, trianglesOf } from './triangular.ts'

/**
 * IC(0): A ≈ LLᵀ with L on the pattern of A's lower triangle (Meijerink & van der Vorst, Math. Comp. 31, 1977). A is
 * symmetric; only its lower triangle is read. It exists for every M-matrix and H-matrix with a positive diagonal; else the
 * diagonal is raised until it does, and `shift` says by how much.
 * @throws RangeError where a diagonal entry is zero or negative
 */
export function incompleteCholesky(A: CsrMatrix): IncompleteFactorisation {
  const diagonal = nonzeroDiagonal(A, 'incompleteCholesky')
  const row = diagonal.findIndex(d => d < 0)
  if (row >= 0) {
    throw new RangeError(
      `incompleteCholesky: the diagonal entry of row ${row} is ${diagonal[row]}, so the matrix is not positive definite; use incompleteLU`,
    )
  }
  const lower = lowerTriangle(A)
  return withShifts(shift => {
    const factor = { ...lower, values: lower.values.slice() }
    const pivots = diagonal.map(d => d * (1 + shift))
    if (!factorise(factor, pivots)) return null
    const triangles = trianglesOf(factor)
    const apply = (r: Float64Array, z: Float64Array) => {
      z.set(r)
      solveLower(triangles, pivots, z)
      solveLowerTransposed(triangles, pivots, z)
    }
    return { size: A.rows, shift, apply, applyTransposed: apply }
  }, 'incompleteCholesky')
}

/** The strict lower triangle. */
function lowerTriangle(A: CsrMatrix): CsrMatrix {
  const { upperStarts } = trianglesOf(A)
  const rowPointers = new Int32Array(A.rows + 1)
  for (let i = 0; i < A.rows; i++) rowPointers[i + 1] = rowPointers[i] + upperStarts[i] - A.rowPointers[i]
  const columnIndices = new Int32Array(rowPointers[A.rows])
  const values = new Float64Array(rowPointers[A.rows])
  for (let i = 0; i < A.rows; i++) {
    columnIndices.set(A.columnIndices.subarray(A.rowPointers[i], upperStarts[i]), rowPointers[i])
    values.set(A.values.subarray(A.rowPointers[i], upperStarts[i]), rowPointers[i])
  }
  return { rows: A.rows, columns: A.columns, rowPointers, columnIndices, values }
}

/** Overwrites the strict lower triangle and the diagonal with L's; false where a pivot is not positive. */
function factorise({ rows, rowPointers, columnIndices, values }: CsrMatrix, diagonal: Float64Array): boolean {
  for (let i = 0; i < rows; i++) {
    const end = rowPointers[i + 1]
    const original = diagonal[i]
    for (let p = rowPointers[i]; p < end; p++) {
      const k = columnIndices[p]
      // l_ik = (a_ik − Σ_{j<k} l_ij·l_kj)/l_kk over the columns that rows i and k share.
      let sum = values[p]
      let a = rowPointers[i]
      let b = rowPointers[k]
      while (a < p && b < rowPointers[k + 1]) {
        if (columnIndices[a] === columnIndices[b]) sum -= values[a++] * values[b++]
        else if (columnIndices[a] < columnIndices[b]) a++
        else b++
      }
      values[p] = sum / diagonal[k]
      diagonal[i] -= values[p] * values[p]
    }
    if (!(diagonal[i] > 2 ** -40 * original)) return false
    diagonal[i] = Math.sqrt(diagonal[i])
  }
  return true
}
