/**
 * A WebAssembly emitter: a module of functions, bodies of statements, values as expressions.
 *
 *     const module = createModule()
 *     const axpy = module.function('axpy', { n: 'i32', a: 'f64', x: 'i32', y: 'i32' }, [], (f, { n, a, x, y }) => {
 *       const end = f.let('end', i32.add(x, i32.shl(n, 3)))
 *       f.for(x, x, end, 8, () => {
 *         f.store(y, f64.add(f64.mul(a, f64.load(x)), f64.load(y)))
 *         f.set(y, i32.add(y, 8))
 *       })
 *     })
 */
export { type Segment, withData } from './data.ts'
export { call, choose, type FunctionBody, type Label, type Local, type WasmFunction } from './functionBody.ts'
export {
  type Bits,
  type BitsOperand,
  type Lane,
  type LaneOptions,
  type Mask,
  type Real,
  type RealOperand,
  scalarLane,
  unlikely,
  vectorLane,
} from './lane.ts'
export {
  createModule,
  type Global,
  type Memory,
  type ModuleBuilder,
  type ParameterLocals,
  type Parameters,
} from './module.ts'
export { hasRelaxedInstructions } from './relaxed.ts'
export { advance, f64, i32, i64, select } from './scalar.ts'
export { f32x4, f64x2, i8x16, i32x4, i64x2, v128 } from './simd.ts'
export type { F64, I32, I64, Operand, Statement, V128, Value, ValueType } from './value.ts'
