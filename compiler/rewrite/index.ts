import type { Graph } from '../graph.ts'
import { arithmeticRules } from './arithmetic.ts'
import { factoriseRules } from './factorise.ts'
import { foldRules } from './fold.ts'
import { hoistRules } from './hoist.ts'
import { joinRules } from './joins.ts'
import { combineRules, normalise } from './normalise.ts'
import { productRules } from './products.ts'
import { reductionRules } from './reductions.ts'
import { scalarise } from './scalarise.ts'
import { viewRules } from './views.ts'

const simplifications = combineRules(
  foldRules,
  productRules,
  arithmeticRules,
  viewRules,
  joinRules,
  reductionRules,
  hoistRules,
)

export interface RewriteOptions {
  /** Arrays of at most this many elements are taken apart into scalars, which live in variables. Default 16. */
  readonly smallSize?: number
}

/**
 * An equal graph that costs less: constants folded, common subexpressions merged, dead code dropped, arithmetic and
 * rearrangements simplified, each matrix factored once, small arrays taken apart into scalars.
 */
export function rewrite(graph: Graph, { smallSize = 16 }: RewriteOptions = {}): Graph {
  let outputs = normalise(graph.outputs, simplifications)
  outputs = normalise(outputs, combineRules(factoriseRules, simplifications))
  outputs = scalarise(outputs, smallSize)
  outputs = normalise(outputs, simplifications)
  return { inputs: graph.inputs, outputs }
}
