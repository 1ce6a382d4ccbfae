/** Matrix products and linear solves. Matrices are the last two axes, the axes before them are batches. */

import { makeNode, type Node, type Shape, type Structure, sameShape } from '../graph.ts'
import { currentOrigin } from './origin.ts'
import { shapeText } from './shapes.ts'

function checkMatrix(where: string, name: string, shape: Shape): void {
  if (shape.length < 2) {
    throw new RangeError(
      `${where}: ${name} must be a matrix or a batch of them, not ${shapeText(shape)}; reshape a vector to [n,1]`,
    )
  }
}

function checkBatches(where: string, a: Shape, b: Shape): void {
  if (!sameShape(a.slice(0, -2), b.slice(0, -2))) {
    throw new RangeError(
      `${where}: batch axes ${shapeText(a.slice(0, -2))} and ${shapeText(b.slice(0, -2))} differ (${shapeText(a)}·${shapeText(b)}); broadcast first`,
    )
  }
}

/** op(a)·op(b), op as the flags say: [..., m, k]·[..., k, n] → [..., m, n]. */
export function matmul(
  a: Node,
  b: Node,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): Node {
  checkMatrix('matmul', 'a', a.shape)
  checkMatrix('matmul', 'b', b.shape)
  const [rowsA, columnsA] = a.shape.slice(-2)
  const [rowsB, columnsB] = b.shape.slice(-2)
  const [m, inner] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA]
  const [innerB, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB]
  if (inner !== innerB) {
    const product = `${shapeText(a.shape)}${transposeA ? 'ᵀ' : ''}·${shapeText(b.shape)}${transposeB ? 'ᵀ' : ''}`
    throw new RangeError(`matmul: inner extents ${inner} and ${innerB} differ (${product})`)
  }
  checkBatches('matmul', a.shape, b.shape)
  const shape = [...a.shape.slice(0, -2), m, n]
  return makeNode('matmul', [a, b], shape, { transposeA, transposeB }, currentOrigin())
}

interface SolveOptions {
  structure?: Structure
  transposed?: boolean
}

function checkSquare(where: string, A: Node): number {
  checkMatrix(where, 'A', A.shape)
  const [rows, columns] = A.shape.slice(-2)
  if (rows !== columns) throw new RangeError(`${where}: A must be square, not ${shapeText(A.shape)}`)
  return rows
}

/**
 * X with op(A)·X = B; A [..., n, n], B [..., n, k]. Of a symmetric matrix only the lower triangle is read, of a triangular one its
 * own (`differentiate/linear.ts` says what the derivatives mean).
 */
export function solve(
  A: Node,
  B: Node,
  { structure = 'general', transposed = false }: SolveOptions = {},
): Node {
  const n = checkSquare('solve', A)
  checkMatrix('solve', 'B', B.shape)
  if (B.shape.at(-2) !== n) {
    throw new RangeError(`solve: A is ${n}×${n}, but B ${shapeText(B.shape)} has ${B.shape.at(-2)} rows`)
  }
  checkBatches('solve', A.shape, B.shape)
  return makeNode('solve', [A, B], B.shape, { structure, transposed }, currentOrigin())
}

/** Lowered form: the factors of A [..., n, n], packed with the pivots as [..., n·n + n]. */
export function factor(A: Node, structure: Structure): Node {
  const n = checkSquare('factor', A)
  return makeNode('factor', [A], [...A.shape.slice(0, -2), n * n + n], { structure }, currentOrigin())
}

/** Lowered form: solve by the packed factors. */
export function factorSolve(
  factors: Node,
  B: Node,
  { structure = 'general', transposed = false }: SolveOptions = {},
): Node {
  checkMatrix('factorSolve', 'B', B.shape)
  const n = B.shape.at(-2)!
  if (factors.shape.length === 0 || factors.shape.at(-1) !== n * n + n) {
    throw new RangeError(
      `factorSolve: ${shapeText(factors.shape)} are no factors of ${n}×${n} matrices, as B ${shapeText(B.shape)} wants`,
    )
  }
  checkBatches('factorSolve', [...factors.shape.slice(0, -1), n, n], B.shape)
  return makeNode('factorSolve', [factors, B], B.shape, { structure, transposed }, currentOrigin())
}
