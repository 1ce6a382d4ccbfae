import jsep from 'jsep'
import { suggestion } from '../suggest.ts'
import type { BinaryOperator, Formula } from './formula.ts'
import { constants, functionArity, functionNames, isFunctionName } from './functions.ts'

/** A formula that cannot be read: `index` and `length` say which part of its text is wrong. */
export class FormulaError extends Error {
  override readonly name = 'FormulaError'
  readonly index: number
  readonly length: number

  constructor(message: string, index: number, length = 1) {
    super(message)
    this.index = index
    this.length = length
  }
}

/** Bounds on what is accepted: no formula that a person writes comes near them. */
const longestText = 10_000
const deepestNesting = 100

/** What this file uses of jsep's parser; its published types cover only the function. */
interface JsepParser {
  readonly expr: string
  readonly char: string
  readonly code: number
  index: number
  parse(): jsep.Expression
  gobbleSpaces(): void
  gobbleExpression(): Positioned | false
  gobbleToken(): Positioned | false
  gobbleIdentifier(): Positioned
  gobbleBinaryOp(): string | false
  throwError(message: string): never
}

type Positioned = jsep.Expression & { start?: number }

const Jsep = (jsep as unknown as { Jsep: new (text: string) => JsepParser }).Jsep

/**
 * jsep's parser with three changes: every token knows where it starts; `^` is a power that binds tighter than a sign
 * on its left and associates to the right, as in mathematics (−x^2 = −(x²), 2^−x^y = 2^(−(x^y))); and there is no
 * list of several expressions. Nothing of jsep's global configuration is touched.
 */
class FormulaParser extends Jsep {
  private depth = 0

  override gobbleToken(): Positioned | false {
    this.gobbleSpaces()
    const start = this.index
    if (++this.depth > deepestNesting)
      throw new FormulaError(`nested more than ${deepestNesting} levels deep`, start)
    const token = super.gobbleToken()
    if (token) token.start ??= start
    const result = token && this.char === '^' ? this.gobblePower(token, start) : token
    this.depth--
    return result
  }

  private gobblePower(base: Positioned, start: number): Positioned {
    this.index++
    const exponent = this.gobbleToken()
    if (!exponent) throw new FormulaError('an exponent is missing after "^"', this.index - 1)
    return { type: 'BinaryExpression', operator: '^', left: base, right: exponent, start }
  }

  override gobbleIdentifier(): Positioned {
    const start = this.index
    return Object.assign(super.gobbleIdentifier(), { start })
  }

  override gobbleBinaryOp(): string | false {
    this.gobbleSpaces()
    const start = this.index
    const operator = super.gobbleBinaryOp()
    if (!operator || '+-*/'.includes(operator)) return operator
    if (operator === '**') throw new FormulaError('no operator "**": a power is written "^"', start, 2)
    throw new FormulaError(`no operator "${operator}": formulas have + - * / and ^`, start, operator.length)
  }

  gobbleExpressions(until?: number): Positioned[] {
    const expression = this.gobbleExpression()
    this.gobbleSpaces()
    if (this.index < this.expr.length && this.code !== until) {
      throw new FormulaError(
        expression
          ? `"${this.char}" is not expected here: an operator such as * is missing`
          : `"${this.char}" is not expected here`,
        this.index,
      )
    }
    return expression ? [expression] : []
  }
}

/**
 * Reads a formula: numbers, names, the coordinates of points (`p1.x`), `+ - * / ^`, parentheses, the functions of
 * `functions.ts`, `pi` and `e`. Nothing is evaluated as code.
 *
 * @throws FormulaError with the index in `text` at which it is wrong
 * @example dependencies(parseFormula('-mu*x^2')) // ['mu', 'x']
 */
export function parseFormula(text: string | number): Formula {
  if (typeof text === 'number') return { kind: 'number', value: text, start: 0 }
  if (text.length > longestText) throw new FormulaError(`longer than ${longestText} characters`, 0)
  if (text.trim() === '') throw new FormulaError('the formula is empty', 0)
  try {
    return toFormula(new FormulaParser(text).parse(), text)
  } catch (error) {
    if (error instanceof FormulaError) throw error
    const { index, description } = error as { index?: number; description?: string }
    if (index === undefined || description === undefined) throw error
    throw new FormulaError(inOurWords(description), Math.max(0, Math.min(index, text.length - 1)))
  }
}

function inOurWords(description: string): string {
  if (description.startsWith('Expected expression after'))
    return `something is missing after "${description.slice(26)}"`
  if (description === 'missing unaryOp argument') return 'something is missing after the sign'
  if (description === 'Unclosed (') return '")" is missing'
  if (description === 'Expected )') return '")" is missing'
  return description[0].toLowerCase() + description.slice(1)
}

function toFormula(node: Positioned, text: string): Formula {
  const start = node.start ?? 0
  switch (node.type) {
    case 'Literal':
      return number(node.value, String(node.raw), start)
    case 'Identifier': {
      const name = node.name as string
      const constant = constants.get(name)
      if (constant !== undefined) return { kind: 'number', value: constant, start }
      if (isFunctionName(name))
        throw new FormulaError(`"${name}" is a function: write ${name}(…)`, start, name.length)
      return { kind: 'name', name, start }
    }
    case 'MemberExpression': {
      const [object, property] = [node.object as Positioned, node.property as Positioned]
      if (node.computed || node.optional || object.type !== 'Identifier')
        throw new FormulaError('only the coordinates of a point are written so, such as p1.x', start)
      return { kind: 'name', name: `${object.name}.${property.name}`, start }
    }
    case 'UnaryExpression': {
      if (node.operator !== '-' && node.operator !== '+')
        throw new FormulaError(`no operator "${node.operator}": formulas have + - * / and ^`, start)
      const operand = toFormula(node.argument as Positioned, text)
      return node.operator === '-' ? { kind: 'negate', operand, start } : operand
    }
    case 'BinaryExpression': {
      const left = toFormula(node.left as Positioned, text)
      const right = toFormula(node.right as Positioned, text)
      return { kind: 'binary', operator: node.operator as BinaryOperator, left, right, start: left.start }
    }
    case 'CallExpression':
      return call(node, text, start)
    case 'ThisExpression':
      return { kind: 'name', name: 'this', start }
    default:
      throw new FormulaError('formulas have numbers, names, + - * / ^ and functions', start)
  }
}

function number(value: unknown, raw: string, start: number): Formula {
  if (typeof value === 'string')
    throw new FormulaError('a formula has no text in quotation marks', start, raw.length)
  if (typeof value !== 'number') return { kind: 'name', name: raw, start }
  if (!Number.isFinite(value)) throw new FormulaError(`${raw} is not a finite number`, start, raw.length)
  return { kind: 'number', value, start }
}

function call(node: Positioned, text: string, start: number): Formula {
  const callee = node.callee as Positioned
  const name = callee.type === 'Identifier' ? (callee.name as string) : undefined
  if (name === undefined)
    throw new FormulaError('only a function is called: an operator such as * is missing', start)
  if (!isFunctionName(name)) {
    const hint = suggestion(name, functionNames) || ': is an operator such as * missing?'
    throw new FormulaError(`no function "${name}"${hint}`, start, name.length)
  }
  const given = node.arguments as Positioned[]
  const [least, greatest] = functionArity[name]
  if (given.length < least || given.length > greatest) {
    const wanted = least === greatest ? `${least}` : `at least ${least}`
    throw new FormulaError(
      `${name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${given.length}`,
      start,
      name.length,
    )
  }
  return { kind: 'call', function: name, arguments: given.map(argument => toFormula(argument, text)), start }
}
