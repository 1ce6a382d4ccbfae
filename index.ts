/**
 * neurode: neural-ODE physics in TypeScript. Models are TensorFlow.js functions, run as float64 WebAssembly.
 *
 *     const field = vectorField((t, y) => solve(massMatrix(y), forces(t, y)), { state: [10] })
 *     const trajectory = odeint(field, y0, times, { method: 'tsit5', rtol: 1e-6 })
 *     const { loss, gradients } = lossAndGradient(field, y0, times, y => y.square().mean())
 */
export { useBestEagerBackend } from './compiler/eagerBackend.ts'
export {
  type Differentiable,
  grad,
  grads,
  jvp,
  valueAndGrad,
  valueAndGrads,
  vjp,
} from './compiler/trace/derivatives.ts'
export { SingularMatrixError } from './kernels/singularMatrix.ts'
export {
  type GradientOptions,
  IntegrationError,
  type LossAndGradient,
  lossAndGradient,
} from './sim/lossAndGradient.ts'
export {
  type Batch,
  type BatchGradient,
  type BatchOptions,
  type BatchTrajectory,
  createBatch,
} from './sim/parallel/batch.ts'
export { type Adam, adam } from './sim/training/optimizers/adam.ts'
export { tfOptimizer } from './sim/training/optimizers/tfOptimizer.ts'
export {
  type CompiledField,
  compileModel,
  type ModelFunction,
  type VectorFieldOptions,
  vectorField,
} from './sim/vectorField.ts'
export { solve } from './solvers/linear/solve.ts'
export {
  addFields,
  type EventRecord,
  type IntegratorOptions,
  odeint,
  type Solution,
  type StateEvent,
  type Times,
  type VectorField,
} from './solvers/ode/index.ts'
