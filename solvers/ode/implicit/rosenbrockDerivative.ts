import type { StepContext } from '../context.ts'
import type { StepDerivative } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { createInitialState } from './initialState.ts'
import { loadRosenbrockStages } from './rosenbrock.ts'
import { type FlatRosenbrock, rosenbrockDenseWeights } from './rosenbrockTableau.ts'
import { contextOfDerivative } from './stageDerivative.ts'
import { createStageSystem } from './stageSystem.ts'

/**
 * The derivatives of the steps of a Rosenbrock method. J and ∂f/∂t are part of the method, so that second derivatives of f
 * are needed: field.secondVjp and field.secondJvp. With ū_i = ∂L/∂u_i, μ_i = W⁻ᵀ·ū_i, last stage to first:
 *
 *     λ_y += ∂f/∂y(Y_i)ᵀ·μ_i + ∂/∂y (μ_iᵀ·(J·u_i + h·d_i·∂f/∂t))
 *     ū_j += a_ij·∂f/∂y(Y_i)ᵀ·μ_i + (C_ij/h)·Mᵀ·μ_i   (j < i)
 *
 * @throws Error where times are variables, or the field lacks a derivative.
 */
export function rosenbrockDerivative(
  name: string,
  context: StepContext,
  flat: FlatRosenbrock,
  record: StepRecord,
  times: boolean,
): StepDerivative {
  const instead = "use 'kvaerno5' or 'radau5', whose gradients need first derivatives alone"
  if (times)
    throw new Error(`method '${name}' has no derivatives with respect to times and events: ${instead}`)
  const require = (hook: 'secondVjp' | 'secondJvp') => {
    if (!context.field[hook])
      throw new Error(
        `the ${hook === 'secondVjp' ? 'adjoint' : 'tangent'} of method '${name}' needs second derivatives, field.${hook}, which ` +
          `this vector field does not have: ${instead}`,
      )
    if (!context.field.timeDerivative)
      throw new Error(
        `the gradient of method '${name}' needs field.timeDerivative (zeros if f does not depend on t), which this ` +
          `vector field does not have: give it, or ${instead}`,
      )
  }
  const { field } = context
  const { stages, a, b, c, d, coupling, gamma } = flat
  const own = contextOfDerivative(context)
  const system = createStageSystem(own)
  const initialState = createInitialState(own, system)
  const { n, mass } = system

  let t = 0
  let h = 0
  const y = new Float64Array(n)
  const u = new Float64Array(stages * n)
  const stage = Array.from({ length: stages }, (_, i) => u.subarray(i * n, (i + 1) * n))
  const state = new Float64Array(n)
  const zero = new Float64Array(n)
  const ignored = new Float64Array(n)
  const weights = new Float64Array(stages)

  /** Cotangents ū_i. */
  const cotangents = new Float64Array(stages * n)
  const stageCotangent = Array.from({ length: stages }, (_, i) => cotangents.subarray(i * n, (i + 1) * n))
  const stateCotangent = new Float64Array(n)
  const timeCotangent = { t: 0, h: 0 }

  const tangents = new Float64Array(stages * n)
  const stageTangent = Array.from({ length: stages }, (_, i) => tangents.subarray(i * n, (i + 1) * n))
  const change = new Float64Array(n)
  let from: Float64Array = zero

  function lineariseStep(): void {
    if (!system.linearise(t, y, zero) || !system.factor(1 / (h * gamma)))
      throw new Error(own.obstacle!.message)
  }

  return {
    timeCotangent,
    load(step) {
      t = record.t[step]
      h = record.h[step]
      for (let m = 0; m < n; m++) y[m] = record.y[step * n + m]
      loadRosenbrockStages(record, step, u)
    },
    beginVjp() {
      require('secondVjp')
      cotangents.fill(0)
    },
    interpolateVjp(theta, cotangent, lambda) {
      rosenbrockDenseWeights(flat, theta, weights)
      for (let m = 0; m < n; m++) lambda[m] += cotangent[m]
      for (let i = 0; i < stages; i++)
        for (let m = 0; m < n; m++) stageCotangent[i][m] += weights[i] * cotangent[m]
      return 0
    },
    stepVjp(lambda1, lambda, gradTheta) {
      lineariseStep()
      for (let m = 0; m < n; m++) lambda[m] += lambda1[m]
      for (let i = 0; i < stages; i++) for (let m = 0; m < n; m++) stageCotangent[i][m] += b[i] * lambda1[m]
      for (let i = stages - 1; i >= 0; i--) {
        const mu = stageCotangent[i]
        system.solveTransposed(mu)
        combine(y, 1, a, i * stages, i, u, state)
        field.vjp!(t + c[i] * h, state, mu, stateCotangent.fill(0), gradTheta)
        for (let m = 0; m < n; m++) lambda[m] += stateCotangent[m]
        for (let j = 0; j < i; j++) {
          const weight = a[i * stages + j]
          for (let m = 0; m < n; m++) stageCotangent[j][m] += weight * stateCotangent[m]
          mass.multiplyTransposedAdd(mu, coupling[i * stages + j] / h, stageCotangent[j])
        }
        field.secondVjp!(t, y, h * d[i], stage[i], mu, lambda, gradTheta)
      }
      cotangents.fill(0)
    },
    startVjp(time, initial, lambda, gradTheta) {
      initialState.vjp(time, initial, null, lambda, gradTheta, false)
    },
    startJvp(time, initial, dt, dy, dtheta) {
      require('secondJvp')
      initialState.jvp(time, initial, dt, dy, dtheta, ignored)
    },
    stepJvp(_dt, _dh, dy, dtheta, dy1) {
      lineariseStep()
      for (let i = 0; i < stages; i++) {
        const out = stageTangent[i]
        combine(y, 1, a, i * stages, i, u, state)
        combine(dy, 1, a, i * stages, i, tangents, change)
        field.jvp!(t + c[i] * h, state, change, dtheta, out)
        field.secondJvp!(t, y, h * d[i], stage[i], dy, dtheta, change)
        for (let m = 0; m < n; m++) out[m] += change[m]
        combine(zero, 1 / h, coupling, i * stages, i, tangents, change)
        mass.multiplyAdd(change, 1, out)
        system.solve(out)
      }
      combine(dy, 1, b, 0, stages, tangents, dy1)
      from = dy
    },
    interpolateJvp(theta, _dfraction, out) {
      rosenbrockDenseWeights(flat, theta, weights)
      combine(from, 1, weights, 0, stages, tangents, out)
    },
  }
}
