import {
  type CsrMatrix,
  conjugateGradient,
  csrFromTriplets,
  type Triplet,
} from '../../solvers/linear/krylov/index.ts'
import {
  algebraicMultigrid,
  incompleteCholesky,
  jacobi,
  type Preconditioner,
} from '../../solvers/linear/preconditioners/index.ts'
import { duration, table } from './timing.ts'

/** The five-point Laplacian on a side × side grid. */
export function poisson(side: number): CsrMatrix {
  const n = side * side
  const entries: Triplet[] = []
  for (let k = 0; k < n; k++) {
    entries.push([k, k, 4])
    if (k % side < side - 1) entries.push([k, k + 1, -1], [k + 1, k, -1])
    if (k + side < n) entries.push([k, k + side, -1], [k + side, k, -1])
  }
  return csrFromTriplets(n, n, entries)
}

/** Conjugate gradients to a relative residual of 1e-8: iterations, and seconds with the preconditioner's making. */
export function multigrid(): string {
  return table(
    ['n', 'Jacobi', 'IC(0)', 'multigrid', 'nonzeros of its levels by A’s', 'IC(0)', 'multigrid'],
    [32, 100, 316, 1000].map(side => {
      const A = poisson(side)
      const b = new Float64Array(A.rows).fill(1)
      const run = (make: (A: CsrMatrix) => Preconditioner) => {
        const start = performance.now()
        const { iterations, status } = conjugateGradient(A, b, {
          rtol: 1e-8,
          maxIterations: 10_000,
          preconditioner: make(A),
        })
        if (status !== 'converged') throw new Error(`multigrid: ${status} at n = ${A.rows}`)
        return { iterations: String(iterations), time: duration((performance.now() - start) / 1e3) }
      }
      const [diagonal, incomplete, grids] = [jacobi, incompleteCholesky, algebraicMultigrid].map(run)
      return [
        A.rows.toExponential(0),
        diagonal.iterations,
        incomplete.iterations,
        grids.iterations,
        algebraicMultigrid(A).operatorComplexity,
        incomplete.time,
        grids.time,
      ]
    }),
  )
}
