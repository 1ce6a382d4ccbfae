/**
 * Approximate inverses for Krylov methods, each with its transpose for the adjoint solve.
 *
 *     conjugateGradient(A, b, { preconditioner: algebraicMultigrid(A) })
 */
export { algebraicMultigrid, type Multigrid, type MultigridOptions } from './algebraicMultigrid.ts'
export { incompleteCholesky } from './incompleteCholesky.ts'
export { incompleteLU } from './incompleteLU.ts'
export { jacobi } from './jacobi.ts'
export { identityPreconditioner, type Preconditioner, transposedPreconditioner } from './preconditioner.ts'
export type { IncompleteFactorisation } from './shifts.ts'
export { ssor } from './ssor.ts'
