/**
 * Sparse factorisations of matrices of a fixed pattern: analysed once in TypeScript, factored as often as the values change by
 * WebAssembly that is driven by tables in its memory.
 */
export { createSparseCholesky, type SparseFactors } from './cholesky.ts'
export { columnCounts, eliminationTree, postorder } from './eliminationTree.ts'
export type { SparseStatistics } from './fronts.ts'
export { type FrontTables, frontTables } from './frontTables.ts'
export { createSparseLDLT, type SparseLDLT } from './ldlt.ts'
export { createSparseLU, type SparseLU, type SparseLUOptions } from './lu.ts'
export { minimumDegree } from './minimumDegree.ts'
export { emitSparseCholesky, emitSparseLDLT } from './multifrontal.ts'
export { nestedDissection } from './nestedDissection.ts'
export type { OrderingOptions } from './ordering.ts'
export { columnGraph, type Graph, graphOf, type Pattern } from './pattern.ts'
export { emitColumnSolve, emitRefactor } from './refactor.ts'
export { emitSparseSolve } from './solve.ts'
export { type SymbolicFactor, symbolicFactor } from './supernodes.ts'
