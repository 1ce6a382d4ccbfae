import * as tf from '@tensorflow/tfjs-core'
import type { TensorProduct } from './sparseProduct.ts'

/** The weights of a graph network that predicts search directions. */
export interface GraphNetwork {
  /** [2, h]: of the residual and its product with A. */
  readonly encode: tf.Variable
  /** Of each layer: of the node itself and of its neighbours, by edge weights and by their squares; [h, h] each. */
  readonly layers: readonly {
    readonly self: tf.Variable
    readonly linear: tf.Variable
    readonly square: tf.Variable
  }[]
  /** [h, 1] */
  readonly decode: tf.Variable
}

/**
 * New weights.
 * @param layers how far a direction sees: as many neighbours away
 * @param random uniform in [0, 1)
 */
export function graphNetwork(layers: number, hidden: number, random: () => number): GraphNetwork {
  const weights = (rows: number, columns: number, size: number) =>
    tf.variable(
      tf.tensor2d(
        Float32Array.from({ length: rows * columns }, () => size * (2 * random() - 1)),
        [rows, columns],
      ),
    )
  const size = Math.sqrt(1 / hidden)
  return {
    encode: weights(2, hidden, 1),
    layers: Array.from({ length: layers }, () => ({
      self: weights(hidden, hidden, size),
      linear: weights(hidden, hidden, size),
      square: weights(hidden, hidden, size),
    })),
    decode: weights(hidden, 1, size),
  }
}

/**
 * The direction that a network proposes for a residual: messages along A's edges, weighted by A's entries and by their
 * squares, tanh, no biases. So it turns its sign with r; its size is of no account, as the line search is exact.
 *
 * @param product v → A·v by A's entries, [n] or [n, k]; A scaled to a unit diagonal
 * @param squared the same by their squares
 * @param r [n], of norm √n
 * @returns [n]
 */
export function proposeDirection(
  network: GraphNetwork,
  product: TensorProduct,
  squared: TensorProduct,
  r: tf.Tensor,
): tf.Tensor {
  const features = tf.stack([r, product(r)], 1)
  const multiply = (x: tf.Tensor, weights: tf.Variable) =>
    tf.matMul(x as tf.Tensor2D, weights as tf.Tensor as tf.Tensor2D)
  let state: tf.Tensor = multiply(features, network.encode)
  for (const { self, linear, square } of network.layers) {
    const message = tf.add(multiply(product(state), linear), multiply(squared(state), square))
    state = tf.add(state, tf.tanh(tf.add(multiply(state, self), message)))
  }
  return tf.add(r, tf.squeeze(multiply(state, network.decode), [1]))
}

/**
 * What an exact line search along d leaves of the energy error, ‖e₊‖²_A/‖e‖²_A = 1 − (r·d)²/((d·Ad)·(e·r)), r = A·e: between
 * 0 (d is the error) and 1. It does not depend on d's size.
 */
export function remainingEnergy(product: TensorProduct, d: tf.Tensor, r: tf.Tensor, e: tf.Tensor): tf.Tensor {
  const dot = (u: tf.Tensor, v: tf.Tensor) => tf.sum(tf.mul(u, v))
  return tf.sub(1, tf.div(tf.square(dot(r, d)), tf.mul(dot(d, product(d)), dot(e, r))))
}
