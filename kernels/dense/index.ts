/**
 * Dense float64 linear algebra as emitters of WebAssembly functions of byte addresses, specialised to a shape, one copy
 * per shape and module. All matrices are row-major and contiguous. The order of the operations is fixed by the shape, so
 * the bits are the same on every machine, unless `relaxed` asks for fused multiply-add.
 */
export { emitCholesky, emitCholeskySolve } from './cholesky.ts'
export { instantiate, type KernelInstance } from './instance.ts'
export { emitLU, emitLUSolve, type FactorShape, type FactorSolveShape } from './lu.ts'
export { emitMatmul, type MatmulShape } from './matmul.ts'
export { emitProduct, type Matrix, type Product, transposed, type Update } from './product.ts'
export {
  emitTriangularSolve,
  isUsable,
  type TriangularSystem,
  transposedSystem,
} from './triangular.ts'
