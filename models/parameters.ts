import type { Tensor } from '@tensorflow/tfjs-core'

/** A learned array: its name in checkpoints and messages, its shape, and its value before training. */
export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** Row-major, with as many entries as the shape. */
  readonly initial: Float64Array
}

/**
 * A function with learned arrays: what it needs, and how it is applied to them. The arrays come as tensors in the order
 * of `parameters`, so that the same model runs traced with θ as an input of the program.
 */
export interface Learned<Arguments extends unknown[], Result> {
  readonly parameters: readonly ParameterSpec[]
  apply(parameters: readonly Tensor[], ...x: Arguments): Result
}
