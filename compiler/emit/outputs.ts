import { type Graph, type Node, sizeOf } from '../graph.ts'
import { isUniform } from '../rewrite/match.ts'
import type { Update } from './step.ts'
import { type Buffer, isViewPrimitive } from './view.ts'

/** Where a value is to go, and whether it is added to what is there. */
export interface Destination {
  readonly buffer: Buffer
  readonly update: Update
}

export interface OutputClaims {
  /** Nodes that are computed right where an output lies. */
  readonly claims: ReadonlyMap<Node, Destination>
  /** Sums and differences that are accumulated term by term, and never computed as such. */
  readonly dissolved: ReadonlySet<Node>
  /** Outputs that begin as zeros, because sums of products are accumulated there. */
  readonly cleared: readonly Buffer[]
  /** What is copied or added to an output at the end, from wherever it is. */
  readonly late: readonly (Destination & { readonly node: Node })[]
}

/** Primitives that can be added to their target as they are computed. */
const accumulates = (node: Node): boolean =>
  node.primitive === 'matmul' || node.primitive === 'pad' || node.primitive === 'scatterAdd' ||
  node.primitive === 'concatenate' || node.primitive === 'sum' // biome-ignore format: a list

const isLeaf = (node: Node): boolean => node.primitive === 'input' || node.primitive === 'constant'

/**
 * Decides how each output of a graph gets into its place. A reshape changes nothing in memory, and is looked through.
 * An accumulated output of sums of products has each product added in place: what a gradient of a weight matrix is.
 */
export function claimOutputs(
  graph: Graph,
  users: ReadonlyMap<Node, ReadonlySet<Node>>,
  storage: { readonly outputs: readonly Buffer[]; readonly accumulated: ReadonlySet<number> },
): OutputClaims {
  const claims = new Map<Node, Destination>()
  const dissolved = new Set<Node>()
  const late: (Destination & { node: Node })[] = []
  const wanted = new Map<Node, number>()
  for (const output of graph.outputs) {
    for (const node of reshapeChain(output)) wanted.set(node, (wanted.get(node) ?? 0) + 1)
  }

  const worthwhile = worthAddingInPlace(users.keys())
  /** What is to be placed, the next one last: chains of sums are longer than the call stack is deep. */
  const open: { node: Node; destination: Destination; path: Node | undefined }[] = []
  const place = ({ node, destination: { buffer, update }, path }: (typeof open)[number]): void => {
    const chain = reshapeChain(node)
    const source = chain.at(-1)!
    const isPrivate =
      chain.every((link, i) => {
        const allowed = i === 0 ? path : chain[i - 1]
        return [...users.get(link)!].every(user => user === allowed)
      }) && chain.every(link => (wanted.get(link) ?? 0) <= (path ? 0 : 1))
    const computable = !isLeaf(source) && !isViewPrimitive(source) && sizeOf(source.shape) !== 1
    if (update !== 'write' && isUniform(source, 0)) return
    if (update === 'write') {
      if (computable && !claims.has(source)) claims.set(source, { buffer, update })
      else late.push({ node, buffer, update })
      return
    }
    if (isPrivate && worthwhile.has(source) && sizeOf(source.shape) !== 1) {
      for (const link of chain) dissolved.add(link)
      for (const [term, sign] of linearTerms(source, update).toReversed())
        open.push({ node: term, destination: { buffer, update: sign }, path: source })
    } else if (isPrivate && computable && !isOpaque(source)) {
      claims.set(source, { buffer, update })
    } else late.push({ node, buffer, update })
  }
  const cleared: Buffer[] = []
  graph.outputs.forEach((output, j) => {
    const buffer = storage.outputs[j]
    const isLong = !storage.accumulated.has(j) && productsIn(reshapeChain(output).at(-1)!, users) > 1
    if (isLong) cleared.push(buffer)
    const update = isLong || storage.accumulated.has(j) ? 'add' : 'write'
    open.push({ node: output, destination: { buffer, update }, path: undefined })
    while (open.length > 0) place(open.pop()!)
  })
  return { claims, dissolved, cleared, late }
}

/**
 * How many products a sum is of, where it is of products alone and nobody else wants a part of it; else 0. The gradient of a matrix
 * that is used k times is such a sum: term by term it needs one array, not k.
 */
function productsIn(sum: Node, users: ReadonlyMap<Node, ReadonlySet<Node>>): number {
  if (sizeOf(sum.shape) === 1 || users.get(sum)!.size > 0) return 0
  let count = 0
  const open = [sum]
  while (open.length > 0) {
    const node = open.pop()!
    if (node !== sum && users.get(node)!.size > 1) return 0
    if (node.primitive === 'matmul') count++
    else if (node.primitive === 'add' || node.primitive === 'subtract') open.push(...node.operands)
    else return 0
  }
  return count
}

/** Arrays made in place by a kernel: they cannot be added to what is there. */
const isOpaque = (node: Node): boolean =>
  node.primitive === 'factor' ||
  node.primitive === 'factorSolve' ||
  node.primitive === 'gather' ||
  node.primitive === 'productOf' ||
  node.primitive === 'maximumOf' ||
  node.primitive === 'minimumOf'

/** A node, and what it is a reshape of, and so on. */
function reshapeChain(node: Node): Node[] {
  const chain = [node]
  while (chain.at(-1)!.primitive === 'reshape') chain.push(chain.at(-1)!.operands[0])
  return chain
}

/** The terms of a sum, difference or negation with their signs. */
function linearTerms({ primitive, operands: [a, b] }: Node, update: Update): [Node, Update][] {
  const opposite = update === 'add' ? 'subtract' : 'add'
  if (primitive === 'negate') return [[a, opposite]]
  return [
    [a, update],
    [b, primitive === 'add' ? update : opposite],
  ]
}

/** The sums, differences and negations of which adding the terms one by one saves an array. Operands come before users. */
function worthAddingInPlace(order: Iterable<Node>): Set<Node> {
  const worthwhile = new Set<Node>()
  for (const node of order) {
    const { primitive, operands } = node
    if (primitive !== 'add' && primitive !== 'subtract' && primitive !== 'negate') continue
    const gains = operands.some(term => {
      const source = reshapeChain(term).at(-1)!
      return accumulates(source) || worthwhile.has(source)
    })
    if (gains && operands[0] !== operands[1]) worthwhile.add(node)
  }
  return worthwhile
}
