import * as tf from '@tensorflow/tfjs-core'
import { exp } from '../../../kernels/elementary/numbers.ts'
import type { Preconditioner } from '../preconditioners/index.ts'
import type { TensorProduct } from './sparseProduct.ts'

/** The numbers of a diagonal plus a low rank: D = diag(exp d), d [n]; U [n, k], row-major. */
export interface LowRank {
  readonly d: Float64Array
  readonly U: Float64Array
}

/**
 * M = D + UUᵀ, symmetric positive definite whatever d and U are, applied by the formula of Woodbury,
 *
 *     M⁻¹ = D⁻¹ − D⁻¹U·(I + UᵀD⁻¹U)⁻¹·UᵀD⁻¹,
 *
 * with the k×k matrix factored once (Cholesky). It takes A's k largest eigenvalues away.
 */
export function diagonalPlusLowRank({ d, U }: LowRank): Preconditioner {
  const n = d.length
  const k = U.length / n
  const inverse = d.map(value => exp(-value))
  const C = new Float64Array(k * k)
  for (let a = 0; a < k; a++) C[a * k + a] = 1
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < k; a++)
      for (let b = 0; b < k; b++) C[a * k + b] += U[i * k + a] * inverse[i] * U[i * k + b]
  }
  cholesky(C, k)
  const y = new Float64Array(k)
  const apply = (r: Float64Array, z: Float64Array) => {
    for (let i = 0; i < n; i++) z[i] = inverse[i] * r[i]
    multiplyTransposed(U, z, y)
    substitute(C, y)
    for (let i = 0; i < n; i++) {
      let sum = r[i]
      for (let a = 0; a < k; a++) sum -= U[i * k + a] * y[a]
      z[i] = inverse[i] * sum
    }
  }
  return { size: n, apply, applyTransposed: apply }
}

/**
 * M⁻¹ = D + UUᵀ: the same family for the inverse. It takes A's k smallest eigenvalues away, which are what slows conjugate
 * gradients down for elliptic problems.
 * @param scale s [n]: M⁻¹ = S·(D + UUᵀ)·S with S = diag(s), such as A's diagonal to the power −½; default ones
 */
export function inverseDiagonalPlusLowRank(
  { d, U }: LowRank,
  scale: Float64Array = new Float64Array(d.length).fill(1),
): Preconditioner {
  const n = d.length
  const k = U.length / n
  const D = d.map(exp)
  const y = new Float64Array(k)
  const scaled = new Float64Array(n)
  const apply = (r: Float64Array, z: Float64Array) => {
    for (let i = 0; i < n; i++) scaled[i] = scale[i] * r[i]
    multiplyTransposed(U, scaled, y)
    for (let i = 0; i < n; i++) {
      let sum = D[i] * scaled[i]
      for (let a = 0; a < k; a++) sum += U[i * k + a] * y[a]
      z[i] = scale[i] * sum
    }
  }
  return { size: n, apply, applyTransposed: apply }
}

/**
 * Kaporin's measure of M⁻¹ = D + UUᵀ, log K = n·log(tr(M⁻¹A)/n) − logdet M⁻¹ − logdet A ≥ 0, zero only for M⁻¹ = c·A⁻¹
 * (Kaporin, Numer. Linear Algebra Appl. 1, 1994): it bounds the iterations of conjugate gradients, and needs one product with
 * A for each column of U. logdet A does not depend on d and U, and is left out.
 *
 * @param product V → A·V, [n, k]
 * @param diagonal A's [n]
 * @param d [n]
 * @param U [n, k]
 */
export function kaporinOfInverse(
  product: TensorProduct,
  diagonal: tf.Tensor,
  d: tf.Tensor,
  U: tf.Tensor,
): tf.Tensor {
  const n = d.size
  const trace = tf.add(tf.sum(tf.mul(tf.exp(d), diagonal)), tf.sum(tf.mul(U, product(U))))
  return tf.sub(tf.mul(n, tf.log(tf.div(trace, n))), logDeterminant(d, U))
}

/** logdet(D + UUᵀ) = Σd + logdet(I + UᵀD⁻¹U). */
function logDeterminant(d: tf.Tensor, U: tf.Tensor): tf.Tensor {
  const k = U.shape[1]!
  const scaled = tf.mul(tf.expandDims(tf.exp(tf.neg(d)), 1), U)
  let C = tf.add(tf.eye(k), tf.matMul(U as tf.Tensor2D, scaled as tf.Tensor2D, true, false)) as tf.Tensor2D
  let sum = tf.sum(d)
  // The pivots of elimination: each step leaves the Schur complement.
  for (let size = k; size > 0; size--) {
    const pivot = tf.slice(C, [0, 0], [1, 1])
    sum = tf.add(sum, tf.sum(tf.log(pivot)))
    if (size === 1) break
    const column = tf.slice(C, [1, 0], [size - 1, 1])
    const rest = tf.slice(C, [1, 1], [size - 1, size - 1])
    C = tf.sub(rest, tf.div(tf.matMul(column, column, false, true), pivot)) as tf.Tensor2D
  }
  return sum
}

/** y ← Uᵀx. */
function multiplyTransposed(U: Float64Array, x: Float64Array, y: Float64Array): void {
  const k = y.length
  y.fill(0)
  for (let i = 0; i < x.length; i++) for (let a = 0; a < k; a++) y[a] += U[i * k + a] * x[i]
}

/** C's lower triangle ← L with C = LLᵀ; C = I + UᵀD⁻¹U is always definite. */
function cholesky(C: Float64Array, k: number): void {
  for (let j = 0; j < k; j++) {
    for (let i = j; i < k; i++) {
      for (let m = 0; m < j; m++) C[i * k + j] -= C[i * k + m] * C[j * k + m]
    }
    const root = Math.sqrt(C[j * k + j])
    for (let i = j; i < k; i++) C[i * k + j] /= root
  }
}

/** y ← (LLᵀ)⁻¹y. */
function substitute(L: Float64Array, y: Float64Array): void {
  const k = y.length
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) y[i] -= L[i * k + j] * y[j]
    y[i] /= L[i * k + i]
  }
  for (let i = k - 1; i >= 0; i--) {
    for (let j = i + 1; j < k; j++) y[i] -= L[j * k + i] * y[j]
    y[i] /= L[i * k + i]
  }
}
