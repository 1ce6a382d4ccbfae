import { contextOfPart, type StepContext } from '../context.ts'
import { createDenseDerivative, dot, rowsOf } from '../denseDerivative.ts'
import { createStageDerivative } from '../implicit/stageDerivative.ts'
import type { StepDerivative } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { withTimeDerivative } from '../vectorField.ts'
import { loadAdditiveStages } from './additiveRungeKutta.ts'
import type { FlatAdditive } from './additiveTableau.ts'

/**
 * The derivatives of the steps of an additive Runge–Kutta method. The stages are p_i = f_N(t_i, Y_i) and q_i(B_i), which solves
 * q_i = f_S(t_i, Y_i), Y_i = B_i + h·γ·q_i, B_i = y + h·Σ_{j<i} (e_ij·p_j + a_ij·q_j). Backwards, with the cotangents π, ϱ of
 * p, q, which both begin with that of k = p + q:
 *
 *     stage i, last to first:   Ȳ = ∂f_N/∂Yᵀ·π_i,   ϱ_i += h·γ·Ȳ,   B̄ = Ȳ + ∂q_i/∂Bᵀ·ϱ_i
 *                               λ_y += B̄,   π_j += h·e_ij·B̄,   ϱ_j += h·a_ij·B̄
 *     times:                    h̄ += B̄ᵀ·(Σ_{j<i} e_ij·p_j + Σ_{j≤i} a_ij·q_j) + c_i·(π_iᵀ·∂f_N/∂t + ϱ_iᵀ·∂q_i/∂t)
 */
