import { type Node, sizeOf } from '../graph.ts'
import { broadcast, full, matmul, negate, solve, transposeMatrix } from '../primitives.ts'
import { isMatrixTranspose, isUniform } from './match.ts'
import type { Rule, Rules } from './normalise.ts'

const isTransposed = (node: Node): boolean =>
  node.primitive === 'transpose' && isMatrixTranspose(node.attributes.permutation)

/** Transposition is a flag of the product, not a pass over memory. */
const flagTransposes: Rule = node => {
  if (node.primitive !== 'matmul') return undefined
  const [a, b] = node.operands
  if (!isTransposed(a) && !isTransposed(b)) return undefined
  const { transposeA, transposeB } = node.attributes
  return matmul(isTransposed(a) ? a.operands[0] : a, isTransposed(b) ? b.operands[0] : b, {
    transposeA: transposeA !== isTransposed(a),
    transposeB: transposeB !== isTransposed(b),
  })
}

/** (A·B)ᵀ = Bᵀ·Aᵀ. */
const transposedProduct: Rule = node => {
  if (!isTransposed(node)) return undefined
  const [product] = node.operands
  if (product.primitive !== 'matmul') return undefined
  const { transposeA, transposeB } = product.attributes
  const [a, b] = product.operands
  return matmul(b, a, { transposeA: !transposeB, transposeB: !transposeA })
}

/** A sign is moved to where there are fewer numbers to negate: −(A·B) into a smaller factor, or out of a larger. */
const negatedProduct: Rule = ({ operands: [product] }) => {
  if (product.primitive !== 'matmul') return undefined
  const [a, b] = product.operands
  const smaller = sizeOf(a.shape) <= sizeOf(b.shape) ? a : b
  if (sizeOf(smaller.shape) >= sizeOf(product.shape)) return undefined
  return smaller === a ? matmul(negate(a), b, product.attributes) : matmul(a, negate(b), product.attributes)
}

const signedFactors: Rule = node => {
  if (node.primitive !== 'matmul') return undefined
  const [a, b] = node.operands
  if (isUniform(a, 0) || isUniform(b, 0)) return full(0, node.shape)
  if (a.primitive === 'negate' && b.primitive === 'negate')
    return matmul(a.operands[0], b.operands[0], node.attributes)
  if (a.primitive === 'negate' && sizeOf(node.shape) <= sizeOf(a.shape))
    return negate(matmul(a.operands[0], b, node.attributes))
  if (b.primitive === 'negate' && sizeOf(node.shape) <= sizeOf(b.shape))
    return negate(matmul(a, b.operands[0], node.attributes))
  return undefined
}

/** Equal rows of A give equal rows of A·B, and equal columns of B equal columns: one of them is computed. */
const repeatedFactors: Rule = node => {
  if (node.primitive !== 'matmul') return undefined
  const { transposeA, transposeB } = node.attributes
  const [a, b] = node.operands
  const rows = onceAlong(a, transposeA ? -1 : -2)
  const columns = onceAlong(b, transposeB ? -2 : -1)
  return rows || columns ? broadcast(matmul(rows ?? a, columns ?? b, node.attributes), node.shape) : undefined
}

/** The array with one of its equal slices along the axis, if it shows that they are equal. */
function onceAlong(node: Node, axis: number): Node | undefined {
  if (node.primitive !== 'broadcast') return undefined
  const [source] = node.operands
  if (source.shape.at(axis) === node.shape.at(axis)) return undefined
  return broadcast(source, node.shape.with(axis, 1))
}

/** solve(Aᵀ) is the transposed solve with A, which shares the factors of A. Only a general matrix differs from Aᵀ. */
const solveTransposed: Rule = node => {
  if (node.primitive !== 'solve' || node.attributes.structure !== 'general') return undefined
  const [A, B] = node.operands
  if (!isTransposed(A)) return undefined
  return solve(transposeMatrix(A), B, { structure: 'general', transposed: !node.attributes.transposed })
}

export const productRules: Rules = {
  matmul: [flagTransposes, signedFactors, repeatedFactors],
  transpose: [transposedProduct],
  negate: [negatedProduct],
  solve: [solveTransposed],
}
