import { transposeCsr } from '../csr.ts'
import { eachEntry, isSparse, type Matrix } from './matrixForm.ts'

/** The first entry that is not finite, or null. */
export function notFiniteEntry(A: Matrix): { row: number; column: number; value: number } | null {
  let found: { row: number; column: number; value: number } | null = null
  if (allFinite(A.values)) return null
  eachEntry(A, (row, column, p) => {
    if (!found && !Number.isFinite(A.values[p])) found = { row, column, value: A.values[p] }
  })
  return found
}

/** 0·x is a number that is not zero only where x is not finite. */
function allFinite(values: Float64Array): boolean {
  let sum = 0
  for (let k = 0; k < values.length; k++) sum += 0 * values[k]
  return sum === 0
}

/** The entry that differs most from its mirror, where one differs by more than `tolerance` times the largest entry; else null. */
export function asymmetry(
  A: Matrix,
  tolerance: number,
): { row: number; column: number; difference: number } | null {
  if (!isSparse(A) && isSymmetric(A.values, A.rows)) return null
  let worst = { row: 0, column: 0, difference: 0 }
  let largest = 0
  const compare = (row: number, column: number, value: number, mirror: number) => {
    largest = Math.max(largest, Math.abs(value))
    const difference = Math.abs(value - mirror)
    if (difference > worst.difference) worst = { row, column, difference }
  }
  if (isSparse(A)) {
    const T = transposeCsr(A)
    // Both rows are sorted: where one lacks an entry, it meets a zero.
    for (let i = 0; i < A.rows; i++) {
      let [p, q] = [A.rowPointers[i], T.rowPointers[i]]
      while (p < A.rowPointers[i + 1] || q < T.rowPointers[i + 1]) {
        const j = p < A.rowPointers[i + 1] ? A.columnIndices[p] : A.columns
        const k = q < T.rowPointers[i + 1] ? T.columnIndices[q] : A.columns
        compare(i, Math.min(j, k), j <= k ? A.values[p++] : 0, k <= j ? T.values[q++] : 0)
      }
    }
  } else {
    for (let i = 0; i < A.rows; i++) {
      for (let j = 0; j <= i; j++) compare(i, j, A.values[i * A.columns + j], A.values[j * A.columns + i])
    }
  }
  return worst.difference > tolerance * largest ? worst : null
}

/** To the last bit. */
function isSymmetric(values: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) if (values[i * n + j] !== values[j * n + i]) return false
  return true
}

/** Whether each diagonal entry is positive: without it no matrix is positive definite. */
export function hasPositiveDiagonal(A: Matrix): boolean {
  const diagonal = new Float64Array(A.rows)
  eachEntry(A, (i, j, p) => {
    if (i === j) diagonal[i] = A.values[p]
  })
  return diagonal.every(entry => entry > 0)
}

/** Whether |a_jj| ≥ Σ |a_ij| over the rest of each column: elimination without exchanges is then stable. */
export function isColumnDominant(A: Matrix): boolean {
  const rest = new Float64Array(A.columns)
  eachEntry(A, (i, j, p) => {
    rest[j] += i === j ? -Math.abs(A.values[p]) : Math.abs(A.values[p])
  })
  return rest.every(sum => sum <= 0)
}
