/** Kernels that work element by element, with NumPy's broadcasting. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, registerLowerings } from '../lowering.ts'
import type { NumericType, Value } from '../values.ts'
import { activate, elu, leakyRelu, selu } from './activations.ts'

type Unary = (x: Node) => Node
type Binary = (a: Node, b: Node) => Node

/** `dtype` undefined: the operand's. */
const unary =
  (map: Unary, dtype?: NumericType): Lowering =>
  ({ x }) => ({ node: map(x.node), dtype: dtype ?? x.dtype })

export function broadcastAll(...nodes: Node[]): Node[] {
  const shape = nodes.map(node => node.shape).reduce(p.broadcastShape)
  return nodes.map(node => p.broadcastTo(node, shape))
}

const binary =
  (map: Binary, dtype?: NumericType): Lowering =>
  ({ a, b }) => {
    const [left, right] = broadcastAll(a.node, b.node)
    return { node: map(left, right), dtype: dtype ?? (a.dtype === 'bool' ? b.dtype : a.dtype) }
  }

const square = (x: Node): Node => p.multiply(x, x)

/** As int32: towards zero, and 0 for what is not finite. It does not wrap around at 2³¹. */
function toInteger(x: Node): Node {
  const zero = p.full(0, x.shape)
  const truncated = p.select(p.less(x, zero), p.ceil(x), p.floor(x))
  return p.select(p.isFinite(x), truncated, zero)
}

/** x's value as another type: 'int32' truncates, 'bool' asks whether it is not zero, 'complex64' is x + 0i. */
export function cast({ node, dtype: from }: Value, dtype: NumericType): Value {
  if (dtype === 'complex64') return { node, imaginary: p.full(0, node.shape), dtype }
  if (dtype === 'int32' && from === 'float32') return { node: toInteger(node), dtype }
  if (dtype === 'bool' && from !== 'bool') return { node: p.notEqual(node, p.full(0, node.shape)), dtype }
  return { node, dtype }
}

/** The operation on real numbers, its result as `dtype`, or as the operands' type. */
const integral =
  (map: Binary, dtype?: NumericType): Lowering =>
  ({ a, b }) => {
    const [left, right] = broadcastAll(a.node, b.node)
    return cast({ node: map(left, right), dtype: 'float32' }, dtype ?? a.dtype)
  }

/** a − b·⌊a/b⌋; where b is infinite, a if it has the sign of b, else NaN. */
function modulo(a: Node, b: Node): Node {
  const infinite = p.equal(p.absolute(b), p.full(Number.POSITIVE_INFINITY, b.shape))
  const within = p.multiply(
    p.isFinite(a),
    p.equal(p.less(a, p.full(0, a.shape)), p.less(b, p.full(0, b.shape))),
  )
  const kept = p.select(within, a, p.full(Number.NaN, a.shape))
  return p.select(infinite, kept, p.remainder(a, b))
}

/** a & b of 32 bits in two's complement, bit by bit: the last one counts −2³¹. */
function bitwiseAnd(a: Node, b: Node): Node {
  const two = p.full(2, a.shape)
  const terms = Array.from({ length: 32 }, (_, i) => {
    const bit = (x: Node): Node => p.remainder(p.floor(p.multiply(x, p.full(2 ** -i, x.shape))), two)
    return p.multiply(p.multiply(bit(a), bit(b)), p.full(i < 31 ? 2 ** i : -(2 ** 31), a.shape))
  })
  return terms.reduce(p.add)
}

/** x², x and 1/x are said as such: cheaper, and right at negative x. */
function power(a: Node, b: Node, exponent: Node): Node {
  const constant = exponent.primitive === 'constant' && exponent.attributes.value.length === 1
  const value = constant ? exponent.attributes.value[0] : undefined
  if (value === 2) return square(a)
  if (value === 1) return a
  if (value === -1) return p.reciprocal(a)
  return p.power(a, b)
}

/** x within [lowest, highest]; both ends belong to the region in which the derivative is 1, as in tfjs. */
function clip(x: Node, lowest: number, highest: number): Node {
  const [low, high] = [p.full(lowest, x.shape), p.full(highest, x.shape)]
  return p.select(p.less(x, low), low, p.select(p.greater(x, high), high, x))
}

