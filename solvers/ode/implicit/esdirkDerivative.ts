import type { StepContext } from '../context.ts'
import { createDenseDerivative, dot, rowsOf } from '../denseDerivative.ts'
import type { StepDerivative } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { loadEsdirkStages } from './esdirk.ts'
import type { FlatEsdirk } from './esdirkTableau.ts'
import { createInitialState } from './initialState.ts'
import { contextOfDerivative, createStageDerivative, requireMassDerivative } from './stageDerivative.ts'

/**
 * The derivatives of the steps of an ESDIRK method: those of an explicit one (explicitRungeKuttaDerivative.ts) with each
 * stage k_i(B_i), B_i = y + h·Σ_{j<i} a_ij·k_j, differentiated through its own equation. Backwards, κ_i = ∂L/∂k_i:
 *
 *     stage i, last to first:   B̄ = ∂k_iᵀ/∂B·κ_i (+ λ₁ for the last, which is y₁),  λ_y += B̄,  κ_j += h·a_ij·B̄
 *     times:                    h̄ += B̄ᵀ·Σ_{j≤i} a_ij·k_j + c_i·κ_iᵀ·∂k_i/∂t
 */
export function esdirkDerivative(
  context: StepContext,
  flat: FlatEsdirk,
  record: StepRecord,
  times: boolean,
): StepDerivative {
  const { stages, a, c, gamma } = flat
  const { field } = context
  const n = field.dimension
  const last = stages - 1
  const implicit = createStageDerivative(context, times)
  const initialState = createInitialState(contextOfDerivative(context), implicit.system)

  let t = 0
  let h = 0
  const y = new Float64Array(n)
  const k = new Float64Array(stages * n)
  const stage = rowsOf(k, stages, n)
  const state = new Float64Array(n)
  const slope = new Float64Array(n)
  const zero = new Float64Array(n)

  /** Cotangents κ; between two steps that of the stage they share is in the last row. */
  const kappa = new Float64Array(stages * n)
  const stageKappa = rowsOf(kappa, stages, n)
  const baseCotangent = new Float64Array(n)
  const timeCotangent = { t: 0, h: 0 }

  /** Tangents of the stages, and what they were computed from. */
  const tangents = new Float64Array(stages * n)
  const stageTangent = rowsOf(tangents, stages, n)
  const change = new Float64Array(n)
  let from: Float64Array = zero
  let sizeTangent = 0
  const dense = createDenseDerivative(flat, n, { k, kappa, tangents, timeCotangent }, times)

  const lineariseStage = (i: number) => {
    combine(y, h, a, i * stages, i + 1, k, state)
    implicit.linearise(t + c[i] * h, state, stage[i], 1 / (h * gamma))
  }

  return {
    timeCotangent,
    load(step) {
      t = record.t[step]
      h = record.h[step]
      for (let m = 0; m < n; m++) y[m] = record.y[step * n + m]
      loadEsdirkStages(record, step, k)
    },
    beginVjp() {
      requireMassDerivative(field, 'massVjp')
      kappa.fill(0)
    },
    interpolateVjp: (theta, cotangent, lambda) => dense.vjp(theta, h, cotangent, lambda),
    stepVjp(lambda1, lambda, gradTheta) {
      for (let i = last; i > 0; i--) {
        baseCotangent.fill(0)
        if (i === last) {
          for (let m = 0; m < n; m++) {
            baseCotangent[m] = lambda1[m]
            stageKappa[i][m] += h * gamma * lambda1[m]
          }
        }
        lineariseStage(i)
        const byTime = implicit.vjp(stageKappa[i], baseCotangent, gradTheta)
        for (let m = 0; m < n; m++) lambda[m] += baseCotangent[m]
        for (let j = 0; j < i; j++) {
          const weight = h * a[i * stages + j]
          if (weight !== 0) for (let m = 0, to = j * n; m < n; m++) kappa[to + m] += weight * baseCotangent[m]
        }
        if (!times) continue
        combine(zero, 1, a, i * stages, i + 1, k, slope)
        timeCotangent.t += byTime
        timeCotangent.h += dot(baseCotangent, slope) + c[i] * byTime
      }
      stageKappa[last].set(stageKappa[0])
      kappa.fill(0, 0, last * n)
    },
    startVjp(time, initial, lambda, gradTheta) {
      timeCotangent.t += initialState.vjp(time, initial, stageKappa[last], lambda, gradTheta, times)
    },
    startJvp(time, initial, dt, dy, dtheta) {
      requireMassDerivative(field, 'massJvp')
      initialState.jvp(time, initial, dt, dy, dtheta, stageTangent[last])
    },
    stepJvp(dt, dh, dy, dtheta, dy1) {
      stageTangent[0].set(stageTangent[last])
      for (let i = 1; i < stages; i++) {
        combine(dy, h, a, i * stages, i, tangents, change)
        if (dh !== 0) combine(change, dh, a, i * stages, i + 1, k, change)
        lineariseStage(i)
        implicit.jvp(dt + c[i] * dh, change, dtheta, stageTangent[i])
      }
      for (let m = 0; m < n; m++) dy1[m] = change[m] + h * gamma * stageTangent[last][m]
      from = dy
      sizeTangent = dh
    },
    interpolateJvp: (theta, dfraction, out) => dense.jvp(theta, h, from, sizeTangent, dfraction, out),
  }
}
