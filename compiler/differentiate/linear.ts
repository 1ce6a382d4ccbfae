/**
 * Matrix products and linear solves.
 *
 * For X with op(A)·X = B the rules use A and X alone, and each is one more solve with A:
 *
 *     Ẋ = op(A)⁻¹(Ḃ − op(Ȧ)·X),     op(A)ᵀΛ = X̄,   B̄ = Λ,   Ā = −ΛXᵀ  (or −XΛᵀ where op transposes).
 *
 * A matrix called 'symmetric' or 'spd' is promised to be symmetric: X is a function on the symmetric matrices, and its derivative
 * is that of the symmetric part. So the JVP takes ½(Ȧ + Ȧᵀ), which is Ȧ for every tangent that keeps the promise,
 * and the VJP gives −½(ΛXᵀ + XΛᵀ), the gradient within the symmetric matrices: a step along it keeps A symmetric, and
 * for any A(θ) = A(θ)ᵀ the derivatives by θ are exact, in every order. (The entry Ā_ij is half of the derivative by a
 * parameter that stands at both ij and ji.) Only the lower triangle is read, so the numbers that come out for
 * an A that breaks the promise are those of another matrix. Of a triangular matrix only the triangle is read, and has derivatives.
 */

import { isSymmetricStructure, type Structure, triangleOf } from '../../kernels/structure.ts'
import type { Node } from '../graph.ts'
import {
  add,
  broadcastTo,
  constant,
  matmul,
  multiply,
  negate,
  solve,
  subtract,
  transposeMatrix,
} from '../primitives.ts'
import { perOperand, type Rules, times } from './rule.ts'

/** The part of a tangent or a gradient that lies within the matrices of a structure: its orthogonal projection. */
function structuredPart(a: Node, structure: Structure): Node {
  if (isSymmetricStructure(structure)) return times(0.5, add(a, transposeMatrix(a)))
  const triangle = triangleOf(structure)
  if (!triangle) return a
  const n = a.shape.at(-1)!
  const mask = Float64Array.from({ length: n * n }, (_, p) => {
    const [i, j] = [Math.floor(p / n), p % n]
    return Number(triangle === 'lower' ? j <= i : j >= i)
  })
  return multiply(a, broadcastTo(constant(mask, [n, n]), a.shape))
}

export const linearRules: Rules<'matmul' | 'solve'> = {
  matmul: perOperand(
    (y, t, i) => (i === 0 ? matmul(t, y.operands[1], y.attributes) : matmul(y.operands[0], t, y.attributes)),
    (y, g, i) => {
      const [a, b] = y.operands
      const { transposeA, transposeB } = y.attributes
      if (i === 0) {
        return transposeA
          ? matmul(b, g, { transposeA: transposeB, transposeB: true })
          : matmul(g, b, { transposeB: !transposeB })
      }
      return transposeB
        ? matmul(g, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, g, { transposeA: !transposeA })
    },
  ),

  solve: {
    jvp: (X, [dA, dB]) => {
      const [A] = X.operands
      const { structure, transposed } = X.attributes
      let residual = dB
      if (dA !== null) {
        const transposeA = transposed && !isSymmetricStructure(structure)
        const change = matmul(structuredPart(dA, structure), X, { transposeA })
        residual = dB === null ? negate(change) : subtract(dB, change)
      }
      return residual && solve(A, residual, X.attributes)
    },
    vjp: (X, g, [wantA, wantB]) => {
      const [A] = X.operands
      const { structure, transposed } = X.attributes
      const multiplier = solve(A, g, {
        structure,
        transposed: !isSymmetricStructure(structure) && !transposed,
      })
      const [left, right] = transposed ? [X, multiplier] : [multiplier, X]
      const outer = wantA ? negate(matmul(left, right, { transposeB: true })) : null
      return [outer && structuredPart(outer, structure), wantB ? multiplier : null]
    },
  },
}
