/**
 * Linear solves as an operation of TensorFlow.js, integrators of ordinary differential equations, and exact gradients of
 * what they computed. The integrators know of a model only the interface `VectorField`; it may be written by hand.
 *
 *     const decay: VectorField = { dimension: 1, parameterCount: 0, evaluate: (t, y, dydt) => { dydt[0] = -y[0] } }
 *     odeint(decay, [1], [0, 1], { method: 'tsit5', rtol: 1e-9 }).y // 1, 0.36788
 */
export * from './adjoint/index.ts'
export * from './implicit/index.ts'
export * from './linear/direct/index.ts'
export * as gallery from './linear/gallery/index.ts'
export * from './linear/gradients/index.ts'
export * from './linear/krylov/index.ts'
export * from './linear/learned/index.ts'
export * from './linear/local/index.ts'
export * from './linear/preconditioners/index.ts'
export { type SolveOptions, solve } from './linear/solve.ts'
export * from './linear/sparse/index.ts'
export {
  addFields,
  createIntegrator,
  dopri5,
  type EventRecord,
  type Failure,
  type FailureReason,
  type Integrator,
  type IntegratorOptions,
  type MethodName,
  odeint,
  type Solution,
  type SparsityPattern,
  type StateEvent,
  type Statistics,
  type Steps,
  type Tableau,
  type Times,
  tsit5,
  type VectorField,
} from './ode/index.ts'
