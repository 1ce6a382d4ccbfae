import * as tf from '@tensorflow/tfjs-core'
import type { Learned, ParameterSpec } from './parameters.ts'

/** Smooth activations (C¹ or better: an adaptive integrator meets each kink with rejected steps), and ReLU. */
export const activations = {
  tanh: tf.tanh,
  softplus: tf.softplus,
  silu: (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x)),
  sigmoid: tf.sigmoid,
  elu: tf.elu,
  sin: tf.sin,
  relu: tf.relu,
} satisfies Record<string, (x: tf.Tensor) => tf.Tensor>

export type Activation = keyof typeof activations

export interface DenseNetworkOptions {
  /** Prefix of the parameters' names: `name.0.kernel`, `name.0.bias`, … */
  readonly name: string
  readonly inputs: number
  readonly hidden: readonly number[]
  readonly outputs: number
  readonly activation: Activation
  /** Uniform deviates in [0, 1), for the initial weights. */
  readonly random: () => number
  /** Factor on the last layer's initial weights; a small one starts the network near its bias. Default 1. */
  readonly outputScale?: number
}

/**
 * A fully connected network x ↦ W_L σ(… σ(W_1 x + b_1) …) + b_L on vectors, [inputs] → [outputs], or on each row of a matrix:
 * [count, inputs] → [count·outputs].
 * Weights start uniform with variance 2/(fan-in + fan-out) (Glorot & Bengio, AISTATS 2010), biases at 0.
 */
export function denseNetwork(options: DenseNetworkOptions): Learned<[x: tf.Tensor], tf.Tensor1D> {
  const { name, inputs, hidden, outputs, random, outputScale = 1 } = options
  const activation = activations[options.activation]
  const widths = [inputs, ...hidden, outputs]
  const layers = widths.length - 1
  const parameters: ParameterSpec[] = []
  for (let layer = 0; layer < layers; layer++) {
    const [rows, columns] = [widths[layer], widths[layer + 1]]
    const limit = Math.sqrt(6 / (rows + columns)) * (layer === layers - 1 ? outputScale : 1)
    const kernel = Float64Array.from({ length: rows * columns }, () => limit * (2 * random() - 1))
    parameters.push({ name: `${name}.${layer}.kernel`, shape: [rows, columns], initial: kernel })
    parameters.push({ name: `${name}.${layer}.bias`, shape: [columns], initial: new Float64Array(columns) })
  }
  return {
    parameters,
    apply(weights, x) {
      let value: tf.Tensor = tf.reshape(x, [-1, inputs])
      for (let layer = 0; layer < layers; layer++) {
        value = tf.add(
          tf.matMul(value as tf.Tensor2D, weights[2 * layer] as tf.Tensor2D),
          weights[2 * layer + 1],
        )
        if (layer < layers - 1) value = activation(value)
      }
      return tf.reshape(value, [-1])
    },
  }
}
