/**
 * Factorisations of dense matrices of a structure, as emitters of WebAssembly functions of byte addresses, in the manner of
 * kernels/dense: one copy per shape and module, `factor(a) → status` in place, `solve(factors, b)` in place of B.
 */
export {
  type BandCholeskyShape,
  type BandShape,
  type BandSolveShape,
  bandWidth,
  emitBandCholesky,
  emitBandCholeskySolve,
  emitBandLU,
  emitBandSolve,
} from './banded.ts'
export { emitLDLT, emitLDLTOfSize, emitLDLTSolve, emitPairSolver } from './ldlt.ts'
export {
  emitQR,
  emitQRGramSolve,
  emitQRLeastSquares,
  emitQRMinimumNorm,
  type QRShape,
  type QRSolveShape,
  qrLength,
} from './qr.ts'
export { emitTriangleCheck, emitTriangleSolve } from './triangle.ts'
export {
  emitTridiagonalLU,
  emitTridiagonalSolve,
  type TridiagonalShape,
  type TridiagonalSolveShape,
  tridiagonalLength,
} from './tridiagonal.ts'