export function additiveDerivative(
  context: StepContext,
  flat: FlatAdditive,
  record: StepRecord,
  times: boolean,
): StepDerivative {
  const { stages, explicit, implicit, b, c, gamma } = flat
  const { stiff, nonstiff } = context.field.parts!
  const n = context.field.dimension
  const implicitStage = createStageDerivative(contextOfPart(context, stiff), times)
  const stiffInTime = times ? withTimeDerivative(stiff) : undefined
  const nonstiffInTime = times ? withTimeDerivative(nonstiff) : undefined

  /** The current step. */
  let t = 0
  let h = 0
  const y = new Float64Array(n)
  const slow = new Float64Array(stages * n)
  const fast = new Float64Array(stages * n)
  const k = new Float64Array(stages * n)
  const fastStage = rowsOf(fast, stages, n)
  const state = new Float64Array(n)
  const slope = new Float64Array(n)
  const zero = new Float64Array(n)

  /** Cotangents of k, and of p and q. */
  const kappa = new Float64Array(stages * n)
  const slowKappa = new Float64Array(stages * n)
  const fastKappa = new Float64Array(stages * n)
  const [slowKappaStage, fastKappaStage] = [rowsOf(slowKappa, stages, n), rowsOf(fastKappa, stages, n)]
  const base = new Float64Array(n)
  const timeCotangent = { t: 0, h: 0 }

  /** Tangents of p, q and k. */
  const slowTangents = new Float64Array(stages * n)
  const fastTangents = new Float64Array(stages * n)
  const tangents = new Float64Array(stages * n)
  const [slowTangent, fastTangent] = [rowsOf(slowTangents, stages, n), rowsOf(fastTangents, stages, n)]
  let from: Float64Array = zero
  let sizeTangent = 0
  const dense = createDenseDerivative(flat, n, { k, kappa, tangents, timeCotangent }, times)

  /** state ← Y_i. */
  function stageState(i: number): void {
    combine(y, h, explicit, i * stages, i, slow, state)
    combine(state, h, implicit, i * stages, i + 1, fast, state)
  }

  /** slope ← ∂Y_i/∂h at fixed p and q. */
  function stageByStep(i: number): void {
    combine(zero, 1, explicit, i * stages, i, slow, slope)
    combine(slope, 1, implicit, i * stages, i + 1, fast, slope)
  }

  /** cotangentᵀ·∂f/∂t of a part at Y_i. */
  function byTime(partInTime: typeof stiffInTime, i: number, cotangent: Float64Array): number {
    partInTime!(t + c[i] * h, state, slope)
    return dot(cotangent, slope)
  }

  return {
    timeCotangent,
    load(step) {
      t = record.t[step]
      h = record.h[step]
      for (let m = 0; m < n; m++) y[m] = record.y[step * n + m]
      loadAdditiveStages(record, step, slow, fast)
      for (let i = 0; i < k.length; i++) k[i] = slow[i] + fast[i]
    },
    beginVjp() {
      kappa.fill(0)
    },
    interpolateVjp: (theta, cotangent, lambda) => dense.vjp(theta, h, cotangent, lambda),
    stepVjp(lambda1, lambda, gradTheta) {
      for (let i = 0; i < stages; i++)
        for (let m = 0, at = i * n; m < n; m++) kappa[at + m] += h * b[i] * lambda1[m]
      slowKappa.set(kappa)
      fastKappa.set(kappa)
      kappa.fill(0)
      if (times) {
        combine(zero, 1, b, 0, stages, k, slope)
        timeCotangent.h += dot(lambda1, slope)
      }
      for (let m = 0; m < n; m++) lambda[m] += lambda1[m]
      for (let i = stages - 1; i >= 0; i--) {
        const time = t + c[i] * h
        const [pi, rho] = [slowKappaStage[i], fastKappaStage[i]]
        base.fill(0)
        stageState(i)
        nonstiff.vjp!(time, state, pi, base, gradTheta)
        let change = times ? byTime(nonstiffInTime, i, pi) : 0
        if (i === 0) {
          stiff.vjp!(time, state, rho, base, gradTheta)
          if (times) change += byTime(stiffInTime, 0, rho)
        } else {
          for (let m = 0; m < n; m++) rho[m] += h * gamma * base[m]
          implicitStage.linearise(time, state, fastStage[i], 1 / (h * gamma))
          change += implicitStage.vjp(rho, base, gradTheta)
        }
        for (let m = 0; m < n; m++) lambda[m] += base[m]
        for (let j = 0; j < i; j++) {
          const toSlow = h * explicit[i * stages + j]
          const toFast = h * implicit[i * stages + j]
          for (let m = 0, at = j * n; m < n; m++) {
            slowKappa[at + m] += toSlow * base[m]
            fastKappa[at + m] += toFast * base[m]
          }
        }
        if (!times) continue
        stageByStep(i)
        timeCotangent.t += change
        timeCotangent.h += dot(base, slope) + c[i] * change
      }
    },
    startVjp() {},
    startJvp() {},
    stepJvp(dt, dh, dy, dtheta, dy1) {
      for (let i = 0; i < stages; i++) {
        const time = t + c[i] * h
        const dtime = dt + c[i] * dh
        const [dp, dq] = [slowTangent[i], fastTangent[i]]
        // δB, and with it δY in base
        combine(dy, h, explicit, i * stages, i, slowTangents, base)
        combine(base, h, implicit, i * stages, i, fastTangents, base)
        stageByStep(i)
        if (dh !== 0) for (let m = 0; m < n; m++) base[m] += dh * slope[m]
        stageState(i)
        if (i === 0) {
          stiff.jvp!(time, state, base, dtheta, dq)
          addInTime(stiffInTime, time, dtime, dq)
        } else {
          implicitStage.linearise(time, state, fastStage[i], 1 / (h * gamma))
          implicitStage.jvp(dtime, base, dtheta, dq)
          for (let m = 0; m < n; m++) base[m] += h * gamma * dq[m]
        }
        nonstiff.jvp!(time, state, base, dtheta, dp)
        addInTime(nonstiffInTime, time, dtime, dp)
      }
      for (let i = 0; i < k.length; i++) tangents[i] = slowTangents[i] + fastTangents[i]
      combine(dy, h, b, 0, stages, tangents, dy1)
      if (dh !== 0) combine(dy1, dh, b, 0, stages, k, dy1)
      from = dy
      sizeTangent = dh
    },
    interpolateJvp: (theta, dfraction, out) => dense.jvp(theta, h, from, sizeTangent, dfraction, out),
  }

  /** out += ∂f/∂t·δt of a part at the state of the stage. */
  function addInTime(partInTime: typeof stiffInTime, time: number, dtime: number, out: Float64Array): void {
    if (!partInTime || dtime === 0) return
    partInTime(time, state, slope)
    for (let m = 0; m < n; m++) out[m] += dtime * slope[m]
  }
}
