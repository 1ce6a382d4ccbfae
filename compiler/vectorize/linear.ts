/**
 * Matrix products and linear solves. Where one matrix serves all samples, the samples become rows of one product, or
 * right-hand sides of one solve:
 *
 *     Xₛ·W for all s = [X₁; X₂; …]·W,     W·xₛ for all s = ([x₁ᵀ; x₂ᵀ; …]·Wᵀ)ᵀ,     A⁻¹·Bₛ for all s = A⁻¹·[B₁ B₂ …].
 */

import type { Node } from '../graph.ts'
import * as p from '../primitives.ts'
import { mergeAxes, moveAxis, type Rules, splitAxis, stretched } from './rule.ts'

/**
 * The rows of op(a) of all samples, [batch·m, k]; undefined where they do not lie one behind the other, and so would
 * have to be copied.
 */
function rowsOf(a: Node, transposed: boolean): Node | undefined {
  if (a.shape.length !== 3) return undefined
  if (!transposed) return mergeAxes(a, 0)
  const [batch, k, m] = a.shape
  return m === 1 || k === 1 ? p.reshape(a, [batch * m, k]) : undefined
}

/** The columns of B [batch, …, n, k] of all samples side by side, solved for at once: solve([…, n, batch·k]). */
function sideBySide(B: Node, solve: (columns: Node) => Node): Node {
  const [batch, ...shape] = B.shape
  const last = shape.length - 1
  const columns = mergeAxes(moveAxis(B, 0, last), last)
  return moveAxis(splitAxis(solve(columns), last, [batch, shape[last]]), last, 0)
}

export const linearRules: Rules<'matmul' | 'solve' | 'factor' | 'factorSolve'> = {
  matmul: (y, [a, b], batch) => {
    const { transposeA, transposeB } = y.attributes
    const [m, n] = y.shape.slice(-2)
    if (!b.batched) {
      const rows = rowsOf(a.node, transposeA)
      if (rows) return splitAxis(p.matmul(rows, b.node, { transposeB }), 0, [batch, m])
    }
    if (!a.batched) {
      const columns = rowsOf(b.node, !transposeB)
      if (columns) {
        const product = p.matmul(columns, a.node, { transposeB: !transposeA })
        return p.transposeMatrix(splitAxis(product, 0, [batch, n]))
      }
    }
    return p.matmul(stretched(a, batch), stretched(b, batch), y.attributes)
  },
  solve: (y, [A, B], batch) =>
    A.batched
      ? p.solve(A.node, stretched(B, batch), y.attributes)
      : sideBySide(B.node, columns => p.solve(A.node, columns, y.attributes)),
  factor: (y, [A]) => p.factor(A.node, y.attributes.structure),
  factorSolve: (y, [factors, B], batch) =>
    factors.batched
      ? p.factorSolve(factors.node, stretched(B, batch), y.attributes)
      : sideBySide(B.node, columns => p.factorSolve(factors.node, columns, y.attributes)),
}
