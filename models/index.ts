/**
 * Learned functions and the mechanics around them, written in TensorFlow.js and so traceable. A learned function says which
 * arrays it needs (`parameters`) and how it is applied to them (`apply`); `vectorField` of the package's root takes both.
 *
 *     const network = denseNetwork({ name: 'M', inputs: 2, hidden: [64], outputs: 3, activation: 'tanh', random: Math.random })
 *     const M = learnedMassMatrix('cholesky', 2, 1e-3, network) // x ↦ LLᵀ + 0.001·I, [2, 2]
 *     const derivative = lagrangianDynamics({ coordinates: 2, massMatrix: q => M.apply(weights, tf.cos(q)), potential }, t, y)
 */
export {
  type ConstrainedBodies,
  constrainedHamiltonian,
  constrainedHamiltonianDynamics,
  constrainedLagrangianDynamics,
  type RodEnd,
  rodConstraints,
} from './constrainedHamiltonian.ts'
export { type Activation, activations, type DenseNetworkOptions, denseNetwork } from './denseNetwork.ts'
export {
  type DissipativeHamiltonianSystem,
  dissipativeHamiltonianDynamics,
  type LearnedDissipativeHamiltonianOptions,
  learnedDissipativeHamiltonian,
} from './dissipativeHamiltonian.ts'
export { type GraphDiffusion, graphDiffusion } from './graphDiffusion.ts'
export { type HamiltonianSystem, hamiltonianDynamics } from './hamiltonian.ts'
export { type HeatConduction, type HeatElements, type HeatFunction, heatElements } from './heat.ts'
export {
  constraintForce,
  energy,
  kineticEnergy,
  type LagrangianSystem,
  lagrangianDynamics,
  massMatrix,
} from './lagrangian.ts'
export { type LearnedConstrainedBodiesOptions, learnedConstrainedBodies } from './learnedConstrainedBodies.ts'
export {
  choleskyForm,
  diagonalForm,
  learnedMassMatrix,
  type MassMatrixForm,
  massMatrixOutputs,
} from './massMatrix.ts'
export type { Learned, ParameterSpec } from './parameters.ts'
export {
  distances,
  type ParticleSystem,
  particleDynamics,
  particleEnergy,
  springEnergy,
} from './particles.ts'
export {
  type LearnedPortHamiltonianOptions,
  learnedPortHamiltonian,
  type PortHamiltonianSystem,
  portHamiltonianDynamics,
  portOutput,
  semidefiniteForm,
  skewForm,
} from './portHamiltonian.ts'
export {
  type RigidBodySystem,
  rigidBodyDynamics,
  rigidBodyEnergy,
  rigidBodyMassMatrix,
  rigidBodyPotential,
} from './rigidBodies/dynamics.ts'
export {
  forwardKinematics,
  type Inertial,
  type Joint,
  orientations,
  type PlacedBody,
  type PlacedJoint,
  type Pose,
  type RigidBody,
} from './rigidBodies/kinematics.ts'
export {
  embedded,
  embeddedSymplecticOdeDynamics,
  type LearnedSymplecticOdeOptions,
  learnedSymplecticOde,
  type SymplecticOdeSystem,
  symplecticOdeDynamics,
  symplecticOdeEnergy,
} from './symplecticOde.ts'
export {
  graphLaplacian,
  type MatrixConstants,
  positiveDefinite,
  rowDominant,
  type SystemMatrixForm,
  saddlePoint,
  shiftedSymmetric,
} from './systemMatrix.ts'
export { type Bound, together } from './together.ts'
export {
  locate,
  rectangleMesh,
  rectangleSides,
  type TriangleMesh,
  triangleMesh,
  type WrittenMesh,
} from './triangleMesh.ts'
