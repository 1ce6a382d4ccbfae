/** tfjs functions as graphs, and their derivatives. */

export { type Lowering, type Operands, registerLowering } from './lowering.ts'
export { type TensorFunction, type TracedGraph, type TracedInput, trace } from './trace.ts'
export type { Value } from './values.ts'
