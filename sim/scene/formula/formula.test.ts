import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sin } from '../../../kernels/elementary/numbers.ts'
import { evaluateFormula } from './evaluate.ts'
import { dependencies } from './formula.ts'
import { numberAlgebra } from './numberAlgebra.ts'
import { FormulaError, parseFormula } from './parse.ts'

const value = (text: string, scope: Record<string, number> = {}) =>
  evaluateFormula(parseFormula(text), numberAlgebra, new Map(Object.entries(scope)))

const errorOf = (text: string): FormulaError => {
  try {
    parseFormula(text)
  } catch (error) {
    if (error instanceof FormulaError) return error
    throw error
  }
  throw new Error(`"${text}" was accepted`)
}

describe('parseFormula', () => {
  it('gives ^ the precedence and associativity of mathematics', () => {
    expect(value('-x^2', { x: 3 })).toBe(-9)
    expect(value('2^3^2')).toBe(512)
    expect(value('2^-1')).toBe(0.5)
    expect(value('2^-x^2', { x: 2 })).toBe(2 ** -4)
    expect(value('2*x^2*3', { x: 5 })).toBe(150)
    expect(value('-2^2 + 1')).toBe(-3)
    expect(value('(-2)^2')).toBe(4)
    expect(value('sin(x)^2 + cos(x)^2', { x: 0.3 })).toBeCloseTo(1, 15)
    expect(value('p1.x^2', { 'p1.x': 3 })).toBe(9)
    expect(value('a - b - c', { a: 1, b: 2, c: 3 })).toBe(-4)
    expect(value('a / b / c', { a: 12, b: 2, c: 3 })).toBe(2)
    expect(value('+x', { x: 3 })).toBe(3)
    expect(value('x^-2', { x: -2 })).toBe(0.25)
    expect(value('x^0', { x: 0 })).toBe(1)
  })

  it('knows the constants and the numbers of YAML', () => {
    expect(value('2*pi')).toBe(2 * Math.PI)
    expect(value('log(e)')).toBe(1)
    expect(value('1.5e-3 + .5 + 1E2')).toBe(1.5e-3 + 0.5 + 1e2)
    expect(evaluateFormula(parseFormula(9.81), numberAlgebra, new Map())).toBe(9.81)
  })

  it('agrees with JavaScript on random formulas', () => {
    const leaf = fc.constantFrom('a', 'b', '2', '0.5', '3.25')
    const { expression } = fc.letrec<{ expression: string }>(tie => ({
      expression: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/'), tie('expression'))
          .map(x => x.join(' ')),
        tie('expression').map(x => `(${x})`),
        tie('expression').map(x => `-(${x})`),
        tie('expression').map(x => `sin(${x})`),
        tie('expression').map(x => `max(${x}, a, 1)`),
      ),
    }))
    fc.assert(
      fc.property(expression, text => {
        const javascript = new Function('a', 'b', 'sin', 'max', `return ${text}`)
        expect(value(text, { a: 0.7, b: -1.3 })).toBe(javascript(0.7, -1.3, sin, Math.max))
      }),
    )
  })

  it('lists what a formula depends on', () => {
    expect(dependencies(parseFormula('p1.x + l2*sin(b) + b*t + pi'))).toEqual(['p1.x', 'l2', 'b', 't'])
  })

  it.each([
    ['a+', 1, 'missing after "+"'],
    ['a b', 2, 'operator'],
    ['2 x', 2, 'operator'],
    ['sin(', 3, '")"'],
    ['(a', 1, '")"'],
    ['a)', 1, '")"'],
    ['a,', 1, '","'],
    ['(a, b)', 2, '","'],
    ['a; b', 1, '";"'],
    ['a ** 2', 2, 'written "^"'],
    ['a % 2', 2, 'no operator "%"'],
    ['a == 2', 2, 'no operator "=="'],
    ['a ? b : c', 0, '+ - * / ^'],
    ['!a', 0, 'no operator "!"'],
    ['a[0]', 0, 'coordinates of a point'],
    ['"a"', 0, 'quotation'],
    ['a + sni(b)', 4, 'Did you mean "sin"?'],
    ['a + constructor(b)', 4, 'no function "constructor"'],
    ['toString()', 0, 'no function "toString"'],
    ['sin(a, b)', 0, 'sin takes 1 argument, not 2'],
    ['min(a)', 0, 'at least 2'],
    ['2*sin', 2, 'is a function'],
    ['a(b)', 0, 'operator'],
    ['a^', 1, 'exponent'],
    ['1.2.3', 3, 'period'],
    ['', 0, 'empty'],
    ['1e999', 0, 'finite'],
  ])('says what is wrong with %j', (text, index, part) => {
    const error = errorOf(text)
    expect(error.message).toContain(part)
    expect(error.index).toBe(index)
  })

  it("treats the names of JavaScript's objects as unknown names", () => {
    for (const name of ['constructor', '__proto__', 'this', 'true', 'null', 'hasOwnProperty']) {
      expect(dependencies(parseFormula(`1 + ${name}`))).toEqual([name])
      expect(() => value(`1 + ${name}`)).toThrow('has no value')
    }
  })

  it('bounds length and depth', () => {
    expect(errorOf('1+'.repeat(10_000)).message).toContain('longer')
    expect(errorOf(`${'('.repeat(4000)}1${')'.repeat(4000)}`).message).toContain('deep')
    expect(errorOf(`${'-'.repeat(4000)}1`).message).toContain('deep')
    expect(errorOf(`1${'^1'.repeat(4000)}`).message).toContain('deep')
    expect(value(`1${'+1'.repeat(4000)}`)).toBe(4001)
  })

  it('answers any text with a formula or a FormulaError inside the text', () => {
    const characters = fc.constantFrom(...'ab1.+-*/^()[]{}"\',;=<>!?:_ \tsin\\$#@`'.split(''))
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 12 }), text => {
        try {
          parseFormula(text)
        } catch (error) {
          expect(error).toBeInstanceOf(FormulaError)
          expect((error as FormulaError).index).toBeGreaterThanOrEqual(0)
          expect((error as FormulaError).index).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
