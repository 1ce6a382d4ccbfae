/** The functions that a formula may call, with the least and the greatest number of their arguments. */
export const functionArity = {
  sin: [1, 1],
  cos: [1, 1],
  tan: [1, 1],
  asin: [1, 1],
  acos: [1, 1],
  atan: [1, 1],
  atan2: [2, 2],
  sinh: [1, 1],
  cosh: [1, 1],
  tanh: [1, 1],
  asinh: [1, 1],
  acosh: [1, 1],
  atanh: [1, 1],
  exp: [1, 1],
  log: [1, 1],
  sqrt: [1, 1],
  abs: [1, 1],
  sign: [1, 1],
  min: [2, Number.POSITIVE_INFINITY],
  max: [2, Number.POSITIVE_INFINITY],
  pow: [2, 2],
} as const satisfies Record<string, readonly [least: number, greatest: number]>

export type FunctionName = keyof typeof functionArity

export const functionNames = Object.keys(functionArity) as FunctionName[]

export const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(functionArity, name)

/** Names that stand for a number in every formula. */
export const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])

/** Names that a scene may not give to something of its own, each with what it means already. */
export function reservedMeaning(name: string): string | undefined {
  if (name === 't') return 'the time'
  if (name === 'pi') return 'the number π'
  if (name === 'e') return "Euler's number"
  if (isFunctionName(name)) return 'a function'
  return undefined
}
