/** Leaves, and primitives that work element by element on operands of equal shape. */

import {
  type BinaryPrimitive,
  makeNode,
  type Node,
  type Shape,
  sameShape,
  sizeOf,
  type UnaryPrimitive,
} from '../graph.ts'
import { currentOrigin } from './origin.ts'
import { checkShape, shapeText } from './shapes.ts'

/** A leaf whose value is given at run time. */
export function input(name: string, shape: Shape): Node {
  checkShape(`input ${name}`, shape)
  return makeNode('input', [], [...shape], { name }, currentOrigin())
}

/** A leaf with this value, row-major; the array is copied. */
export function constant(value: ArrayLike<number>, shape: Shape): Node {
  checkShape('constant', shape)
  if (value.length !== sizeOf(shape)) {
    throw new RangeError(
      `constant: ${value.length} numbers do not fill ${shapeText(shape)}, which takes ${sizeOf(shape)}`,
    )
  }
  return makeNode('constant', [], [...shape], { value: Float64Array.from(value) }, currentOrigin())
}

/** A constant of shape []. */
export const scalar = (x: number): Node => constant([x], [])

/** The unary primitive of this name. */
export const unary =
  (primitive: UnaryPrimitive) =>
  (x: Node): Node =>
    makeNode(primitive, [x], x.shape, undefined, currentOrigin())

export const negate = unary('negate')
export const absolute = unary('absolute')
/** −1, 0 or 1. */
export const sign = unary('sign')
export const floor = unary('floor')
export const ceil = unary('ceil')
/** To the nearest whole number, halves to the even one. */
export const round = unary('round')
export const reciprocal = unary('reciprocal')
export const squareRoot = unary('squareRoot')
export const exp = unary('exp')
/** eˣ − 1. */
export const expm1 = unary('expm1')
export const log = unary('log')
/** log(1 + x). */
export const log1p = unary('log1p')
/** 1/(1 + e⁻ˣ). */
export const logistic = unary('logistic')
/** log(1 + eˣ). */
export const softplus = unary('softplus')
export const erf = unary('erf')
export const sin = unary('sin')
export const cos = unary('cos')
export const tan = unary('tan')
export const asin = unary('asin')
export const acos = unary('acos')
export const atan = unary('atan')
export const sinh = unary('sinh')
export const cosh = unary('cosh')
export const tanh = unary('tanh')
export const asinh = unary('asinh')
export const acosh = unary('acosh')
export const atanh = unary('atanh')
const nan = unary('isNaN')
const finite = unary('isFinite')

export { finite as isFinite, nan as isNaN }

function checkEqualShapes(primitive: string, operands: readonly Node[]): void {
  if (operands.some(operand => !sameShape(operand.shape, operands[0].shape))) {
    const shapes = operands.map(operand => shapeText(operand.shape)).join(', ')
    throw new RangeError(`${primitive}: operands must have equal shapes, not ${shapes}; broadcast them first`)
  }
}

/** The binary primitive of this name. */
export const binary =
  (primitive: BinaryPrimitive) =>
  (a: Node, b: Node): Node => {
    checkEqualShapes(primitive, [a, b])
    return makeNode(primitive, [a, b], a.shape, undefined, currentOrigin())
  }

export const add = binary('add')
export const subtract = binary('subtract')
export const multiply = binary('multiply')
export const divide = binary('divide')
/** aᵇ. */
export const power = binary('power')
/** The angle of the point (b, a): operands y, x as Math.atan2. */
export const atan2 = binary('atan2')
export const maximum = binary('maximum')
export const minimum = binary('minimum')
/** a − b·⌊a/b⌋. */
export const remainder = binary('remainder')
export const equal = binary('equal')
export const notEqual = binary('notEqual')
export const less = binary('less')
export const lessEqual = binary('lessEqual')
export const greater = binary('greater')
export const greaterEqual = binary('greaterEqual')

/** condition ≠ 0 ? a : b, element by element. */
export function select(condition: Node, a: Node, b: Node): Node {
  checkEqualShapes('select', [condition, a, b])
  return makeNode('select', [condition, a, b], a.shape, undefined, currentOrigin())
}
