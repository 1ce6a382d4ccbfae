import { makeNode, type Node, type Primitive, topologicalOrder } from '../graph.ts'
import { withOrigin } from '../primitives.ts'
import { isElementwise } from './match.ts'

/** One local simplification: an equal, simpler node, or undefined where it has nothing to say. */
export type Rule = (node: Node) => Node | undefined

/** Rules by the primitive of the node that they look at. */
export type Rules = Partial<Record<Primitive, readonly Rule[]>>

/** Merges tables of rules: those of earlier tables are tried first. */
export function combineRules(...tables: readonly Rules[]): Rules {
  const joined: Partial<Record<Primitive, Rule[]>> = {}
  for (const table of tables)
    for (const [primitive, rules] of Object.entries(table) as [Primitive, readonly Rule[]][])
      joined[primitive] = [...(joined[primitive] ?? []), ...rules]
  return joined
}

/** The same primitive on other operands. */
export const withOperands = (node: Node, operands: readonly Node[]): Node =>
  operands.every((operand, i) => operand === node.operands[i])
    ? node
    : makeNode(node.primitive, operands, node.shape, node.attributes, node.origin)

/**
 * The outputs in normal form: from the leaves up, each node is rebuilt on normal operands, merged with an equal node
 * made before (common subexpressions by hash-consing), and simplified by `rules` until none applies. What the result
 * no longer reaches is dead.
 */
export function normalise(outputs: readonly Node[], rules: Rules): Node[] {
  const interned = new Map<string, Node>()
  /** By the id of the node. */
  const normal = new Map<number, Node>()
  const arrays = new Map<Float64Array, number>()
  const arrayKey = (value: Float64Array): string => {
    if (value.length <= 64) return Array.from(value, x => (Object.is(x, -0) ? '-0' : x)).join()
    if (!arrays.has(value)) arrays.set(value, arrays.size)
    return `#${arrays.get(value)}`
  }
  const keyOf = (node: Node): string => {
    let key: string = node.primitive
    for (const operand of node.operands) key += `,${operand.id}`
    if (node.primitive === 'input') return `${key} ${node.id}`
    if (node.primitive === 'constant') return `${key}[${node.shape}]${arrayKey(node.attributes.value)}`
    // The shape of an elementwise node is that of its operands.
    if (isElementwise(node)) return key
    return `${key}[${node.shape}]${node.attributes === undefined ? '' : JSON.stringify(node.attributes)}`
  }
  const intern = (node: Node): Node => {
    const key = keyOf(node)
    const known = interned.get(key)
    if (!known) interned.set(key, node)
    return known ?? node
  }
  const simplerOf = (node: Node): Node | undefined => {
    for (const rule of rules[node.primitive] ?? []) {
      const simpler = rule(node)
      if (simpler && simpler !== node) return simpler
    }
    return undefined
  }
  /** Normal form of a node whose operands are normal or were made by a rule from normal ones. */
  const simplify = (node: Node): Node => {
    const done = normal.get(node.id)
    if (done) return done
    const made = intern(withOperands(node, node.operands.map(simplify)))
    let result = normal.get(made.id) ?? made
    if (result === made) {
      const simpler = withOrigin(made.origin, () => simplerOf(made))
      if (simpler) result = simplify(simpler)
    }
    for (const { id } of [node, made, result]) normal.set(id, result)
    return result
  }
  for (const node of topologicalOrder(outputs)) simplify(node)
  return outputs.map(simplify)
}
