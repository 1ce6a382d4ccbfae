import { type CsrMatrix, diagonalPlaces } from '../csr.ts'
import { nonzeroDiagonal } from './diagonal.ts'
import { type IncompleteFactorisation, withShifts } from './shifts.ts'
import {
  solveLower,
  solveLowerTransposed,
  solveUpper,
  solveUpperTransposed,
  trianglesOf,
} from './triangular.ts'

/**
 * ILU(0): A ≈ LU on A's pattern, L with a unit diagonal (Saad, alg. 10.4). Where a pivot vanishes the diagonal is enlarged
 * until none does, and `shift` says by how much.
 * @throws RangeError where a diagonal entry is zero
 */
export function incompleteLU(A: CsrMatrix): IncompleteFactorisation {
  const diagonal = nonzeroDiagonal(A, 'incompleteLU')
  const places = diagonalPlaces(A)
  const upper = trianglesOf(A).upperStarts
  return withShifts(shift => {
    const factor = { ...A, values: A.values.slice() }
    for (let i = 0; i < A.rows; i++) factor.values[places[i]] = diagonal[i] * (1 + shift)
    if (!factorise(factor, places, upper)) return null
    const triangles = trianglesOf(factor)
    const pivots = Float64Array.from(places, p => factor.values[p])
    return {
      size: A.rows,
      shift,
      apply(r: Float64Array, z: Float64Array) {
        z.set(r)
        solveLower(triangles, null, z)
        solveUpper(triangles, pivots, z)
      },
      applyTransposed(r: Float64Array, z: Float64Array) {
        z.set(r)
        solveUpperTransposed(triangles, pivots, z)
        solveLowerTransposed(triangles, null, z)
      },
    }
  }, 'incompleteLU')
}

/** Overwrites A by its factors; false where a pivot is negligible beside its row. */
function factorise(A: CsrMatrix, diagonal: Int32Array, upper: Int32Array): boolean {
  const { rows, rowPointers, columnIndices, values } = A
  const place = new Int32Array(rows).fill(-1)
  for (let i = 0; i < rows; i++) {
    let largest = 0
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) {
      place[columnIndices[p]] = p
      largest = Math.max(largest, Math.abs(values[p]))
    }
    for (let p = rowPointers[i]; p < upper[i]; p++) {
      const k = columnIndices[p]
      values[p] /= values[diagonal[k]]
      for (let q = diagonal[k] + 1; q < rowPointers[k + 1]; q++) {
        const target = place[columnIndices[q]]
        if (target >= 0) values[target] -= values[p] * values[q]
      }
    }
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) place[columnIndices[p]] = -1
    if (!(Math.abs(values[diagonal[i]]) > 2 ** -40 * largest)) return false
  }
  return true
}
