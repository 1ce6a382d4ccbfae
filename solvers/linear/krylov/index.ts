/**
 * Iterative solvers for matrices that are known by their products, each with a status and the true residual at the end.
 *
 *     const { x, status, relativeResidual } = conjugateGradient(A, b, { preconditioner: incompleteCholesky(A) })
 */
export {
  type CsrMatrix,
  checkCsr,
  csrFromDense,
  csrFromTriplets,
  csrToDense,
  isSymmetric,
  type Triplet,
} from '../csr.ts'
export { csrOperator, denseOperator, type LinearOperator, transposed } from '../operator.ts'
export { bicgstab } from './bicgstab.ts'
export { conjugateGradient, flexibleConjugateGradient } from './conjugateGradient.ts'
export { type GmresOptions, gmres } from './gmres.ts'
export { type LsmrResult, lsmr } from './lsmr.ts'
export { minres } from './minres.ts'
export type { KrylovOptions, KrylovResult, KrylovStatus } from './result.ts'
