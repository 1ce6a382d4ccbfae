import * as tf from '@tensorflow/tfjs-core'

/** A vector of space: [3]. */
export type Vector = tf.Tensor1D
/** [3, 3] */
export type Matrix = tf.Tensor2D
/** [w, x, y, z], of any length but 0. */
export type Quaternion = readonly [number, number, number, number]

export const vector = (x: number, y: number, z: number): Vector => tf.tensor1d([x, y, z])
export const add = (...terms: Vector[]): Vector => terms.reduce((a, b) => tf.add(a, b))
export const subtract = (a: Vector, b: Vector): Vector => tf.sub(a, b)
export const scale = (factor: tf.Tensor, a: Vector): Vector => tf.mul(factor, a)
/** A scalar. */
export const dot = (a: Vector, b: Vector): tf.Tensor => tf.sum(tf.mul(a, b))
/** A·b */
export const apply = (A: Matrix, b: Vector): Vector =>
  tf.reshape(tf.matMul(A, tf.reshape(b, [3, 1]) as tf.Tensor2D), [3])

/** a × b */
export function cross(a: Vector, b: Vector): Vector {
  const turned = (v: Vector, by: readonly number[]) => tf.gather(v, tf.tensor1d([...by], 'int32')) as Vector
  const [forth, back] = [
    [1, 2, 0],
    [2, 0, 1],
  ]
  return tf.sub(tf.mul(turned(a, forth), turned(b, back)), tf.mul(turned(a, back), turned(b, forth)))
}

export const identity = (): Matrix =>
  tf.tensor2d([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ])

/** a·bᵀ */
export const outer = (a: Vector, b: Vector): Matrix =>
  tf.mul(tf.reshape(a, [3, 1]), tf.reshape(b, [1, 3])) as Matrix

/** The rotation of a quaternion that need not be of length 1. */
export function rotationOf([w, x, y, z]: Quaternion): Matrix {
  const square = w * w + x * x + y * y + z * z
  const rows = [
    [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z],
  ]
  return tf.tensor2d(rows.map(row => row.map(entry => entry / square)))
}

/** The rotation by an angle about an axis a of length 1: aaᵀ + cos φ·(I − aaᵀ) + sin φ·[a] (Rodrigues). */
export function rotationAbout(axis: readonly number[], angle: tf.Tensor): Matrix {
  const [x, y, z] = axis
  const along = axis.map(a => axis.map(b => a * b))
  const across = along.map((row, i) => row.map((entry, j) => (i === j ? 1 : 0) - entry))
  const product = [
    [0, -z, y],
    [z, 0, -x],
    [-y, x, 0],
  ]
  return tf.addN([
    tf.tensor2d(along),
    tf.mul(tf.cos(angle), tf.tensor2d(across)),
    tf.mul(tf.sin(angle), tf.tensor2d(product)),
  ]) as Matrix
}

/** The product of two quaternions of any length, [4]. */
export function quaternionProduct(p: tf.Tensor1D, q: tf.Tensor1D): tf.Tensor1D {
  const [w, x, y, z] = tf.unstack(p)
  return tf.addN([
    tf.mul(w, q),
    ...[
      { part: x, order: [1, 0, 3, 2], signs: [-1, 1, -1, 1] },
      { part: y, order: [2, 3, 0, 1], signs: [-1, 1, 1, -1] },
      { part: z, order: [3, 2, 1, 0], signs: [-1, -1, 1, 1] },
    ].map(({ part, order, signs }) =>
      tf.mul(tf.mul(part, tf.tensor1d(signs)), tf.gather(q, tf.tensor1d(order, 'int32'))),
    ),
  ]) as tf.Tensor1D
}
