import * as tf from '@tensorflow/tfjs-core'
import { broadcastShape } from '../../compiler/primitives.ts'
import { type Structure, structures } from '../../kernels/structure.ts'
import { solveKernel } from './solveKernel.ts'

export interface SolveOptions {
  /**
   * What A is promised to be. 'general' (the default): LU with partial pivoting. 'spd', symmetric positive definite: Cholesky;
   * 'symmetric': L·D·Lᵀ. Of both only the lower triangle is read, and derivatives are those within the symmetric matrices
   * (`compiler/differentiate/linear.ts`). 'lower triangular', 'upper triangular': substitution; the other triangle is not read.
   */
  readonly structure?: Structure
}

/**
 * x with A·x = b, as a tfjs operation: traced it becomes one node of the graph, eagerly it runs on every tfjs backend, in
 * float64 on the values that the backend holds. Its gradient is one more solve and uses A and x alone, so that
 * derivatives of every order compose, also under nested `tf.grad`.
 *
 * `b` is a vector, or a batch of them, where its rank is 1 or one less than A's; else it is a matrix of right-hand sides,
 * or a batch of them. Batch axes broadcast.
 *
 *     const acceleration = solve(massMatrix(q), forces, { structure: 'spd' })
 *
 * @param A [..., n, n]
 * @param b [..., n] or [..., n, k]
 * @returns of b's kind: [..., n] or [..., n, k]
 * @throws RangeError where the shapes do not fit; SingularMatrixError where A is singular (or, for 'spd', not positive
 *   definite): eagerly here, traced when the program runs.
 */
export function solve<B extends tf.Tensor>(
  A: tf.Tensor | tf.TensorLike,
  b: B | tf.TensorLike,
  options: SolveOptions = {},
): B {
  const { structure = 'general' } = options
  if (!structures.includes(structure)) {
    const known = structures.map(name => `'${name}'`).join(', ')
    throw new RangeError(`solve: structure is one of ${known}, not ${JSON.stringify(structure)}`)
  }
  return tf.tidy(() => {
    const matrix = real(A)
    const right = real(b)
    checkShapes(matrix.shape, right.shape)
    const isVector = right.rank === 1 || right.rank === matrix.rank - 1
    const columns = isVector ? tf.expandDims(right, -1) : right
    const batch = broadcastShape(matrix.shape.slice(0, -2), columns.shape.slice(0, -2))
    const x = solveKernel(
      tf.broadcastTo(matrix, [...batch, ...matrix.shape.slice(-2)]),
      tf.broadcastTo(columns, [...batch, ...columns.shape.slice(-2)]),
      { structure, transposed: false },
    )
    return (isVector ? tf.squeeze(x, [-1]) : x) as B
  })
}

/** Whole numbers and truth values become real numbers. */
const real = (x: tf.Tensor | tf.TensorLike): tf.Tensor =>
  tf.cast(x instanceof tf.Tensor ? x : tf.tensor(x), 'float32')

function checkShapes(A: readonly number[], b: readonly number[]): void {
  const n = A.at(-1)
  if (A.length < 2 || A.at(-2) !== n) {
    throw new RangeError(`solve: A must be square, [..., n, n], not [${A}]`)
  }
  const isVector = b.length === 1 || b.length === A.length - 1
  const rows = isVector ? b.at(-1) : b.at(-2)
  if (rows !== n) {
    throw new RangeError(
      `solve: A [${A}] wants b with ${n} ${isVector ? 'entries' : 'rows'}, but b [${b}] has ${rows ?? 'none'}${b.length > 1 && isVector ? ` (b's rank is one less than A's, so it is a batch of vectors)` : ''}`,
    )
  }
}
