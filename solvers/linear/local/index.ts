/**
 * Solves of one entry or one functional of x = A⁻¹b, forward and adjoint, and gradients, that touch only a part of A whose
 * size does not depend on n; each with a bound of its error.
 *
 *     const oracle = { size: 1e12, dominance: 0.5, maximumRowLength: 3, row: i => ({ columns: […], values: […] }) }
 *     windowFunctional(oracle, { at: i => …, maximum: 1 }, new Map([[5e11, 1]]), { tolerance: 1e-8 })
 */
export {
  euclideanErrorBound,
  functionalErrorBound,
  hMatrixScaling,
  isAtLeast,
  maximumErrorBound,
  residualBounds,
  rowDominances,
  type Scaling,
  scaledErrorBounds,
  type TwoSidedEstimate,
  twoSidedEstimate,
  weightedErrorBound,
} from './certificates.ts'
export type { FunctionalEstimate } from './functionalCertificate.ts'
export { type LocalGradient, localGradient } from './localGradient.ts'
export { type PushOptions, type PushResult, push } from './push.ts'
export { uniformNumbers } from './random.ts'
export {
  csrOracle,
  denseRightSide,
  NotDominantError,
  type RightSide,
  type RowOracle,
  type SparseRow,
  type SparseVector,
  sparseRightSide,
} from './rowOracle.ts'
export { sampledCotangent } from './sampledCotangent.ts'
export { type WalkOptions, type WalkResult, walk } from './walk.ts'
export {
  type LocalOptions,
  type LocalStatus,
  type WindowEntries,
  type WindowFunctional,
  windowEntries,
  windowFunctional,
} from './windowSolves.ts'
