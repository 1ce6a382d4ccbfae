import type { FunctionName } from './functions.ts'

export type BinaryOperator = '+' | '-' | '*' | '/' | '^'

/**
 * A parsed formula. `start` is the index in its text at which the node begins. Names are resolved when it is
 * evaluated; the coordinate of a point is one name, `p1.x`; the constants `pi` and `e` are numbers already.
 */
export type Formula =
  | { readonly kind: 'number'; readonly value: number; readonly start: number }
  | { readonly kind: 'name'; readonly name: string; readonly start: number }
  | { readonly kind: 'negate'; readonly operand: Formula; readonly start: number }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Formula
      readonly right: Formula
      readonly start: number
    }
  | {
      readonly kind: 'call'
      readonly function: FunctionName
      readonly arguments: readonly Formula[]
      readonly start: number
    }

/** Every use of a name in the formula, in the order of the text. */
export function namesIn(formula: Formula): { name: string; start: number }[] {
  switch (formula.kind) {
    case 'number':
      return []
    case 'name':
      return [{ name: formula.name, start: formula.start }]
    case 'negate':
      return namesIn(formula.operand)
    case 'binary':
      return [...namesIn(formula.left), ...namesIn(formula.right)]
    case 'call':
      return formula.arguments.flatMap(namesIn)
  }
}

/** The names on which the formula's value depends, each once. */
export const dependencies = (formula: Formula): string[] => [
  ...new Set(namesIn(formula).map(({ name }) => name)),
]
