import { isSymmetricStructure } from '../../kernels/structure.ts'
import { factor, factorSolve } from '../primitives.ts'
import type { Rule, Rules } from './normalise.ts'

/**
 * A solve is a factorisation and a solve by its factors. The factorisation depends on the matrix alone, so that the
 * forward, the adjoint and the tangent solve share one, as a common subexpression.
 */
const factorise: Rule = node => {
  if (node.primitive !== 'solve') return undefined
  const [A, B] = node.operands
  const { structure, transposed } = node.attributes
  // The factors of a symmetric matrix solve both ways.
  return factorSolve(factor(A, structure), B, {
    structure,
    transposed: transposed && !isSymmetricStructure(structure),
  })
}

export const factoriseRules: Rules = { solve: [factorise] }
