/**
 * Direct solvers: a matrix is factored once, for its solutions, adjoints, tangents, second order and determinants.
 *
 *     const factors = factor(A, { explain: true })
 *     if (factors.status !== 'factored') throw new Error(factors.message)
 *     const x = factors.solve(b)
 *     const { A: gradientA, B: gradientB } = solveCotangents(factors, x, gradientX)
 */
export { blockDiagonal, bordered, kktMatrix, lowRankUpdate } from './compositions.ts'
export {
  type DerivativeOptions,
  logDeterminantGradient,
  logDeterminantTangent,
  type SolveCotangents,
  type SolveSecondOrder,
  type SolveTangents,
  solveCotangents,
  solveSecondOrder,
  solveTangent,
} from './derivatives.ts'
export { type FactorOptions, factor, type StructureTag } from './factor.ts'
export {
  conditionEstimate,
  type FactorResult,
  type FactorStructure,
  type Factors,
  isFactored,
  type LogDeterminant,
  type NotFactored,
} from './factors.ts'
export {
  leastSquares,
  minimumNorm,
  type RankDeficient,
  type RectangularFactors,
  type RectangularOptions,
} from './leastSquares.ts'
export { directSolver } from './linearSolver.ts'
export { type DenseMatrix, denseMatrix, type Matrix } from './matrixForm.ts'
export { type Refined, type RefineOptions, refine } from './refine.ts'
