/** The equations of a scene as source text for its peers, written as one would by hand. */

import type { Scene } from '../../sim/index.ts'

export type EquationsSystem = Extract<Scene['system'], { type: 'equations' }>
type Formula = EquationsSystem['derivatives'][string]

interface Language {
  /** A component of the state. */
  state(index: number): string
  power(base: string, exponent: string, value: number | undefined): string
  call(name: string, operands: string): string
}

const c: Language = {
  state: index => `y[${index}]`,
  call: (name, operands) => `${name}(${operands})`,
  power(base, exponent, value) {
    const known = new Map([
      [2, 'square'],
      [3, 'cube'],
      [1.5, 'threeHalves'],
    ]).get(value ?? Number.NaN)
    return known ? `${known}(${base})` : `pow(${base}, ${exponent})`
  },
}

const python: Language = {
  state: index => `y[${index}]`,
  call: (name, operands) => `m.${name}(${operands})`,
  power: (base, exponent, value) =>
    value === 1.5 ? `(${base})*m.sqrt(${base})` : `(${base})**(${exponent})`,
}

/** `rhs(t, y, dydt)` in C. */
export function sourceInC(system: EquationsSystem): string {
  const { constants, definitions, derivatives } = statements(system, c)
  return [
    'static void rhs(double t, const double *y, double *dydt) {',
    ...[...constants, ...definitions].map(([name, value]) => `  const double ${name} = ${value};`),
    ...derivatives.map((value, i) => `  dydt[${i}] = ${value};`),
    '}',
  ].join('\n')
}

/** `rhs(t, y, m)` in Python, with m the module of functions. */
export function sourceInPython(system: EquationsSystem): string {
  const { constants, definitions, derivatives } = statements(system, python)
  return [
    'def rhs(t, y, m):',
    ...[...constants, ...definitions].map(([name, value]) => `    ${name} = ${value}`),
    `    return [${derivatives.join(', ')}]`,
  ].join('\n')
}

function statements(system: EquationsSystem, language: Language) {
  const names = Object.keys(system.state)
  const places = new Map(names.map((name, i) => [name, language.state(i)]))
  const text = (formula: Formula): string => expression(formula, name => places.get(name) ?? name, language)
  return {
    constants: Object.entries(system.parameters).map(([name, value]) => [name, value.toExponential()]),
    definitions: Object.entries(system.definitions).map(([name, formula]) => [name, text(formula)]),
    derivatives: names.map(name => text(system.derivatives[name])),
  }
}

function expression(formula: Formula, nameOf: (name: string) => string, language: Language): string {
  const text = (part: unknown): string => expression(part as Formula, nameOf, language)
  switch (formula.kind) {
    case 'number':
      return formula.value.toExponential()
    case 'name':
      return nameOf(formula.name)
    case 'negate':
      return `(-${text(formula.operand)})`
    case 'call':
      return language.call(formula.function, formula.arguments.map(text).join(', '))
    case 'binary': {
      const [left, right] = [text(formula.left), text(formula.right)]
      if (formula.operator !== '^') return `(${left} ${formula.operator} ${right})`
      return language.power(left, right, formula.right.kind === 'number' ? formula.right.value : undefined)
    }
  }
}
