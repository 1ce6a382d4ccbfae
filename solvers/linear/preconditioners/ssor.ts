import type { CsrMatrix } from '../csr.ts'
import { nonzeroDiagonal } from './diagonal.ts'
import type { Preconditioner } from './preconditioner.ts'
import {
  solveLower,
  solveLowerTransposed,
  solveUpper,
  solveUpperTransposed,
  trianglesOf,
} from './triangular.ts'

/**
 * Symmetric successive over-relaxation, M = (D/ω + L)·(D/ω)⁻¹·(D/ω + U)/(2 − ω) with A = L + D + U (Young, 1971; Saad,
 * section 10.2). Nothing is factored and no entry is stored; A's values are read when it is applied.
 * @param omega 0 < ω < 2; 1 is symmetric Gauss–Seidel
 * @throws RangeError where a diagonal entry is zero or ω is out of range
 */
export function ssor(A: CsrMatrix, omega = 1): Preconditioner {
  if (!(omega > 0 && omega < 2)) throw new RangeError(`ssor: omega must lie between 0 and 2, not ${omega}`)
  const diagonal = nonzeroDiagonal(A, 'ssor').map(d => d / omega)
  const triangles = trianglesOf(A)
  const scale = (z: Float64Array) => {
    for (let i = 0; i < z.length; i++) z[i] *= (2 - omega) * diagonal[i]
  }
  return {
    size: A.rows,
    apply(r, z) {
      z.set(r)
      solveLower(triangles, diagonal, z)
      scale(z)
      solveUpper(triangles, diagonal, z)
    },
    applyTransposed(r, z) {
      z.set(r)
      solveUpperTransposed(triangles, diagonal, z)
      scale(z)
      solveLowerTransposed(triangles, diagonal, z)
    },
  }
}
