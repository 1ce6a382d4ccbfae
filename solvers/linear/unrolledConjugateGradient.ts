import type { Node } from '../../compiler/graph.ts'
import {
  add,
  broadcastTo,
  divide,
  matmul,
  multiply,
  reshape,
  subtract,
  sum,
} from '../../compiler/primitives.ts'

/** A matrix in a graph by its products, such as a sparse one; vectors are [n, 1]. */
export interface NodeOperator {
  apply(v: Node): Node
  /** Only for a matrix that is not symmetric positive definite. */
  applyTransposed?(v: Node): Node
}

/**
 * k iterations of conjugate gradients for A·x = b from x = 0, unrolled into the graph, so that derivatives are those of the
 * iteration and not of the solution (Hestenes & Stiefel, 1952). For a general A the normal equations AᵀA·x = Aᵀb.
 *
 * @param A [n, n], or an operator
 * @param b [n, 1]
 * @returns x_k [n, 1]
 */
export function unrolledConjugateGradient(
  A: Node | NodeOperator,
  b: Node,
  iterations: number,
  spd: boolean,
): Node {
  const operator: NodeOperator = 'apply' in A ? A : dense(A)
  const transposed = (v: Node) => operator.applyTransposed!(v)
  const apply = (v: Node) => (spd ? operator.apply(v) : transposed(operator.apply(v)))
  const right = spd ? b : transposed(b)
  const dot = (u: Node, v: Node) => sum(multiply(u, v), [0, 1])
  const scaled = (factor: Node, v: Node) => multiply(broadcastTo(reshape(factor, [1, 1]), v.shape), v)
  let x: Node | null = null
  let r = right
  let p = r
  let rr = dot(r, r)
  for (let k = 0; k < iterations; k++) {
    const Ap = apply(p)
    const alpha = divide(rr, dot(p, Ap))
    const step = scaled(alpha, p)
    x = x ? add(x, step) : step
    if (k === iterations - 1) break
    r = subtract(r, scaled(alpha, Ap))
    const next = dot(r, r)
    p = add(r, scaled(divide(next, rr), p))
    rr = next
  }
  if (!x) throw new RangeError(`unrolledConjugateGradient: iterations must be at least 1, not ${iterations}`)
  return x
}

const dense = (A: Node): NodeOperator => ({
  apply: v => matmul(A, v),
  applyTransposed: v => matmul(A, v, { transposeA: true }),
})
