import { type CsrMatrix, diagonalPlaces } from '../csr.ts'

/**
 * The diagonal of a square matrix that a preconditioner divides by.
 * @throws RangeError where the matrix is not square or an entry is zero or missing, with the row.
 */
export function nonzeroDiagonal(A: CsrMatrix, where: string): Float64Array {
  if (A.rows !== A.columns)
    throw new RangeError(`${where}: the matrix must be square, not ${A.rows}×${A.columns}`)
  const diagonal = Float64Array.from(diagonalPlaces(A), p => (p < 0 ? 0 : A.values[p]))
  const row = diagonal.findIndex(d => !(d !== 0 && Number.isFinite(d)))
  if (row >= 0) {
    throw new RangeError(
      `${where}: the diagonal entry of row ${row} is ${diagonal[row]}; permute the rows, or use no preconditioner`,
    )
  }
  return diagonal
}
