/**
 * Implicit layers: outputs that are defined by an equation or an optimum, with exact derivatives by the implicit function theorem
 * (one linear solve, whatever the iteration was).
 *
 *     const { z, status, derivatives } = fixedPoint(compileMap(f, inputs), z0, [theta])
 *     const { parameters } = derivatives.vjp(gradientZ)
 */
export { type CompiledMap, compileMap } from './compileMap.ts'
export type { QuadraticProgram } from './conditions.ts'
export type { DifferentiableMap } from './differentiableMap.ts'
export { findRoot, type RootOptions } from './findRoot.ts'
export { type FixedPointOptions, fixedPoint, type ImplicitSolution } from './fixedPoint.ts'
export type {
  ImplicitDerivatives,
  ImplicitGradient,
  ImplicitHessianProduct,
  ImplicitTangent,
  LinearSystemOptions,
} from './implicitDerivatives.ts'
export {
  type QuadraticProgramOptions,
  type QuadraticProgramSolution,
  quadraticProgram,
} from './quadraticProgram.ts'
export { type SteadyStateOptions, steadyState } from './steadyState.ts'
