import * as tf from '@tensorflow/tfjs-core'
import type { TensorProduct } from './sparseProduct.ts'

/** One number for each of k iterations. */
export interface StepCorrections {
  /** θ [k] with s = 2·logistic(θ), 0 < s < 2: α = s·(r·p)/(p·Ap). Zeros are conjugate gradients. */
  readonly alpha: tf.Tensor
  /** [k]: added to β. Zeros are conjugate gradients. */
  readonly beta: tf.Tensor
}

/**
 * k iterations of conjugate gradients from x = 0 whose steps are corrected by learned numbers, in TensorFlow.js.
 *
 * The step is α = s·(r·p)/(p·Ap): where it is corrected, r·p is no longer r·r, and the textbook's r·r/(p·Ap) diverges. Along p
 * the energy error falls for every 0 < s < 2. And β = −(r₊·Ap)/(p·Ap) keeps successive directions conjugate whatever α was.
 *
 * @param product v → A·v, A symmetric positive definite
 * @param b [n]
 * @returns x_k and r_k = b − A·x_k, [n]
 */
export function correctedConjugateGradient(
  product: TensorProduct,
  b: tf.Tensor,
  { alpha, beta }: StepCorrections,
): { readonly x: tf.Tensor; readonly r: tf.Tensor } {
  const iterations = alpha.size
  const scales = tf.mul(2, tf.sigmoid(alpha))
  const at = (values: tf.Tensor, k: number) => tf.squeeze(tf.slice(values, [k], [1]))
  const dot = (u: tf.Tensor, v: tf.Tensor) => tf.sum(tf.mul(u, v))
  let x: tf.Tensor = tf.zerosLike(b)
  let r: tf.Tensor = b
  let p: tf.Tensor = b
  for (let k = 0; k < iterations; k++) {
    const Ap = product(p)
    const curvature = dot(p, Ap)
    const step = tf.div(tf.mul(at(scales, k), dot(r, p)), curvature)
    x = tf.add(x, tf.mul(step, p))
    r = tf.sub(r, tf.mul(step, Ap))
    const conjugate = tf.neg(tf.div(dot(r, Ap), curvature))
    p = tf.add(r, tf.mul(tf.add(conjugate, at(beta, k)), p))
  }
  return { x, r }
}