const mathematical: Record<string, Unary> = {
  Acos: p.acos,
  Acosh: p.acosh,
  Asin: p.asin,
  Asinh: p.asinh,
  Atan: p.atan,
  Atanh: p.atanh,
  Cos: p.cos,
  Cosh: p.cosh,
  Erf: p.erf,
  Exp: p.exp,
  Expm1: p.expm1,
  Log: p.log,
  Log1p: p.log1p,
  Reciprocal: p.reciprocal,
  Rsqrt: x => p.reciprocal(p.squareRoot(x)),
  Sigmoid: p.logistic,
  Sin: p.sin,
  Sinh: p.sinh,
  Softplus: p.softplus,
  Sqrt: p.squareRoot,
  Tan: p.tan,
  Tanh: p.tanh,
}
// An int32 operand gives real numbers, where tfjs' backends disagree with each other.
for (const [kernel, map] of Object.entries(mathematical))
  registerLowerings({ [kernel]: unary(map, 'float32') })

registerLowerings({
  Abs: unary(p.absolute),
  Ceil: unary(p.ceil),
  Floor: unary(p.floor),
  Neg: unary(p.negate),
  Round: unary(p.round),
  Sign: unary(p.sign),
  Square: unary(square),
  IsFinite: unary(p.isFinite, 'bool'),
  IsInf: unary(x => p.equal(p.absolute(x), p.full(Number.POSITIVE_INFINITY, x.shape)), 'bool'),
  IsNan: unary(p.isNaN, 'bool'),
  LogicalNot: unary(x => p.subtract(p.full(1, x.shape), x), 'bool'),
  Step: ({ x: { node: x, dtype } }, { alpha = 0 }) => {
    const [zero, one, below, nan] = [0, 1, alpha, Number.NaN].map(value => p.full(value, x.shape))
    return { node: p.select(p.greater(x, zero), one, p.select(p.isNaN(x), nan, below)), dtype }
  },
  ClipByValue: ({ x }, { clipValueMin, clipValueMax }) => ({
    node: clip(x.node, clipValueMin, clipValueMax),
    dtype: x.dtype,
  }),
  Cast: ({ x }, { dtype }) => cast(x, dtype),
  Identity: ({ x }) => x,

  Relu: unary(x => activate('relu', x)),
  Relu6: unary(x => activate('relu6', x)),
  Elu: unary(elu, 'float32'),
  Selu: unary(selu, 'float32'),
  LeakyRelu: ({ x }, { alpha }) => ({
    node: leakyRelu(x.node, p.full(alpha, x.node.shape)),
    dtype: 'float32',
  }),
  Prelu: ({ x, alpha }) => {
    const [operand, slope] = broadcastAll(x.node, alpha.node)
    return { node: leakyRelu(operand, slope), dtype: 'float32' }
  },

  Add: binary(p.add),
  AddN: operands => {
    const terms = Object.values(operands)
    return { node: terms.map(term => term.node).reduce(p.add), dtype: terms[0].dtype }
  },
  Sub: binary(p.subtract),
  Multiply: binary(p.multiply),
  RealDiv: binary(p.divide, 'float32'),
  FloorDiv: integral((a, b) => p.floor(p.divide(a, b)), 'int32'),
  Mod: integral(modulo),
  Maximum: binary(p.maximum),
  Minimum: binary(p.minimum),
  Atan2: binary(p.atan2, 'float32'),
  SquaredDifference: binary((a, b) => square(p.subtract(a, b))),
  Pow: ({ a, b }) => {
    const [base, exponent] = broadcastAll(a.node, b.node)
    return cast({ node: power(base, exponent, b.node), dtype: 'float32' }, a.dtype)
  },

  BitwiseAnd: binary(bitwiseAnd),

  Equal: binary(p.equal, 'bool'),
  NotEqual: binary(p.notEqual, 'bool'),
  Less: binary(p.less, 'bool'),
  LessEqual: binary(p.lessEqual, 'bool'),
  Greater: binary(p.greater, 'bool'),
  GreaterEqual: binary(p.greaterEqual, 'bool'),
  LogicalAnd: binary(p.multiply, 'bool'),
  LogicalOr: binary(p.maximum, 'bool'),
  Select: ({ condition, t, e }) => {
    const shape = t.node.shape
    // A condition of rank 1 chooses among whole rows.
    const rows = condition.node.shape.length === 1 && shape.length > 1
    const choice = rows ? p.reshape(condition.node, [shape[0], ...shape.slice(1).fill(1)]) : condition.node
    return { node: p.select(p.broadcastTo(choice, shape), t.node, e.node), dtype: t.dtype }
  },
})
