import type { CsrMatrix } from '../csr.ts'
import { nonzeroDiagonal } from './diagonal.ts'
import type { Preconditioner } from './preconditioner.ts'

/**
 * M = the diagonal of A.
 * @throws RangeError where a diagonal entry is zero
 */
export function jacobi(A: CsrMatrix): Preconditioner {
  const diagonal = nonzeroDiagonal(A, 'jacobi')
  const apply = (r: Float64Array, z: Float64Array) => {
    for (let i = 0; i < r.length; i++) z[i] = r[i] / diagonal[i]
  }
  return { size: A.rows, apply, applyTransposed: apply }
}
