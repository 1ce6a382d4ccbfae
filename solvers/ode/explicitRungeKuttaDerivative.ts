import { createDenseDerivative, dot, rowsOf } from './denseDerivative.ts'
import { loadStages } from './explicitRungeKutta.ts'
import type { StepDerivative } from './stepper.ts'
import type { StepRecord } from './steps.ts'
import { combine, type FlatTableau } from './tableau.ts'
import { type VectorField, withTimeDerivative } from './vectorField.ts'

/**
 * The derivatives of the steps of an explicit Runge–Kutta method. Backwards, with λ₁ = ∂L/∂y₁ and κ_i = ∂L/∂k_i (Hager,
 * Numerische Mathematik 87 (2000) 247–282, for the transposed tableau; dense output and the first-same-as-last stage are
 * variables as any other):
 *
 *     a state u(θ) = y + h·Σ b_i(θ)·k_i :   λ_y += ū,  κ_i += h·b_i(θ)·ū
 *     stage i, last to first:               μ = κ_iᵀ·∂f/∂y(Y_i),  λ_y += μ,  κ_j += h·a_ij·μ  (j < i)
 *     times:                                t̄ += κ_iᵀ·∂f/∂t,  h̄ += c_i·κ_iᵀ·∂f/∂t + μᵀ·Σ_j a_ij·k_j
 *
 * Forwards, the stages are differentiated as they stand.
 */
export function explicitRungeKuttaDerivative(
  field: VectorField,
  flat: FlatTableau,
  record: StepRecord,
  times: boolean,
): StepDerivative {
  const { stages, end, a, c } = flat
  const n = field.dimension
  const timeDerivative = times ? withTimeDerivative(field) : undefined

  /** The current step. */
  let t = 0
  let h = 0
  const y = new Float64Array(n)
  const k = new Float64Array(stages * n)
  const state = new Float64Array(n)
  const slope = new Float64Array(n)
  const zero = new Float64Array(n)

  /** Cotangents κ of the stages; between two steps that of the stage they share is in row `end`. */
  const kappa = new Float64Array(stages * n)
  const stageKappa = rowsOf(kappa, stages, n)
  const mu = new Float64Array(n)
  const timeCotangent = { t: 0, h: 0 }

  /** Tangents of the stages, and what they were computed from. */
  const tangents = new Float64Array(stages * n)
  const stageTangent = rowsOf(tangents, stages, n)
  const change = new Float64Array(n)
  let from: Float64Array = zero
  let sizeTangent = 0
  const dense = createDenseDerivative(flat, n, { k, kappa, tangents, timeCotangent }, times)

  return {
    timeCotangent,
    load(step) {
      t = record.t[step]
      h = record.h[step]
      for (let m = 0; m < n; m++) y[m] = record.y[step * n + m]
      loadStages(flat, record, step, k)
    },
    beginVjp() {
      kappa.fill(0)
    },
    interpolateVjp: (theta, cotangent, lambda) => dense.vjp(theta, h, cotangent, lambda),
    stepVjp(lambda1, lambda, gradTheta) {
      for (let i = stages - 1; i > 0; i--) {
        const isEnd = i === end // evaluated at y₁, whose cotangent is λ₁ in all
        if (!isEnd) mu.fill(0)
        const target = isEnd ? lambda1 : mu
        if (hasNonzero(stageKappa[i])) {
          combine(y, h, a, i * stages, i, k, state)
          field.vjp!(t + c[i] * h, state, stageKappa[i], target, gradTheta)
          if (timeDerivative) {
            timeDerivative(t + c[i] * h, state, slope)
            const change = dot(stageKappa[i], slope)
            timeCotangent.t += change
            timeCotangent.h += c[i] * change
          }
        } else if (!isEnd) continue
        for (let m = 0; m < n; m++) lambda[m] += target[m]
        if (times) {
          combine(zero, 1, a, i * stages, i, k, slope)
          timeCotangent.h += dot(target, slope)
        }
        for (let j = 0; j < i; j++) {
          const weight = h * a[i * stages + j]
          if (weight !== 0) for (let m = 0, to = j * n; m < n; m++) kappa[to + m] += weight * target[m]
        }
      }
      stageKappa[end].set(stageKappa[0])
      for (let i = 0; i < stages; i++) if (i !== end) stageKappa[i].fill(0)
    },
    startVjp(time, initial, lambda, gradTheta) {
      if (!hasNonzero(stageKappa[end])) return
      field.vjp!(time, initial, stageKappa[end], lambda, gradTheta)
      if (!timeDerivative) return
      timeDerivative(time, initial, slope)
      timeCotangent.t += dot(stageKappa[end], slope)
    },
    startJvp(time, initial, dt, dy, dtheta) {
      derivativeTangent(time, initial, dt, dy, dtheta, stageTangent[end])
    },
    stepJvp(dt, dh, dy, dtheta, dy1) {
      stageTangent[0].set(stageTangent[end])
      for (let i = 1; i < stages; i++) {
        const target = i === end ? dy1 : change
        combine(dy, h, a, i * stages, i, tangents, target)
        if (dh !== 0) combine(target, dh, a, i * stages, i, k, target)
        combine(y, h, a, i * stages, i, k, state)
        derivativeTangent(t + c[i] * h, state, dt + c[i] * dh, target, dtheta, stageTangent[i])
      }
      from = dy
      sizeTangent = dh
    },
    interpolateJvp: (theta, dfraction, out) => dense.jvp(theta, h, from, sizeTangent, dfraction, out),
  }

  /** out ← δf at (time, at) in the direction (δtime, δy, δθ). */
  function derivativeTangent(
    time: number,
    at: Float64Array,
    dtime: number,
    dy: Float64Array,
    dtheta: Float64Array,
    out: Float64Array,
  ): void {
    field.jvp!(time, at, dy, dtheta, out)
    if (dtime === 0 || !timeDerivative) return
    timeDerivative(time, at, slope)
    for (let m = 0; m < n; m++) out[m] += dtime * slope[m]
  }
}

function hasNonzero(v: Float64Array): boolean {
  for (let m = 0; m < v.length; m++) if (v[m] !== 0) return true
  return false
}
