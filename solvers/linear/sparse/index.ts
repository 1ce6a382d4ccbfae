/**
 * Sparse direct solvers: a pattern is analysed once, and factored as often as its values change.
 *
 *     const solver = sparseSolver(A, { structure: 'spd' })
 *     const factors = solver.factor(A.values)
 */
export { factorSparse, type SparseFactorOptions } from './factorSparse.ts'
export {
  type SparseSolver,
  type SparseSolverOptions,
  type SparseStructure,
  sparseSolver,
} from './sparseSolver.ts'
