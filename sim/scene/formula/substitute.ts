import type { Formula } from './formula.ts'

/** The formula with formulas in place of some of its names. */
export function substitute(formula: Formula, values: ReadonlyMap<string, Formula>): Formula {
  switch (formula.kind) {
    case 'number':
      return formula
    case 'name':
      return values.get(formula.name) ?? formula
    case 'negate':
      return { ...formula, operand: substitute(formula.operand, values) }
    case 'binary':
      return { ...formula, left: substitute(formula.left, values), right: substitute(formula.right, values) }
    case 'call':
      return { ...formula, arguments: formula.arguments.map(argument => substitute(argument, values)) }
  }
}
