import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import type { ModelDefinition, SystemDefinition, Toolkit } from 'neurode/sim'

/** M(x)·ẍ + ½M′(x)·ẋ² + k·x = 0 with M(x) = m·(1 + b·x²): the mechanics around any inertia. */
function mechanics({ tf, lagrangianDynamics, energy, massMatrix }: Toolkit, inertia: Inertia) {
  const system = ({ m, b, k }: Parameters, weights: readonly Tensor[]) => ({
    coordinates: 1,
    massMatrix: (x: Tensor1D) => inertia(x, { m, b, k }, weights),
    potential: (x: Tensor1D) => tf.mul(0.5, tf.mul(k, tf.sum(tf.square(x)))),
  })
  return {
    derivative: (t, y, parameters, weights) => lagrangianDynamics(system(parameters, weights), t, y),
    energy: (_t, y, parameters, weights) => energy(system(parameters, weights), y),
    massMatrix: (_t, y, parameters, weights) =>
      massMatrix(system(parameters, weights), tf.slice(y, 0, 1) as Tensor1D),
  } satisfies ModelDefinition
}

type Parameters = Readonly<Record<string, Tensor>>
type Inertia = (x: Tensor1D, parameters: Parameters, weights: readonly Tensor[]) => Tensor2D

/** The ground truth. */
export default (toolkit: Toolkit): SystemDefinition => {
  const { tf } = toolkit
  return {
    state: { x: 1.2, v: 0 }, // m, m/s
    ...mechanics(toolkit, (x, { m, b }) => tf.reshape(tf.mul(m, tf.add(1, tf.mul(b, tf.square(x)))), [1, 1])),
  }
}

/** The model: a network is the inertia. */
export const model = (toolkit: Toolkit): ModelDefinition => {
  const { denseNetwork, learnedMassMatrix, random } = toolkit
  const network = denseNetwork({
    name: 'inertia',
    inputs: 1,
    hidden: [16],
    outputs: 1,
    activation: 'tanh',
    random,
  })
  const matrix = learnedMassMatrix('cholesky', 1, 0.1, network)
  return { learned: matrix.parameters, ...mechanics(toolkit, (x, _, weights) => matrix.apply(weights, x)) }
}
