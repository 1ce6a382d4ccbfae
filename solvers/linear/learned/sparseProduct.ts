import * as tf from '@tensorflow/tfjs-core'
import type { CsrMatrix } from '../csr.ts'

/** v → A·v in TensorFlow.js, v [n] or [n, k]. */
export type TensorProduct = (v: tf.Tensor) => tf.Tensor

/**
 * Products with a sparse matrix of fixed pattern whose nonzeros are a tensor, to be traced and differentiated: gather,
 * multiply, add up by rows.
 *
 *     const product = sparseProduct(A)
 *     trace((values, v) => product(values)(v), [{ name: 'A', shape: [nonzeros] }, { name: 'v', shape: [n] }])
 */
export function sparseProduct(pattern: Omit<CsrMatrix, 'values'>): (values: tf.Tensor) => TensorProduct {
  const { rows, rowPointers, columnIndices } = pattern
  const rowOf = new Int32Array(columnIndices.length)
  for (let i = 0; i < rows; i++) rowOf.fill(i, rowPointers[i], rowPointers[i + 1])
  return values => v => {
    const columns = tf.tensor1d(columnIndices, 'int32')
    const segments = tf.tensor1d(rowOf, 'int32')
    const weights = v.rank === 1 ? values : tf.expandDims(values, 1)
    return tf.unsortedSegmentSum(tf.mul(weights, tf.gather(v, columns)), segments, rows)
  }
}
