/**
 * Partial derivatives of the elementwise primitives: each entry multiplies t by ∂y/∂x, element by element.
 *
 * At a kink the derivative is the mean of both sides: |x|′ = 0 at 0, and of max(a, b) at a = b each operand gets
 * half. That is the convention under which max(a, −a) = |a| and max(a, b) = max(b, a) keep their derivatives.
 * A piecewise constant primitive has derivative zero, at its jumps too.
 */

import type { BinaryPrimitive, Node, UnaryPrimitive } from '../graph.ts'
import * as p from '../primitives.ts'
import { type Derivative, diagonal, type Rule, type Rules, times, zero } from './rule.ts'

/** t·∂y/∂x. */
type UnaryPartial = (t: Node, x: Node, y: Node) => Derivative
/** t·∂y/∂a. */
type BinaryPartial = (t: Node, a: Node, b: Node, y: Node) => Derivative

const { add, cos, divide, equal, exp, full, greater, log, logistic, multiply, negate, power } = p
const { select, sign, sinh, squareRoot, subtract } = p

const square = (x: Node): Node => multiply(x, x)
const one = (like: Node): Node => full(1, like.shape)
/** 1 + x and 1 − x. */
const onePlus = (x: Node): Node => add(one(x), x)
const oneMinus = (x: Node): Node => subtract(one(x), x)

type LocallyConstant =
  | ('sign' | 'floor' | 'ceil' | 'round' | 'isNaN' | 'isFinite')
  | ('equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual')

const unaryPartials: { [P in Exclude<UnaryPrimitive, LocallyConstant>]: UnaryPartial } = {
  negate: t => negate(t),
  absolute: (t, x) => multiply(t, sign(x)),
  reciprocal: (t, _, y) => negate(multiply(t, square(y))),
  squareRoot: (t, _, y) => times(0.5, divide(t, y)),
  exp: (t, _, y) => multiply(t, y),
  expm1: (t, x) => multiply(t, exp(x)), // not y + 1, which cancels where x ≪ 0
  log: (t, x) => divide(t, x),
  log1p: (t, x) => divide(t, onePlus(x)),
  logistic: (t, _, y) => multiply(t, multiply(y, oneMinus(y))),
  softplus: (t, x) => multiply(t, logistic(x)),
  erf: (t, x) => multiply(t, times(2 / Math.sqrt(Math.PI), exp(negate(square(x))))),
  sin: (t, x) => multiply(t, cos(x)),
  cos: (t, x) => negate(multiply(t, p.sin(x))),
  tan: (t, _, y) => multiply(t, onePlus(square(y))),
  asin: (t, x) => divide(t, squareRoot(multiply(oneMinus(x), onePlus(x)))),
  acos: (t, x) => negate(divide(t, squareRoot(multiply(oneMinus(x), onePlus(x))))),
  atan: (t, x) => divide(t, onePlus(square(x))),
  sinh: (t, x) => multiply(t, p.cosh(x)),
  cosh: (t, x) => multiply(t, sinh(x)),
  tanh: (t, _, y) => multiply(t, oneMinus(square(y))),
  asinh: (t, x) => divide(t, squareRoot(onePlus(square(x)))),
  acosh: (t, x) => divide(t, squareRoot(multiply(subtract(x, one(x)), onePlus(x)))),
  atanh: (t, x) => divide(t, multiply(oneMinus(x), onePlus(x))),
}

/** t where a wins, half of it on a tie, else 0. */
const winner = (t: Node, a: Node, b: Node): Node => {
  const zeros = full(0, t.shape)
  return select(greater(a, b), t, select(equal(a, b), times(0.5, t), zeros))
}

/** c where the node is the constant c throughout, else undefined. */
function uniformConstant(node: Node): number | undefined {
  if (node.primitive === 'reshape' || node.primitive === 'broadcast') return uniformConstant(node.operands[0])
  if (node.primitive !== 'constant') return undefined
  const [first] = node.attributes.value
  return node.attributes.value.every(x => x === first) ? first : undefined
}

/**
 * ∂aᵇ/∂a = b·aᵇ⁻¹. At a = b = 0 that would be 0·∞, but x⁰ is 1 throughout, so its derivative is 0: the exponent is
 * replaced there, not the product, so that no ∞ enters a derivative of this derivative.
 */
const powerByBase: BinaryPartial = (t, a, b) => {
  const c = uniformConstant(b)
  if (c === 0) return null
  if (c === 1) return t
  if (c === 2) return multiply(t, times(2, a))
  if (c !== undefined) return multiply(t, times(c, power(a, full(c - 1, a.shape))))
  const zeros = full(0, a.shape)
  const bothZero = multiply(equal(a, zeros), equal(b, zeros))
  return multiply(t, multiply(b, power(a, select(bothZero, one(b), subtract(b, one(b))))))
}

/** ∂aᵇ/∂b = aᵇ·log a, which is 0 at a = 0 < b: where aᵇ = 0 the logarithm is taken of 1. NaN where a < 0. */
const powerByExponent: BinaryPartial = (t, a, _b, y) => {
  const vanishes = equal(y, full(0, y.shape))
  return multiply(t, multiply(y, log(select(vanishes, one(a), a))))
}

const binaryPartials: { [P in Exclude<BinaryPrimitive, LocallyConstant>]: [BinaryPartial, BinaryPartial] } = {
  add: [t => t, t => t],
  subtract: [t => t, t => negate(t)],
  multiply: [(t, _, b) => multiply(t, b), (t, a) => multiply(t, a)],
  divide: [(t, _, b) => divide(t, b), (t, _, b, y) => negate(divide(multiply(t, y), b))],
  power: [powerByBase, powerByExponent],
  atan2: [
    (t, y, x) => multiply(t, divide(x, add(square(x), square(y)))),
    (t, y, x) => negate(multiply(t, divide(y, add(square(x), square(y))))),
  ],
  maximum: [winner, (t, a, b) => winner(t, b, a)],
  minimum: [(t, a, b) => winner(t, b, a), winner],
  remainder: [t => t, (t, a, b) => negate(multiply(t, p.floor(divide(a, b))))],
}

const unaryRule = (partial: UnaryPartial): Rule<Node> => diagonal((y, t) => partial(t, y.operands[0], y))

const binaryRule = (partials: [BinaryPartial, BinaryPartial]): Rule<Node> =>
  diagonal((y, t, i) => partials[i](t, y.operands[0], y.operands[1], y))

const mapValues = <K extends string, V, W>(table: Record<K, V>, map: (value: V) => W): Record<K, W> =>
  Object.fromEntries(Object.entries<V>(table).map(([key, value]) => [key, map(value)])) as Record<K, W>

export const locallyConstantRules: Rules<LocallyConstant> = {
  sign: zero,
  floor: zero,
  ceil: zero,
  round: zero,
  isNaN: zero,
  isFinite: zero,
  equal: zero,
  notEqual: zero,
  less: zero,
  lessEqual: zero,
  greater: zero,
  greaterEqual: zero,
}

export const elementwiseRules: Rules<UnaryPrimitive | BinaryPrimitive | 'select'> = {
  ...locallyConstantRules,
  ...mapValues(unaryPartials, unaryRule),
  ...mapValues(binaryPartials, binaryRule),
  select: diagonal((y, t, i) => {
    const zeros = full(0, t.shape)
    if (i === 0) return null
    return i === 1 ? select(y.operands[0], t, zeros) : select(y.operands[0], zeros, t)
  }),
}
