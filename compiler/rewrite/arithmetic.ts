import type { Node } from '../graph.ts'
import {
  add,
  broadcastTo,
  full,
  multiply,
  negate,
  reciprocal,
  scalar,
  squareRoot,
  subtract,
} from '../primitives.ts'
import { isUniform, uniformValue } from './match.ts'
import type { Rule, Rules } from './normalise.ts'

/*
 * Identities of the field of real numbers. What they assume of floating point:
 *
 * - 0·x = 0, also where x is infinite or NaN. Zeros are mostly structural (what pad adds, the off-diagonal of an
 *   identity, the derivative of a branch not taken), and there 0·∞ = NaN would be wrong.
 * - x + 0 = x and 0 − x = −x, also where a zero changes its sign.
 * - Constant factors are gathered, c·(d·x) = (c·d)·x: the last bit may differ. Not where c·d overflows or underflows.
 * - Powers of ½, 3/2 … are roots, also at −∞, where the root is NaN and the power ∞.
 */

/** Neither 0, nor below the normal numbers, nor infinite, nor NaN. */
const isNormal = (c: number): boolean => Math.abs(c) >= 2 ** -1022 && Number.isFinite(c)

/** A power of two whose reciprocal is a normal number, too: dividing by it is multiplying by that. */
function isExactlyInvertible(c: number): boolean {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, c)
  const hasNoFraction = (view.getUint32(0) & 0xfffff) === 0 && view.getUint32(4) === 0
  return hasNoFraction && isNormal(c) && isNormal(1 / c)
}

const zeros = (node: Node): Node => full(0, node.shape)
const scaled = (c: number, x: Node): Node => multiply(broadcastTo(scalar(c), x.shape), x)

/** c and x of a product c·x with a constant. */
function constantFactor(node: Node): { factor: number; rest: Node } | undefined {
  if (node.primitive !== 'multiply') return undefined
  const [a, b] = node.operands
  const [onA, onB] = [uniformValue(a), uniformValue(b)]
  if (onA !== undefined) return { factor: onA, rest: b }
  return onB === undefined ? undefined : { factor: onB, rest: a }
}

/** Commutative primitives have their operands in order of creation, so that a + b and b + a are one node. */
const inOrder: Rule = ({ primitive, operands: [a, b] }) => {
  if (a.id <= b.id) return undefined
  return primitive === 'add' ? add(b, a) : multiply(b, a)
}

const addRule: Rule = ({ operands: [a, b] }) => {
  if (isUniform(a, 0)) return b
  if (isUniform(b, 0)) return a
  if (b.primitive === 'negate') return subtract(a, b.operands[0])
  if (a.primitive === 'negate') return subtract(b, a.operands[0])
  return undefined
}

const subtractRule: Rule = ({ operands: [a, b] }) => {
  if (isUniform(b, 0)) return a
  if (isUniform(a, 0)) return negate(b)
  if (b.primitive === 'negate') return add(a, b.operands[0])
  if (a.primitive === 'negate') return negate(add(a.operands[0], b))
  return undefined
}

const multiplyRule: Rule = node => {
  const [a, b] = node.operands
  const constant = constantFactor(node)
  if (constant) {
    const { factor, rest } = constant
    if (factor === 0) return zeros(node)
    if (factor === 1) return rest
    if (factor === -1) return negate(rest)
    if (rest.primitive === 'negate') return scaled(-factor, rest.operands[0])
    const inner = constantFactor(rest)
    if (inner && isNormal(factor * inner.factor)) return scaled(factor * inner.factor, inner.rest)
  }
  if (a.primitive === 'negate') return negate(multiply(a.operands[0], b))
  if (b.primitive === 'negate') return negate(multiply(a, b.operands[0]))
  return undefined
}

const divideRule: Rule = node => {
  const [a, b] = node.operands
  if (isUniform(b, 1)) return a
  if (isUniform(b, -1)) return negate(a)
  if (isUniform(a, 1)) return reciprocal(b)
  if (isUniform(a, 0)) return zeros(node)
  const divisor = uniformValue(b)
  return divisor !== undefined && isExactlyInvertible(divisor) ? scaled(1 / divisor, a) : undefined
}

const negateRule: Rule = ({ operands: [x] }) => {
  if (x.primitive === 'negate') return x.operands[0]
  if (x.primitive === 'subtract') return subtract(x.operands[1], x.operands[0])
  const constant = constantFactor(x)
  return constant && scaled(-constant.factor, constant.rest)
}

const powerRule: Rule = node => {
  const [x, exponent] = node.operands
  switch (uniformValue(exponent)) {
    case 0:
      return full(1, node.shape)
    case 1:
      return x
    case 2:
      return multiply(x, x)
    case 3:
      return multiply(multiply(x, x), x)
    case 4: {
      const square = multiply(x, x)
      return multiply(square, square)
    }
    case 0.5:
      return squareRoot(x)
    case 1.5:
      return multiply(x, squareRoot(x))
    case -0.5:
      return reciprocal(squareRoot(x))
    case -1.5: // gravity
      return reciprocal(multiply(x, squareRoot(x)))
    case -1:
      return reciprocal(x)
    case -2:
      return reciprocal(multiply(x, x))
    default:
      return undefined
  }
}

const selectRule: Rule = ({ operands: [condition, a, b] }) => {
  if (a === b) return a
  const known = uniformValue(condition)
  return known === undefined ? undefined : known !== 0 ? a : b
}

const absoluteRule: Rule = ({ operands: [x] }) =>
  x.primitive === 'absolute' || (x.primitive === 'multiply' && x.operands[0] === x.operands[1])
    ? x
    : undefined

export const arithmeticRules: Rules = {
  add: [addRule, inOrder],
  subtract: [subtractRule],
  multiply: [multiplyRule, inOrder],
  divide: [divideRule],
  negate: [negateRule],
  power: [powerRule],
  select: [selectRule],
  absolute: [absoluteRule],
}
