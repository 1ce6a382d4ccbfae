import type { CsrMatrix } from '../csr.ts'
import { diagonalPlaces } from '../csr.ts'
import { logProduct } from '../direct/denseFactors.ts'
import { type FactorResult, notFactored, toFactors } from '../direct/factors.ts'
import { byColumns } from '../direct/matrixForm.ts'
import {
  solveLower,
  solveLowerTransposed,
  solveUpper,
  solveUpperTransposed,
  trianglesOf,
} from '../preconditioners/triangular.ts'

const substitutions = {
  lower: { plain: solveLower, transposed: solveLowerTransposed },
  upper: { plain: solveUpper, transposed: solveUpperTransposed },
}

/** A sparse triangle: substitution alone. */
export function factorSparseTriangular(
  matrix: CsrMatrix,
  part: 'lower' | 'upper',
  explanation: readonly string[],
): FactorResult {
  const n = matrix.rows
  const diagonal = Float64Array.from(diagonalPlaces(matrix), p => (p < 0 ? 0 : matrix.values[p]))
  const zero = diagonal.indexOf(0)
  if (zero >= 0) {
    return notFactored(
      'singular',
      `A is singular: entry ${zero + 1} of its diagonal is zero`,
      zero,
      explanation,
    )
  }
  const triangles = trianglesOf(matrix)
  return toFactors({
    structure: part === 'lower' ? 'lower triangular' : 'upper triangular',
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      const substitute = substitutions[part][transposed ? 'transposed' : 'plain']
      byColumns(n, columns, X, X, n, column => {
        substitute(triangles, diagonal, column)
        return column
      })
    },
    logDeterminant: () => logProduct(diagonal),
  })
}
