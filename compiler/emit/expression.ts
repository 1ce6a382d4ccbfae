import type { BinaryPrimitive, Node, UnaryPrimitive } from '../graph.ts'
import { throughView, type View } from './view.ts'

/** A scalar that lives in a variable of the function, not in memory. */
export interface Scalar {
  readonly name: string
}

/** What is computed at each point of a loop: an expression of numbers read at that point. */
export type Expression =
  | { readonly kind: 'read'; readonly view: View }
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'constant'; readonly value: number }
  | {
      readonly kind: 'apply'
      readonly primitive: UnaryPrimitive | BinaryPrimitive | 'select'
      readonly operands: readonly Expression[]
    }

/**
 * The expression seen through a slice, transpose, reverse or reshape: each array that it reads is seen through it.
 * @throws where an array cannot be: the plan fuses only what can.
 */
export function throughExpression(node: Node, expression: Expression): Expression {
  const seen = new Map<Expression, Expression>()
  const through = (e: Expression): Expression => {
    if (e.kind === 'scalar' || e.kind === 'constant') return e
    let result = seen.get(e)
    if (!result) {
      if (e.kind === 'read') {
        const view = throughView(node, e.view)
        if (!view) throw new Error(`${node.primitive} cannot be followed through strides ${e.view.strides}`)
        result = { kind: 'read', view }
      } else result = { ...e, operands: e.operands.map(through) }
      seen.set(e, result)
    }
    return result
  }
  return through(expression)
}

/** The arrays that an expression reads, each once. */
export function readsOf(expression: Expression): View[] {
  const views: View[] = []
  visit(expression, e => {
    if (e.kind === 'read') views.push(e.view)
  })
  return views
}

/** The scalars that an expression reads, each once. */
export function scalarsOf(expression: Expression): Scalar[] {
  const scalars: Scalar[] = []
  visit(expression, e => {
    if (e.kind === 'scalar') scalars.push(e.scalar)
  })
  return scalars
}

/** How often each part is used: what is used twice is computed once. */
export function useCounts(expression: Expression): Map<Expression, number> {
  const counts = new Map<Expression, number>([[expression, 1]])
  visit(expression, e => {
    if (e.kind === 'apply')
      for (const operand of e.operands) counts.set(operand, (counts.get(operand) ?? 0) + 1)
  })
  return counts
}

/** Number of primitives applied at each point. */
export function operationCount(expression: Expression): number {
  let count = 0
  visit(expression, e => {
    if (e.kind === 'apply') count++
  })
  return count
}

const cheap: ReadonlySet<string> = new Set([
  'add', 'subtract', 'multiply', 'divide', 'negate', 'select', 'maximum', 'minimum', 'squareRoot', 'absolute',
]) // biome-ignore format: a list

/** About how many instructions one point of a loop takes: an elementary function counts as many. */
export function instructionCount(expression: Expression): number {
  let count = 0
  visit(expression, e => {
    if (e.kind === 'apply') count += cheap.has(e.primitive) ? 1 : 20
  })
  return count
}

function visit(expression: Expression, look: (e: Expression) => void): void {
  const seen = new Set<Expression>()
  const walk = (e: Expression) => {
    if (seen.has(e)) return
    seen.add(e)
    look(e)
    if (e.kind === 'apply') e.operands.forEach(walk)
  }
  walk(expression)
}
