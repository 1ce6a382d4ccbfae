import * as tf from '@tensorflow/tfjs-core'
import {
  denseNetwork,
  type LagrangianSystem,
  learnedMassMatrix,
  type ParameterSpec,
} from '../../models/index.ts'

/** A mechanical system with learned arrays. */
export interface LearnedMechanics {
  readonly parameters: readonly ParameterSpec[]
  system(weights: readonly tf.Tensor[]): LagrangianSystem
}

export interface NeuralMechanics {
  readonly coordinates: number
  readonly hidden: readonly number[]
  /** What the networks see the cosines and sines of: [features] of q. */
  readonly angles: (q: tf.Tensor1D) => tf.Tensor1D
  readonly features: number
  /** Uniform deviates for the first weights. */
  readonly random: () => number
}

/** M = LLᵀ + 0.01·I and V as networks of angles. */
export function neuralMechanics(options: NeuralMechanics): LearnedMechanics {
  const { coordinates, hidden, angles, features, random } = options
  const network = (name: string, outputs: number) =>
    denseNetwork({ name, inputs: 2 * features, hidden, outputs, activation: 'tanh', random })
  const matrix = learnedMassMatrix(
    'cholesky',
    coordinates,
    0.01,
    network('mass', (coordinates * (coordinates + 1)) / 2),
  )
  const potential = network('potential', 1)
  const count = matrix.parameters.length
  const seen = (q: tf.Tensor1D) => tf.concat([tf.cos(angles(q)), tf.sin(angles(q))])
  return {
    parameters: [...matrix.parameters, ...potential.parameters],
    system: weights => ({
      coordinates,
      massMatrix: q => matrix.apply(weights.slice(0, count), seen(q)),
      potential: q => tf.sum(potential.apply(weights.slice(count), seen(q))),
    }),
  }
}

/** Arrays of numbers that are found by name, each of shape []. */
export const scalars = (initial: Readonly<Record<string, number>>): ParameterSpec[] =>
  Object.entries(initial).map(([name, value]) => ({ name, shape: [], initial: Float64Array.of(value) }))
