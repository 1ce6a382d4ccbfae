import { type Node, sizeOf } from '../graph.ts'
import { isElementwise, isUnitReshape } from '../rewrite/match.ts'
import { isViewPrimitive } from './view.ts'

/** An array that is computed element by element (a single number is a scalar, and lives in a variable instead). */
const isElementwiseArray = (node: Node): boolean => isElementwise(node) && sizeOf(node.shape) !== 1

/** Whether the step that computes the node takes an expression for this operand, rather than an array in memory. */
const takesExpression = (node: Node): boolean =>
  isElementwiseArray(node) ||
  node.primitive === 'sum' ||
  node.primitive === 'productOf' ||
  node.primitive === 'maximumOf' ||
  node.primitive === 'minimumOf' ||
  node.primitive === 'concatenate' ||
  node.primitive === 'pad' ||
  node.primitive === 'factor' ||
  node.primitive === 'factorSolve'

/** Operations in one loop: more do not fit the registers anyway, and code for them nests too deeply. */
const largestLoop = 100

/**
 * The elementwise arrays that are not stored, but computed inside the loop of what uses them: all their users lie in
 * one loop. Through a slice, a transpose or a reversal they are followed if that is their only use; not through
 * a broadcast, which would repeat the work.
 *
 * @param order operands before users
 * @param users of each node, directly
 * @param stored nodes that must be in memory: outputs
 */
export function fusedNodes(
  order: readonly Node[],
  users: ReadonlyMap<Node, ReadonlySet<Node>>,
  stored: ReadonlySet<Node>,
): Set<Node> {
  const fused = new Set<Node>()
  /** The loop that a node's value is computed in. */
  const loopOf = new Map<Node, string>()
  const loopSizes = new Map<string, number>()
  const loopOfUse = (user: Node, operand: Node): string | undefined => {
    if (!takesExpression(user)) return undefined
    if (isElementwiseArray(user)) return loopOf.get(user)
    if (user.primitive === 'factorSolve' && operand === user.operands[0]) return undefined
    const positions = user.operands.filter(other => other === operand).length
    return positions === 1 ? `${user.id}/${user.operands.indexOf(operand)}` : undefined
  }
  for (const node of [...order].reverse()) {
    if (!isElementwiseArray(node)) continue
    const own = `${node.id}`
    loopOf.set(node, own)
    if (stored.has(node)) continue
    const direct = [...(users.get(node) ?? [])]
    const loops = new Set(direct.map(user => loopOfUse(user, node)))
    const end = direct.length === 1 ? endOfViews(direct[0], users, stored) : undefined
    const loop = loops.size === 1 && !end ? [...loops][0] : end && loopOfUse(end.user, end.operand)
    const size = loop === undefined ? largestLoop : (loopSizes.get(loop) ?? 1)
    if (loop !== undefined && size < largestLoop) {
      fused.add(node)
      loopOf.set(node, loop)
      loopSizes.set(loop, size + 1)
    }
  }
  return fused
}

/** Follows a chain of views with one user each to the first that is none. */
function endOfViews(
  first: Node,
  users: ReadonlyMap<Node, ReadonlySet<Node>>,
  stored: ReadonlySet<Node>,
): { user: Node; operand: Node } | undefined {
  let operand = first
  for (;;) {
    if (!isViewPrimitive(operand) || operand.primitive === 'broadcast' || stored.has(operand))
      return undefined
    if (operand.primitive === 'reshape' && !isUnitReshape(operand.operands[0].shape, operand.shape)) {
      return undefined
    }
    const next = [...(users.get(operand) ?? [])]
    if (next.length !== 1) return undefined
    if (!isViewPrimitive(next[0])) return { user: next[0], operand }
    operand = next[0]
  }
}
