/** The elementwise primitives as WebAssembly, scalar or f64x2 with the same bits: `emitElementary`. */
export {
  type BinaryName,
  binaryFunctions,
  type ElementaryName,
  elementaryFunctions,
  emitElementary,
  type UnaryName,
  unaryFunctions,
} from './elementary.ts'
export { createEvaluator, type Evaluator } from './evaluate.ts'
