/** A way to solve A·x = b and Aᵀ·λ = g, whatever is behind it: all that derivatives of x = A⁻¹b ask for. */

import type { CsrMatrix } from '../csr.ts'
import {
  bicgstab,
  conjugateGradient,
  flexibleConjugateGradient,
  gmres,
  type KrylovOptions,
  minres,
} from '../krylov/index.ts'
import { csrOperator, isCsr, type LinearOperator, transposed } from '../operator.ts'
import { type Preconditioner, transposedPreconditioner } from '../preconditioners/index.ts'

/** What a solver says of a solve. */
export interface Solution {
  readonly x: Float64Array
  /** 'converged', or why not. */
  readonly status: string
  readonly message: string
  /** ‖b − Ax‖ / ‖b‖, computed from x. */
  readonly relativeResidual: number
}

export interface LinearSolver {
  /** n. */
  readonly size: number
  /** x with A·x = b. */
  solve(b: Float64Array, initialGuess?: Float64Array): Solution
  /** λ with Aᵀ·λ = g. */
  solveTransposed(g: Float64Array, initialGuess?: Float64Array): Solution
}

const methods = { conjugateGradient, flexibleConjugateGradient, minres, gmres, bicgstab }

/** How far one of the two solves goes; the options of `KrylovOptions`. */
type Effort = Pick<KrylovOptions, 'rtol' | 'atol' | 'maxIterations'> & { readonly restart?: number }

export interface KrylovSolverOptions extends Effort {
  readonly method: keyof typeof methods
  readonly preconditioner?: Preconditioner
  /** Of the transposed solves. They do not inherit the forward solve's: the default is rtol 1e-10. */
  readonly adjoint?: Effort
}

/**
 * A Krylov method, with the transposed preconditioner for the transposed system.
 *
 *     const solver = krylovSolver(A, { method: 'gmres', rtol: 1e-6, preconditioner: incompleteLU(A), adjoint: { rtol: 1e-9 } })
 *
 * @throws RangeError where the operator does not know its transpose and the method does not promise symmetry
 */
export function krylovSolver(matrix: CsrMatrix | LinearOperator, options: KrylovSolverOptions): LinearSolver {
  const { method, preconditioner, adjoint = {}, ...forward } = options
  const A = isCsr(matrix) ? csrOperator(matrix) : matrix
  const solve = methods[method]
  const symmetric = method !== 'gmres' && method !== 'bicgstab'
  const transposedMatrix = symmetric ? matrix : transposed(A)
  const transposedInverse = preconditioner && transposedPreconditioner(preconditioner)
  return {
    size: A.rows,
    solve: (b, initialGuess) => solve(matrix, b, { ...forward, preconditioner, initialGuess }),
    solveTransposed: (g, initialGuess) =>
      solve(transposedMatrix, g, { ...adjoint, preconditioner: transposedInverse, initialGuess }),
  }
}
