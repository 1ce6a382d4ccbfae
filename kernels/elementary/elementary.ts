import { call, type Lane, type ModuleBuilder, type Real, scalarLane, vectorLane } from '../wasm/index.ts'
import { erf } from './errorFunction.ts'
import { cosh, exp, expm1, logistic, sinh, tanh } from './exponential.ts'
import { acos, asin, atan, atan2 } from './inverseTrigonometric.ts'
import { acosh, asinh, atanh, log, log1p, softplus } from './logarithm.ts'
import { power } from './power.ts'
import { remainder } from './remainder.ts'
import { cos, sin, tan } from './trigonometric.ts'

/** Emits a function of one or two operands, each a variable. */
type Unary = (lane: Lane, a: Real, module: ModuleBuilder) => Real
type Binary = (lane: Lane, a: Real, b: Real, module: ModuleBuilder) => Real

interface Elementary<E> {
  /** `inline`: emitted where it is used. `call`: emitted once in the module, for one float64 or two, and called. */
  readonly form: 'inline' | 'call'
  readonly emit: E
}
const inline = <E>(emit: E): Elementary<E> => ({ form: 'inline', emit })
const called = <E>(emit: E): Elementary<E> => ({ form: 'call', emit })
const comparison = (compare: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge') =>
  inline<Binary>((lane, a, b) => lane.truth(lane[compare](a, b)))

/** The elementwise primitives of one operand. */
export const unaryFunctions = {
  negate: inline<Unary>((lane, a) => lane.neg(a)),
  absolute: inline<Unary>((lane, a) => lane.abs(a)),
  /** ±1; ±0 and NaN are their own signs. */
  sign: inline<Unary>((lane, a) => lane.select(lane.gt(lane.abs(a), 0), lane.copysign(1, a), a)),
  floor: inline<Unary>((lane, a) => lane.floor(a)),
  ceil: inline<Unary>((lane, a) => lane.ceil(a)),
  round: inline<Unary>((lane, a) => lane.nearest(a)),
  reciprocal: inline<Unary>((lane, a) => lane.div(1, a)),
  squareRoot: inline<Unary>((lane, a) => lane.sqrt(a)),
  exp: inline<Unary>(exp),
  expm1: called<Unary>(expm1),
  log: inline<Unary>(log),
  log1p: called<Unary>(log1p),
  logistic: inline<Unary>(logistic),
  softplus: called<Unary>(softplus),
  erf: called<Unary>(erf),
  sin: inline<Unary>(sin),
  cos: inline<Unary>(cos),
  tan: called<Unary>(tan),
  asin: called<Unary>(asin),
  acos: called<Unary>(acos),
  atan: called<Unary>(atan),
  sinh: called<Unary>(sinh),
  cosh: called<Unary>(cosh),
  tanh: inline<Unary>(tanh),
  asinh: called<Unary>(asinh),
  acosh: called<Unary>(acosh),
  atanh: called<Unary>(atanh),
  isNaN: inline<Unary>((lane, a) => lane.truth(lane.ne(a, a))),
  isFinite: inline<Unary>((lane, a) => lane.truth(lane.lt(lane.abs(a), Infinity))),
}

/** The elementwise primitives of two operands. */
export const binaryFunctions = {
  add: inline<Binary>((lane, a, b) => lane.add(a, b)),
  subtract: inline<Binary>((lane, a, b) => lane.sub(a, b)),
  multiply: inline<Binary>((lane, a, b) => lane.mul(a, b)),
  divide: inline<Binary>((lane, a, b) => lane.div(a, b)),
  power: called<Binary>(power),
  atan2: called<Binary>(atan2),
  maximum: inline<Binary>((lane, a, b) => lane.max(a, b)),
  minimum: inline<Binary>((lane, a, b) => lane.min(a, b)),
  remainder: called<Binary>(remainder),
  equal: comparison('eq'),
  notEqual: comparison('ne'),
  less: comparison('lt'),
  lessEqual: comparison('le'),
  greater: comparison('gt'),
  greaterEqual: comparison('ge'),
}

export type UnaryName = keyof typeof unaryFunctions
export type BinaryName = keyof typeof binaryFunctions
export type ElementaryName = UnaryName | BinaryName

/** Every elementwise primitive by name. */
export const elementaryFunctions: Readonly<Record<ElementaryName, Elementary<Unary> | Elementary<Binary>>> = {
  ...unaryFunctions,
  ...binaryFunctions,
}

/**
 * The value of an elementwise primitive, for one float64 or for two with the same bits in each. Functions that are
 * too long to repeat are added to the module, once, and called. The value is an expression: use it once, or `let` it.
 *
 *     const y = emitElementary(module, lane, 'tanh', lane.add(lane.load(p), lane.load(q)))
 */
export function emitElementary(module: ModuleBuilder, lane: Lane, name: UnaryName, a: Real): Real
export function emitElementary(module: ModuleBuilder, lane: Lane, name: BinaryName, a: Real, b: Real): Real
export function emitElementary(
  module: ModuleBuilder,
  lane: Lane,
  name: ElementaryName,
  ...operands: Real[]
): Real
export function emitElementary(
  module: ModuleBuilder,
  lane: Lane,
  name: ElementaryName,
  ...operands: Real[]
): Real {
  const { form, emit } = elementaryFunctions[name]
  const arity = name in unaryFunctions ? 1 : 2
  if (operands.length !== arity) {
    throw new TypeError(`${name} takes ${arity} operand(s), and was given ${operands.length}`)
  }
  const apply = (lane: Lane, values: readonly Real[]): Real =>
    arity === 1
      ? (emit as Unary)(lane, values[0], module)
      : (emit as Binary)(lane, values[0], values[1], module)
  if (form === 'inline')
    return apply(
      lane,
      operands.map((operand, i) => lane.let('ab'[i], operand)),
    )

  const key = `${name}${lane.width === 1 ? '' : 'Of2'}`
  const parameters = Object.fromEntries(operands.map((_, i) => ['ab'[i], lane.type] as const))
  const callee = module.once(`elementary.${key}`, () =>
    module.function(key, parameters, [lane.type], (f, locals) =>
      apply(lane.width === 1 ? scalarLane(f) : vectorLane(f), Object.values(locals)),
    ),
  )
  return call<'f64' | 'v128'>(callee, ...operands)
}
