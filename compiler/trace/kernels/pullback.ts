/** Kernels that only tfjs' tape calls: derivatives of other kernels, here by the graph's rules. */

import { vjp } from '../../differentiate/index.ts'
import { makeNode, type Node } from '../../graph.ts'
import * as p from '../../primitives.ts'

/**
 * A node that equals `x` and is new: derivatives by it are of the function alone, and not also of what the function
 * finds around it that was computed from x. (A reshape that changes nothing; the rewriter removes it.)
 */
export const independent = (x: Node): Node => makeNode('reshape', [x], x.shape, undefined, x.origin)

/** (∂f/∂x)ᵀ·cotangent at x. */
export function pullback(f: (x: Node) => Node, x: Node, cotangent: Node): Node {
  const variable = independent(x)
  return vjp([f(variable)], [cotangent], [variable])[0] ?? p.full(0, x.shape)
}
