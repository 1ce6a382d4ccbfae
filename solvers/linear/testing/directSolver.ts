import { type CsrMatrix, csrToDense } from '../csr.ts'
import { solveDense } from '../dense.ts'
import type { LinearSolver, Solution } from '../gradients/linearSolver.ts'

/** Elimination, anew for each right-hand side: exact to rounding, and slow. */
export function directSolver(A: CsrMatrix): LinearSolver {
  const dense = csrToDense(A)
  const of = (b: Float64Array, transposed: boolean): Solution => ({
    x: solveDense(dense, b, A.rows, 1, { structure: 'general', transposed }),
    status: 'converged',
    message: '',
    relativeResidual: 0,
  })
  return { size: A.rows, solve: b => of(b, false), solveTransposed: g => of(g, true) }
}
