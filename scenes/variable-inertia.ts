import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs'
import type { ModelDefinition, SystemDefinition, Toolkit } from 'neurode/sim'

type Parameters = Readonly<Record<string, Tensor>>
/** M(x): [1, 1]. */
type Inertia = (x: Tensor1D, parameters: Parameters, weights: readonly Tensor[]) => Tensor2D

/** A spring and any inertia: M(x)·ẍ + ½M′(x)·ẋ² + k·x = 0. */
function mechanics({ lagrangianDynamics, energy, massMatrix }: Toolkit, inertia: Inertia) {
  const system = (parameters: Parameters, weights: readonly Tensor[]) => ({
    coordinates: 1,
    massMatrix: (x: Tensor1D) => inertia(x, parameters, weights),
    potential: (x: Tensor1D) => parameters.k.mul(x.square().sum()).mul(0.5),
  })
  return {
    derivative: (t, y, parameters, weights) => lagrangianDynamics(system(parameters, weights), t, y),
    energy: (_t, y, parameters, weights) => energy(system(parameters, weights), y),
    massMatrix: (_t, y, parameters, weights) => massMatrix(system(parameters, weights), y.slice(0, 1)),
  } satisfies ModelDefinition
}

/** The ground truth: M(x) = m·(1 + b·x²). */
export default (toolkit: Toolkit): SystemDefinition => ({
  state: { x: 1.2, v: 0 }, // m, m/s
  ...mechanics(toolkit, (x, { m, b }) => m.mul(b.mul(x.square()).add(1)).reshape([1, 1])),
})

/** What is trained: a network of x in the place of M. */
export const model = (toolkit: Toolkit): ModelDefinition => {
  const { denseNetwork, learnedMassMatrix, random } = toolkit
  const shape = { inputs: 1, hidden: [16], outputs: 1 }
  const network = denseNetwork({ name: 'inertia', ...shape, activation: 'tanh', random })
  const matrix = learnedMassMatrix('cholesky', 1, 0.1, network)
  return { learned: matrix.parameters, ...mechanics(toolkit, (x, _, weights) => matrix.apply(weights, x)) }
}
