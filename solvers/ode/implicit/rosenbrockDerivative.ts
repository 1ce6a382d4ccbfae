import type { StepContext } from '../context.ts'
import { dot } from '../denseDerivative.ts'
import type { StepDerivative } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { createInitialState } from './initialState.ts'
import { loadRosenbrockStages } from './rosenbrock.ts'
import { type FlatRosenbrock, rosenbrockDenseSlopes, rosenbrockDenseWeights } from './rosenbrockTableau.ts'
import { contextOfDerivative } from './stageDerivative.ts'
import { createStageSystem } from './stageSystem.ts'

/**
 * The derivatives of the steps of a Rosenbrock method. J and ∂f/∂t are part of the method, so that second derivatives of f
 * are needed: field.secondVjp and field.secondJvp. With ū_i = ∂L/∂u_i, μ_i = W⁻ᵀ·ū_i, last stage to first:
 *
 *     λ_y += ∂f/∂y(Y_i)ᵀ·μ_i + ∂/∂y (μ_iᵀ·(J·u_i + h·d_i·∂f/∂t))
 *     ū_j += a_ij·∂f/∂y(Y_i)ᵀ·μ_i + (C_ij/h)·Mᵀ·μ_i   (j < i)
 *
 * With times, of W·u_i = f(t_i, Y_i) + Σ_j C_ij/h·M·u_j + h·d_i·∂f/∂t:
 *
 *     t̄ += μ_iᵀ·(∂f/∂t(t_i, Y_i) + ∂J/∂t·u_i + h·d_i·∂²f/∂t²)
 *     h̄ += μ_iᵀ·(c_i·∂f/∂t(t_i, Y_i) + d_i·∂f/∂t + M·(u_i/γ − Σ_j C_ij·u_j)/h²)
 *
 * where ∂²f/∂t² is a central difference of field.timeDerivative: 0 exactly where f does not depend on t, else good to ten digits.
 *
 * @throws Error where the field lacks a derivative.
 */
export function rosenbrockDerivative(
  name: string,
  context: StepContext,
  flat: FlatRosenbrock,
  record: StepRecord,
  times: boolean,
): StepDerivative {
  const instead = "use 'kvaerno5' or 'radau5', whose gradients need first derivatives alone"
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

  const zeroTheta = new Float64Array(field.parameterCount)
  const unusedTheta = new Float64Array(field.parameterCount)
  const byTime = new Float64Array(n)
  const byTimeAtStage = new Float64Array(n)
  const curvature = new Float64Array(n)
  const bySize = new Float64Array(n)

  /** ∂f/∂t and ∂²f/∂t² at the beginning of the step. */
  function lineariseInTime(): void {
    const increment = 6e-6 * Math.max(Math.abs(t), Math.abs(h)) // ε^(1/3) of the time
    field.timeDerivative!(t + increment, y, curvature)
    field.timeDerivative!(t - increment, y, byTime)
    for (let m = 0; m < n; m++) curvature[m] = (curvature[m] - byTime[m]) / (2 * increment)
    field.timeDerivative!(t, y, byTime)
  }

  /** bySize ← what δh makes of the right-hand side of stage i; byTimeAtStage ← ∂f/∂t(t_i, Y_i), with Y_i in `state`. */
  function stageInTime(i: number): void {
    field.timeDerivative!(t + c[i] * h, state, byTimeAtStage)
    combine(zero, -1, coupling, i * stages, i, u, change)
    for (let m = 0; m < n; m++) {
      change[m] += stage[i][m] / gamma
      bySize[m] = c[i] * byTimeAtStage[m] + d[i] * byTime[m]
    }
    mass.multiplyAdd(change, 1 / (h * h), bySize)
  }

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
      if (!times) return 0
      rosenbrockDenseSlopes(flat, theta, weights)
      combine(zero, 1, weights, 0, stages, u, change)
      return dot(cotangent, change)
    },
    stepVjp(lambda1, lambda, gradTheta) {
      lineariseStep()
      if (times) lineariseInTime()
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
        if (!times) continue
        stageInTime(i)
        field.secondVjp!(t, y, 1, zero, mu, stateCotangent.fill(0), unusedTheta) // μᵀ·∂²f/∂t∂y
        timeCotangent.t +=
          dot(mu, byTimeAtStage) + dot(stateCotangent, stage[i]) + h * d[i] * dot(mu, curvature)
        timeCotangent.h += dot(mu, bySize)
      }
      cotangents.fill(0)
    },
    startVjp(time, initial, lambda, gradTheta) {
      timeCotangent.t += initialState.vjp(time, initial, null, lambda, gradTheta, times)
    },
    startJvp(time, initial, dt, dy, dtheta) {
      require('secondJvp')
      initialState.jvp(time, initial, dt, dy, dtheta, ignored)
    },
    stepJvp(dt, dh, dy, dtheta, dy1) {
      lineariseStep()
      if (times) lineariseInTime()
      for (let i = 0; i < stages; i++) {
        const out = stageTangent[i]
        combine(y, 1, a, i * stages, i, u, state)
        combine(dy, 1, a, i * stages, i, tangents, change)
        field.jvp!(t + c[i] * h, state, change, dtheta, out)
        field.secondJvp!(t, y, h * d[i], stage[i], dy, dtheta, change)
        for (let m = 0; m < n; m++) out[m] += change[m]
        if (times) {
          stageInTime(i)
          field.secondJvp!(t, y, 1, zero, stage[i], zeroTheta, change) // ∂J/∂t·u_i
          for (let m = 0; m < n; m++)
            out[m] += dt * (byTimeAtStage[m] + change[m] + h * d[i] * curvature[m]) + dh * bySize[m]
        }
        combine(zero, 1 / h, coupling, i * stages, i, tangents, change)
        mass.multiplyAdd(change, 1, out)
        system.solve(out)
      }
      combine(dy, 1, b, 0, stages, tangents, dy1)
      from = dy
    },
    interpolateJvp(theta, dfraction, out) {
      rosenbrockDenseWeights(flat, theta, weights)
      combine(from, 1, weights, 0, stages, tangents, out)
      if (dfraction === 0) return
      rosenbrockDenseSlopes(flat, theta, weights)
      combine(out, dfraction, weights, 0, stages, u, out)
    },
  }
}
