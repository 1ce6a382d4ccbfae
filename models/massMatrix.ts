import * as tf from '@tensorflow/tfjs-core'
import type { Learned } from './parameters.ts'

/** How a vector of network outputs becomes a symmetric positive-definite matrix. */
export type MassMatrixForm = 'cholesky' | 'diagonal'

/** Number of network outputs that the form of an n×n matrix needs. */
export const massMatrixOutputs = (form: MassMatrixForm, n: number): number =>
  form === 'cholesky' ? (n * (n + 1)) / 2 : n

/**
 * M = LLᵀ + floor·I with L lower triangular, its diagonal made positive by softplus; `outputs` holds L row by row.
 * Eigenvalues are at least `floor`. As in Deep Lagrangian networks (Lutter, Ritter & Peters, ICLR 2019, eq. 8).
 *
 * @param outputs [n(n+1)/2]
 * @returns [n, n]
 */
export function choleskyForm(outputs: tf.Tensor1D, n: number, floor: number): tf.Tensor2D {
  const lower = tf.concat([outputs, tf.tensor1d([0])]) as tf.Tensor1D
  const zero = (n * (n + 1)) / 2
  const index = (row: number, column: number) => (row * (row + 1)) / 2 + column
  const entries = Array.from({ length: n * n }, (_, k) => [Math.floor(k / n), k % n])
  const strict = tf.gather(
    lower,
    tf.tensor1d(
      entries.map(([i, j]) => (j < i ? index(i, j) : zero)),
      'int32',
    ),
  )
  const diagonal = tf.gather(
    lower,
    tf.tensor1d(
      Array.from({ length: n }, (_, i) => index(i, i)),
      'int32',
    ),
  )
  const L = tf.add(tf.reshape(strict, [n, n]), diagonalMatrix(tf.softplus(diagonal), n)) as tf.Tensor2D
  return tf.add(tf.matMul(L, L, false, true), identity(n, floor))
}

/** M = diag(softplus(outputs) + floor): [n] → [n, n]. */
export function diagonalForm(outputs: tf.Tensor1D, n: number, floor: number): tf.Tensor2D {
  return diagonalMatrix(tf.add(tf.softplus(outputs), floor), n)
}

/** A mass matrix M(x) > 0 from a network of its inputs: [n, n], eigenvalues at least `floor`. */
export function learnedMassMatrix(
  form: MassMatrixForm,
  n: number,
  floor: number,
  network: Learned<[x: tf.Tensor], tf.Tensor1D>,
): Learned<[x: tf.Tensor], tf.Tensor2D> {
  const matrix = form === 'cholesky' ? choleskyForm : diagonalForm
  return {
    parameters: network.parameters,
    apply: (weights, x) => matrix(network.apply(weights, x), n, floor),
  }
}

/** diag(d): [n] → [n, n]. */
function diagonalMatrix(d: tf.Tensor, n: number): tf.Tensor2D {
  return tf.mul(tf.reshape(d, [n, 1]), identity(n, 1)) as tf.Tensor2D
}

function identity(n: number, factor: number): tf.Tensor2D {
  return tf.tensor2d(
    Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? factor : 0)),
    [n, n],
  )
}
