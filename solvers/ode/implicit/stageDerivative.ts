import type { StepContext } from '../context.ts'
import { newStatistics } from '../solutionOf.ts'
import { type VectorField, withTimeDerivative } from '../vectorField.ts'
import { createStageSystem, type StageSystem } from './stageSystem.ts'

/**
 * The derivative of one implicit stage, k(B, t, θ) with M(t, Y)·k = f(t, Y), Y = B + k/σ, by the implicit function
 * theorem with the exact J̃ = ∂(f − M·k)/∂Y at the stage:
 *
 *     δk = σ·W⁻¹·(J̃·δB + ∂f/∂θ·δθ − ∂M/∂θ·k + ∂f/∂t·δt),   W = σ·M − J̃
 */
export interface StageDerivative {
  /** Makes the stage with these values the current one. */
  linearise(t: number, state: Float64Array, slope: Float64Array, sigma: number): void
  /** Given κ = ∂L/∂k, adds ∂L/∂B to base and ∂L/∂θ to gradTheta; gives ∂L/∂t (0 without `times`). κ is overwritten. */
  vjp(kappa: Float64Array, base: Float64Array, gradTheta: Float64Array): number
  /** out ← δk. */
  jvp(dt: number, dbase: Float64Array, dtheta: Float64Array, out: Float64Array): void
}

/** The context of an integration, for work after it: nothing that is counted or noted there reaches the solution. */
export const contextOfDerivative = (context: StepContext): StepContext => ({
  ...context,
  statistics: newStatistics(),
  evaluate(t, y, out) {
    context.field.evaluate(t, y, out)
    return true
  },
})

/** @throws Error where times are variables and the field lacks what that needs. */
export function timeDerivativeOf(field: VectorField, times: boolean) {
  if (!times) return undefined
  if (field.mass && !field.massIsConstant)
    throw new Error(
      'derivatives with respect to times need a mass matrix that is constant (field.massIsConstant)',
    )
  return withTimeDerivative(field)
}

/** @throws Error where the matrix is not constant and the field does not give its derivative. */
export function requireMassDerivative(field: VectorField, name: 'massVjp' | 'massJvp'): void {
  if (field.mass && !field.massIsConstant && !field[name])
    throw new Error(
      `the ${name === 'massVjp' ? 'adjoint' : 'tangent'} needs field.${name}, which this vector field does not have: ` +
        'its mass matrix is not constant',
    )
}

export function createStageDerivative(
  context: StepContext,
  times: boolean,
): StageDerivative & { system: StageSystem } {
  const { field } = context
  const own = contextOfDerivative(context)
  const system = createStageSystem(own)
  const { n, mass } = system
  const timeDerivative = timeDerivativeOf(field, times)
  const variableMass = mass.kind === 'variable'
  const slopeInTime = new Float64Array(n)
  const product = new Float64Array(n)
  let time = 0
  let state: Float64Array = slopeInTime
  let slope: Float64Array = slopeInTime
  let factor = 0
  return {
    system,
    linearise(t, y, k, sigma) {
      time = t
      state = y
      slope = k
      factor = sigma
      if (!system.linearise(t, y, k) || !system.factor(sigma)) throw new Error(own.obstacle!.message)
    },
    vjp(kappa, base, gradTheta) {
      system.solveTransposed(kappa)
      for (let m = 0; m < n; m++) kappa[m] *= factor
      field.vjp!(time, state, kappa, base, gradTheta)
      let change = 0
      if (timeDerivative) {
        timeDerivative(time, state, slopeInTime)
        for (let m = 0; m < n; m++) change += kappa[m] * slopeInTime[m]
      }
      if (variableMass) {
        for (let m = 0; m < n; m++) kappa[m] = -kappa[m]
        field.massVjp!(time, state, slope, kappa, base, gradTheta)
      }
      return change
    },
    jvp(dt, dbase, dtheta, out) {
      field.jvp!(time, state, dbase, dtheta, out)
      if (variableMass) {
        field.massJvp!(time, state, slope, dbase, dtheta, product)
        for (let m = 0; m < n; m++) out[m] -= product[m]
      }
      if (timeDerivative && dt !== 0) {
        timeDerivative(time, state, slopeInTime)
        for (let m = 0; m < n; m++) out[m] += dt * slopeInTime[m]
      }
      system.solve(out)
      for (let m = 0; m < n; m++) out[m] *= factor
    },
  }
}
