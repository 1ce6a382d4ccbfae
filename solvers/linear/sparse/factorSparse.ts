import type { CsrMatrix } from '../csr.ts'
import { type FactorResult, isFactored } from '../direct/factors.ts'
import { hasPositiveDiagonal } from '../direct/properties.ts'
import { refine } from '../direct/refine.ts'
import { type SparseSolverOptions, type SparseStructure, sparseSolver } from './sparseSolver.ts'

export type SparseFactorOptions = Omit<SparseSolverOptions, 'structure'>

/** A backward error above this says that pivots chosen within fronts did not do. */
const acceptable = 1e-12

/**
 * Factors a sparse matrix once: by the structure given, or by the first that does of Cholesky, L·D·Lᵀ and LU.
 * @param asymmetry an entry that differs from its mirror, where one is known
 */
export function factorSparse(
  A: CsrMatrix,
  options: SparseFactorOptions,
  before: readonly string[],
  asymmetry: { readonly row: number; readonly column: number; readonly difference: number } | null,
  structure?: SparseStructure,
): FactorResult {
  const explanation = [...before]
  const attempt = (kind: SparseStructure, why: string): FactorResult => {
    const result = sparseSolver(A, { ...options, structure: kind }).factor(A.values)
    return { ...result, explanation: [...explanation, why, ...result.explanation] }
  }
  if (structure) return attempt(structure, `${structure}: no other is tried`)
  if (asymmetry) {
    const { row, column, difference } = asymmetry
    return attempt(
      'general',
      `entry (${row}, ${column}) differs from its mirror by ${difference}: not symmetric`,
    )
  }
  if (hasPositiveDiagonal(A)) {
    const cholesky = attempt('spd', 'symmetric with a positive diagonal: Cholesky')
    if (isFactored(cholesky)) return cholesky
    explanation.push(`symmetric with a positive diagonal: Cholesky was tried; ${cholesky.message}`)
  } else explanation.push('symmetric, but not all of the diagonal is positive: not positive definite')
  const ldlt = attempt('symmetric', 'symmetric indefinite: L·D·Lᵀ')
  if (isFactored(ldlt)) {
    const { backwardError } = refine(ldlt, new Float64Array(A.rows).fill(1), { maxIterations: 1 })
    if (backwardError <= acceptable) return ldlt
    explanation.push(
      `L·D·Lᵀ was tried; its solutions have a backward error of ${backwardError.toExponential(1)}`,
    )
  } else explanation.push(`L·D·Lᵀ was tried; ${ldlt.message}`)
  return attempt('general', 'LU with threshold partial pivoting')
}
