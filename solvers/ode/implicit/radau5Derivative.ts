import type { StepContext } from '../context.ts'
import { dot } from '../denseDerivative.ts'
import type { StepDerivative } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { createInitialState } from './initialState.ts'
import { bandedLayout, createLu, denseLayout } from './linear/index.ts'
import { loadIncrements } from './radau5.ts'
import { abscissae, collocationSlopes, collocationWeights, inverseA } from './radauCoefficients.ts'
import { contextOfDerivative, requireMassDerivative, timeDerivativeOf } from './stageDerivative.ts'
import { createStageSystem } from './stageSystem.ts'

/**
 * The derivatives of the steps of Radau IIA by the implicit function theorem, with the exact M_i and J_i at each stage:
 *
 *     Σ_j S_ij·δz_j = J_i·δy + ∂f_i/∂θ·δθ + ∂f_i/∂t·(δt + c_i·δh) + M_i·ẏ_i·δh/h,   S_ij = (A⁻¹)_ij/h·M_i − δ_ij·J_i
 *
 * The 3n unknowns are taken component by component, so that S is banded where J is.
 */
export function radau5Derivative(context: StepContext, record: StepRecord, times: boolean): StepDerivative {
  const { field } = context
  const own = contextOfDerivative(context)
  const system = createStageSystem(own)
  const initialState = createInitialState(own, system)
  const { n, mass, layout } = system
  const timeDerivative = timeDerivativeOf(field, times)
  const variableMass = mass.kind === 'variable'
  const stageLayout =
    layout.kind === 'banded'
      ? bandedLayout(3 * n, 3 * layout.lower + 2, 3 * layout.upper + 2)
      : denseLayout(3 * n)
  const lu = createLu(stageLayout)

  let t = 0
  let h = 0
  const y = new Float64Array(n)
  const z = new Float64Array(3 * n)
  const rows = (values: Float64Array) => [0, 1, 2].map(i => values.subarray(i * n, (i + 1) * n))
  const states = rows(new Float64Array(3 * n))
  const slopes = rows(new Float64Array(3 * n))
  const zero = new Float64Array(n)
  const weights = new Float64Array(3)
  const unknowns = new Float64Array(3 * n)
  const mu = new Float64Array(n)
  const slopeInTime = new Float64Array(n)
  const product = new Float64Array(n)
  const initialSlope = new Float64Array(n)

  const cotangents = new Float64Array(3 * n)
  const timeCotangent = { t: 0, h: 0 }
  const tangents = new Float64Array(3 * n)
  let from: Float64Array = zero

  /** States, slopes and the factored S of the current step. */
  function linearise(): void {
    lu.values.fill(0)
    for (let i = 0; i < 3; i++) {
      for (let m = 0; m < n; m++) states[i][m] = y[m] + z[i * n + m]
      combine(zero, 1 / h, inverseA, 3 * i, 3, z, slopes[i])
      if (!system.linearise(t + abscissae[i] * h, states[i], slopes[i]))
        throw new Error(own.obstacle!.message)
      const values = lu.values
      for (let r = 0; r < n; r++) {
        const last = Math.min(n - 1, r + layout.upper)
        for (let s = Math.max(0, r - layout.lower); s <= last; s++) {
          const at = layout.index(r, s)
          values[stageLayout.index(3 * r + i, 3 * s + i)] -= system.jacobian[at]
          const entry = mass.values ? mass.values[at] : r === s ? 1 : 0
          if (entry === 0) continue
          for (let j = 0; j < 3; j++)
            values[stageLayout.index(3 * r + i, 3 * s + j)] += (inverseA[3 * i + j] / h) * entry
        }
      }
    }
    const pivot = lu.factor()
    if (pivot >= 0) throw new Error(`the stage equations of a step at t = ${t} have a singular derivative`)
  }

  /** product ← M_i·ẏ_i/h. */
  function massSlope(i: number): void {
    mass.multiplyAdd(slopes[i], 1 / h, product.fill(0))
  }

  return {
    timeCotangent,
    load(step) {
      t = record.t[step]
      h = record.h[step]
      for (let m = 0; m < n; m++) y[m] = record.y[step * n + m]
      loadIncrements(record, step, z)
    },
    beginVjp() {
      requireMassDerivative(field, 'massVjp')
      cotangents.fill(0)
    },
    interpolateVjp(theta, cotangent, lambda) {
      collocationWeights(theta, weights)
      for (let m = 0; m < n; m++) lambda[m] += cotangent[m]
      for (let i = 0; i < 3; i++)
        for (let m = 0; m < n; m++) cotangents[i * n + m] += weights[i] * cotangent[m]
      if (!times) return 0
      collocationSlopes(theta, weights)
      combine(zero, 1, weights, 0, 3, z, product)
      return dot(cotangent, product)
    },
    stepVjp(lambda1, lambda, gradTheta) {
      linearise()
      for (let m = 0; m < n; m++) {
        lambda[m] += lambda1[m]
        cotangents[2 * n + m] += lambda1[m]
        for (let i = 0; i < 3; i++) unknowns[3 * m + i] = cotangents[i * n + m]
      }
      lu.solveTransposed(unknowns)
      for (let i = 0; i < 3; i++) {
        for (let m = 0; m < n; m++) mu[m] = unknowns[3 * m + i]
        const time = t + abscissae[i] * h
        field.vjp!(time, states[i], mu, lambda, gradTheta)
        if (timeDerivative) {
          timeDerivative(time, states[i], slopeInTime)
          const change = dot(mu, slopeInTime)
          massSlope(i)
          timeCotangent.t += change
          timeCotangent.h += abscissae[i] * change + dot(mu, product)
        }
        if (!variableMass) continue
        for (let m = 0; m < n; m++) mu[m] = -mu[m]
        field.massVjp!(time, states[i], slopes[i], mu, lambda, gradTheta)
      }
      cotangents.fill(0)
    },
    startVjp(time, initial, lambda, gradTheta) {
      initialState.vjp(time, initial, null, lambda, gradTheta, times)
    },
    startJvp(time, initial, dt, dy, dtheta) {
      requireMassDerivative(field, 'massJvp')
      initialState.jvp(time, initial, dt, dy, dtheta, initialSlope)
    },
    stepJvp(dt, dh, dy, dtheta, dy1) {
      linearise()
      for (let i = 0; i < 3; i++) {
        const time = t + abscissae[i] * h
        field.jvp!(time, states[i], dy, dtheta, mu)
        if (variableMass) {
          field.massJvp!(time, states[i], slopes[i], dy, dtheta, product)
          for (let m = 0; m < n; m++) mu[m] -= product[m]
        }
        if (timeDerivative && (dt !== 0 || dh !== 0)) {
          timeDerivative(time, states[i], slopeInTime)
          massSlope(i)
          for (let m = 0; m < n; m++) mu[m] += (dt + abscissae[i] * dh) * slopeInTime[m] + dh * product[m]
        }
        for (let m = 0; m < n; m++) unknowns[3 * m + i] = mu[m]
      }
      lu.solve(unknowns)
      for (let m = 0; m < n; m++) {
        for (let i = 0; i < 3; i++) tangents[i * n + m] = unknowns[3 * m + i]
        dy1[m] = dy[m] + unknowns[3 * m + 2]
      }
      from = dy
    },
    interpolateJvp(theta, dfraction, out) {
      collocationWeights(theta, weights)
      combine(from, 1, weights, 0, 3, tangents, out)
      if (dfraction === 0) return
      collocationSlopes(theta, weights)
      combine(out, dfraction, weights, 0, 3, z, out)
    },
  }
}
