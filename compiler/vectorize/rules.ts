/** The batching rule of each primitive. */

import {
  type BinaryPrimitive,
  binaryPrimitives,
  makeNode,
  type Node,
  type Primitive,
  type UnaryPrimitive,
  unaryPrimitives,
} from '../graph.ts'
import { currentOrigin } from '../primitives.ts'
import { indexedRules } from './indexed.ts'
import { linearRules } from './linear.ts'
import { type Rule, type Rules, stretched } from './rule.ts'
import { structuralRules } from './structural.ts'

type Elementwise = UnaryPrimitive | BinaryPrimitive | 'select'

const elementwise: Rule<Extract<Node, { primitive: Elementwise }>> = (y, operands, batch) =>
  makeNode(
    y.primitive,
    operands.map(operand => stretched(operand, batch)),
    [batch, ...y.shape],
    undefined,
    currentOrigin(),
  )

const elementwiseRules = Object.fromEntries(
  [...unaryPrimitives, ...binaryPrimitives, 'select' as const].map(primitive => [primitive, elementwise]),
) as Rules<Elementwise>

/** Leaves have no operands, so none that is batched. */
type Inner = Exclude<Primitive, 'input' | 'constant'>

const rules: Rules<Inner> = { ...elementwiseRules, ...structuralRules, ...indexedRules, ...linearRules }

export const ruleOf = (node: Node): Rule<Node> => rules[node.primitive as Inner] as Rule<Node>
