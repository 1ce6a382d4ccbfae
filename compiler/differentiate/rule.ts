/** What a derivative rule is. Rules only make nodes, so every composition of derivatives is again a graph. */

import type { Node, Primitive } from '../graph.ts'
import { add, full, multiply } from '../primitives.ts'

export type NodeFor<P extends Primitive> = Extract<Node, { primitive: P }>

/** A tangent or a cotangent; null is zero. */
export type Derivative = Node | null

/**
 * The derivative of one primitive y = p(x₀, x₁, …), with Jᵢ = ∂y/∂xᵢ:
 * `jvp` gives Σ Jᵢ·ẋᵢ, of y's shape, and `vjp` gives Jᵢᵀ·ȳ, of xᵢ's shape, for each operand that is wanted.
 */
export interface Rule<N extends Node> {
  jvp(node: N, tangents: readonly Derivative[]): Derivative
  vjp(node: N, cotangent: Node, wanted: readonly boolean[]): readonly Derivative[]
}

export type Rules<P extends Primitive> = { readonly [Q in P]: Rule<NodeFor<Q>> }

/** The sum of those that are not zero. */
export function sumOf(terms: readonly Derivative[]): Derivative {
  let total: Derivative = null
  for (const term of terms) {
    if (term !== null) total = total === null ? term : add(total, term)
  }
  return total
}

/** c·t. */
export const times = (c: number, t: Node): Node => multiply(full(c, t.shape), t)

/** A rule written operand by operand: `push` is t ↦ Jᵢ·t, `pull` is g ↦ Jᵢᵀ·g. */
export const perOperand = <N extends Node>(
  push: (node: N, t: Node, i: number) => Derivative,
  pull: (node: N, g: Node, i: number) => Derivative,
): Rule<N> => ({
  jvp: (node, tangents) => sumOf(tangents.map((t, i) => t && push(node, t, i))),
  vjp: (node, g, wanted) => wanted.map((want, i) => (want ? pull(node, g, i) : null)),
})

/** An elementwise primitive: each Jᵢ is diagonal, hence its own transpose, and one function serves both. */
export const diagonal = <N extends Node>(scale: (node: N, t: Node, i: number) => Derivative): Rule<N> =>
  perOperand(scale, scale)

/** The rule of a primitive that is constant but for jumps. */
export const zero: Rule<Node> = { jvp: () => null, vjp: () => [] }
