import * as tf from '@tensorflow/tfjs-core'

/** A·v: [k, n]·[n] → [k]. */
export const times = (A: tf.Tensor2D, v: tf.Tensor1D): tf.Tensor1D =>
  tf.reshape(tf.matMul(A, tf.reshape(v, [-1, 1]) as tf.Tensor2D), [-1])

/**
 * A lower triangular matrix from its entries row by row, with its diagonal or without: [n(n+1)/2] or [n(n−1)/2] → [n, n].
 */
export function triangular(entries: tf.Tensor1D, n: number, part: 'whole' | 'strict'): tf.Tensor2D {
  const shift = part === 'whole' ? 0 : 1
  const rowStart = (i: number) => ((i - shift) * (i - shift + 1)) / 2
  const zero = rowStart(n)
  const places = Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n]
    return j <= i - shift ? rowStart(i) + j : zero
  })
  const padded = tf.concat([entries, tf.tensor1d([0])])
  return tf.reshape(tf.gather(padded, tf.tensor1d(places, 'int32')), [n, n])
}
