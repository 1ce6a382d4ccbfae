import { emitElementary } from '../../kernels/elementary/index.ts'
import {
  call,
  type F64,
  type f64x2,
  i32,
  type Lane,
  type ModuleBuilder,
  type Real,
  scalarLane,
  v128,
  type WasmFunction,
} from '../../kernels/wasm/index.ts'
import type { Emission } from './emission.ts'
import { type Expression, useCounts } from './expression.ts'
import type { Access } from './nest.ts'

export type Leaf = Exclude<Expression, { kind: 'apply' }>

/** The value of an expression at one point, given what its leaves are there. */
export function evaluate(
  module: ModuleBuilder,
  lane: Lane,
  expression: Expression,
  leaf: (e: Leaf) => Real,
): Real {
  const counts = useCounts(expression)
  const known = new Map<Expression, Real>()
  const value = (e: Expression): Real => {
    let result = known.get(e)
    if (!result) {
      result = e.kind === 'apply' ? apply(module, lane, e.primitive, e.operands.map(value)) : leaf(e)
      // A variable is read for free; anything else that is used twice is computed once.
      if (counts.get(e)! > 1 && !('index' in result)) result = lane.let(e.kind, result)
      known.set(e, result)
    }
    return result
  }
  return value(expression)
}

function apply(
  module: ModuleBuilder,
  lane: Lane,
  primitive: (Expression & { kind: 'apply' })['primitive'],
  operands: readonly Real[],
): Real {
  const [a, b, c] = operands
  switch (primitive) {
    // These use each operand once, and need no variables for them.
    case 'add':
      return lane.add(a, b)
    case 'subtract':
      return lane.sub(a, b)
    case 'multiply':
      return lane.mul(a, b)
    case 'divide':
      return lane.div(a, b)
    case 'negate':
      return lane.neg(a)
    case 'select':
      return lane.select(lane.ne(a, 0), b, c)
    default:
      return lane.width === 1 && isLong(primitive)
        ? call<'f64'>(scalarFunction(module, primitive), a as F64)
        : emitElementary(module, lane, primitive, ...operands)
  }
}

const longFunctions = ['exp', 'log', 'logistic', 'sin', 'cos', 'tanh'] as const
type LongFunction = (typeof longFunctions)[number]
const isLong = (primitive: string): primitive is LongFunction =>
  (longFunctions as readonly string[]).includes(primitive)

/**
 * An elementary function of one number as a function of the module. Scalar code has no loop that would repay a copy in
 * each place, and models of many scalars would become megabytes.
 */
const scalarFunction = (module: ModuleBuilder, primitive: LongFunction): WasmFunction =>
  module.once(`scalar.${primitive}`, () =>
    module.function(primitive, { x: 'f64' }, ['f64'], (f, { x }) =>
      emitElementary(module, scalarLane(f), primitive, x),
    ),
  )

/** The value of a leaf that does not change from point to point, in both lanes. */
export interface Invariant {
  readonly 1: Real
  readonly 2: Real
}

/** Puts a number into variables, for one lane and for two. */
export function invariant(
  { f, lanes }: Emission,
  name: string,
  value: Parameters<Lane['splat']>[0],
): Invariant {
  const single = f.let(name, value)
  return { 1: single, 2: f.let(name, lanes[2].splat(single) as Real & { type: 'v128' }) }
}

/** The float64, or two along the innermost axis, at a place. */
export function loadAt(lane: Lane, { pointer, offset, stride }: Access): Real {
  if (lane.width === 1 || stride === 1) return lane.load(pointer, offset)
  if (stride === 0) return lane.loadSplat(pointer, offset)
  const first = v128.load64_zero(pointer, offset)
  // A step backwards may not make the constant part of the address negative.
  const next = offset + 8 * stride
  return next >= 0
    ? v128.load64_lane(pointer, first, 1, next)
    : v128.load64_lane(i32.add(pointer, 8 * stride), first, 1, offset)
}

/** Writes the float64, or two along the innermost axis, at a place. */
export function storeAt({ f }: Emission, lane: Lane, { pointer, offset, stride }: Access, value: Real): void {
  if (lane.width === 1 || stride === 1) {
    lane.store(pointer, value, offset)
    return
  }
  const both = f.let('both', value as ReturnType<typeof f64x2.splat>)
  f.store64Lane(pointer, both, 0, offset)
  f.store64Lane(pointer, both, 1, offset + 8 * stride)
}
