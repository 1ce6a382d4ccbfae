/**
 * Derivatives of x = A⁻¹b by the implicit function theorem, on A's pattern, for any solver; with bounds of their error.
 *
 *     const solver = krylovSolver(A, { method: 'gmres', preconditioner: incompleteLU(A) })
 *     const gradient = solveVjp(A, solver, solver.solve(b).x, g)
 */

export { type NodeOperator, unrolledConjugateGradient } from '../unrolledConjugateGradient.ts'
export {
  compareGradients,
  comparisonTable,
  type GradientComparison,
  type GradientProblem,
} from './compareGradients.ts'
export { type KrylovSolverOptions, krylovSolver, type LinearSolver, type Solution } from './linearSolver.ts'
export {
  type SolveGradient,
  type SolveHessianProduct,
  type SolveTangent,
  type SolveVjpOptions,
  solveHvp,
  solveJvp,
  solveVjp,
} from './solveDerivatives.ts'
