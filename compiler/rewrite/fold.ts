import { type Node, type Primitive, sizeOf } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import { constant, full } from '../primitives.ts'
import type { Rule, Rules } from './normalise.ts'

/**
 * Primitives that IEEE 754 defines to the last bit (and those that only move numbers). Elementary functions are left
 * to the compiled program: JavaScript's differ from engine to engine, and a program must not.
 */
const exact = [
  'negate', 'absolute', 'sign', 'floor', 'ceil', 'round', 'reciprocal', 'squareRoot', 'isNaN', 'isFinite',
  'add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'remainder',
  'equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual', 'select',
  'reshape', 'transpose', 'slice', 'concatenate', 'pad', 'reverse', 'gather', 'scatterAdd',
  'sum', 'maximumOf', 'minimumOf', 'productOf', 'matmul',
] as const satisfies readonly Primitive[] // biome-ignore format: a table

/** An array that grows by folding is folded up to this size: a constant costs memory, its recipe does not. */
const largestFold = 65536

const isKnown = (node: Node): boolean =>
  node.primitive === 'constant' || (node.primitive === 'broadcast' && isKnown(node.operands[0]))

/** A node whose operands are all constants is computed now. */
const fold: Rule = node => {
  if (sizeOf(node.shape) > largestFold || !node.operands.every(isKnown)) return undefined
  const [value] = interpret({ inputs: [], outputs: [node] }, [])
  return constant(value, node.shape)
}

/** A constant array of one repeated number is that number, broadcast: rules then see the number. */
const asBroadcast: Rule = node => {
  if (node.primitive !== 'constant' || node.attributes.value.length < 2) return undefined
  const [first, ...rest] = node.attributes.value
  return rest.every(x => Object.is(x, first)) ? full(first, node.shape) : undefined
}

export const foldRules: Rules = {
  ...Object.fromEntries(exact.map(primitive => [primitive, [fold]])),
  constant: [asBroadcast],
}
