/** The rule of each primitive. */

import type { Node, Primitive } from '../graph.ts'
import { elementwiseRules, locallyConstantRules } from './elementwise.ts'
import { linearRules } from './linear.ts'
import { reductionRules } from './reductions.ts'
import { type Rule, type Rules, zero } from './rule.ts'
import { structuralRules } from './structural.ts'

const lowered: Rule<Node> = {
  jvp: node => refuseLowered(node),
  vjp: node => refuseLowered(node),
}

function refuseLowered(node: Node): never {
  throw new TypeError(`${node.primitive} has no derivative: differentiate a graph before it is rewritten`)
}

const rules = (): Rules<Primitive> => ({
  input: zero,
  constant: zero,
  ...elementwiseRules,
  ...structuralRules,
  ...reductionRules,
  ...linearRules,
  factor: lowered,
  factorSolve: lowered,
})

let table: Rules<Primitive> | undefined

/** The derivative rule of the node's primitive. */
export function ruleOf(node: Node): Rule<Node> {
  table ??= rules() // made at first use: the rule of productOf is itself a derivative
  return table[node.primitive] as Rule<Node>
}

/** Whether the node's derivative is zero because its primitive is constant but for jumps. */
export const isLocallyConstant = (node: Node): boolean => node.primitive in locallyConstantRules

/**
 * Those nodes of `order` (operands first) whose value varies smoothly with one of `inputs`, the inputs included. An
 * input is an independent variable, whatever it was computed from.
 */
export function activeNodes(order: readonly Node[], inputs: readonly Node[]): Set<Node> {
  const active = new Set(inputs)
  for (const node of order) {
    if (!isLocallyConstant(node) && node.operands.some(operand => active.has(operand))) active.add(node)
  }
  return active
}
