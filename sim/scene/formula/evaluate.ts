import type { Formula } from './formula.ts'
import type { FunctionName } from './functions.ts'

/** The operations that a formula needs, on values of any kind: numbers, tensors, dual numbers … */
export interface Algebra<Value> {
  number(value: number): Value
  negate(a: Value): Value
  add(a: Value, b: Value): Value
  subtract(a: Value, b: Value): Value
  multiply(a: Value, b: Value): Value
  divide(a: Value, b: Value): Value
  power(a: Value, b: Value): Value
  /** min and max are given two arguments at a time; `pow` is `power`. */
  functions: { readonly [Name in Exclude<FunctionName, 'pow'>]: (...values: Value[]) => Value }
}

/** Whole exponents up to this are products, so that every algebra computes x², x³ … in the same way, for x < 0 too. */
const greatestProduct = 16

/**
 * The value of a formula in an algebra. `scope` gives every name on which it depends, the coordinates of points as
 * `p1.x`.
 *
 * @throws Error if the scope lacks a name; a validated scene's formulas have none such
 * @example evaluateFormula(parseFormula('2*x^2'), numberAlgebra, new Map([['x', 3]])) // 18
 */
export function evaluateFormula<Value>(
  formula: Formula,
  algebra: Algebra<Value>,
  scope: ReadonlyMap<string, Value>,
): Value {
  const evaluate = (node: Formula): Value => {
    switch (node.kind) {
      case 'number':
        return algebra.number(node.value)
      case 'name': {
        const value = scope.get(node.name)
        if (value === undefined) throw new Error(`the name "${node.name}" has no value here`)
        return value
      }
      case 'negate':
        return node.operand.kind === 'number'
          ? algebra.number(-node.operand.value)
          : algebra.negate(evaluate(node.operand))
      case 'binary':
        switch (node.operator) {
          case '+':
            return algebra.add(evaluate(node.left), evaluate(node.right))
          case '-':
            return algebra.subtract(evaluate(node.left), evaluate(node.right))
          case '*':
            return algebra.multiply(evaluate(node.left), evaluate(node.right))
          case '/':
            return algebra.divide(evaluate(node.left), evaluate(node.right))
          case '^':
            return power(node.left, node.right)
        }
        break
      case 'call': {
        if (node.function === 'pow') return power(node.arguments[0], node.arguments[1])
        const operation = algebra.functions[node.function]
        const values = node.arguments.map(evaluate)
        if (node.function === 'min' || node.function === 'max')
          return values.reduce((a, b) => operation(a, b))
        return operation(...values)
      }
    }
  }
  const power = (base: Formula, exponent: Formula): Value => {
    const n = literal(exponent)
    if (n === 0.5) return algebra.functions.sqrt(evaluate(base))
    if (n === undefined || !Number.isInteger(n) || n === 0 || Math.abs(n) > greatestProduct)
      return algebra.power(evaluate(base), evaluate(exponent))
    const product = repeatedProduct(evaluate(base), Math.abs(n), algebra)
    return n > 0 ? product : algebra.divide(algebra.number(1), product)
  }
  return evaluate(formula)
}

/** The number that the formula is, if it is one: `2`, `-2`. */
function literal(formula: Formula): number | undefined {
  if (formula.kind === 'number') return formula.value
  if (formula.kind === 'negate' && formula.operand.kind === 'number') return -formula.operand.value
  return undefined
}

/** aⁿ for n ≥ 1, by squaring. */
function repeatedProduct<Value>(a: Value, n: number, algebra: Algebra<Value>): Value {
  if (n === 1) return a
  const half = repeatedProduct(a, Math.floor(n / 2), algebra)
  const square = algebra.multiply(half, half)
  return n % 2 === 0 ? square : algebra.multiply(square, a)
}
