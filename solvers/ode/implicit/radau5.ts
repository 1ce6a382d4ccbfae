import { power } from '../../../kernels/elementary/numbers.ts'
import type { StepContext } from '../context.ts'
import type { StiffnessAware } from '../explicitRungeKutta.ts'
import * as failures from '../failure.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { implicitErrorNorm } from './errorNorm.ts'
import { implicitFirstStep } from './firstStep.ts'
import { createInitialState } from './initialState.ts'
import { createJacobianReuse } from './jacobianReuse.ts'
import { createConvergence, errorWeights } from './newton.ts'
import { createPredictiveControl } from './predictiveControl.ts'
import { radau5Derivative } from './radau5Derivative.ts'
import {
  abscissae,
  collocationWeights,
  errorCoefficients,
  imaginaryPart,
  inverseA,
  inverseTransform,
  realEigenvalue,
  realPart,
  transform,
} from './radauCoefficients.ts'
import { createComplexStageSystem, createStageSystem } from './stageSystem.ts'

/** z ← the increments z_i = Y_i − y of a recorded step, 3×n. */
export function loadIncrements({ width, dense }: StepRecord, step: number, z: Float64Array): void {
  for (let i = 0, from = (step + 1) * width; i < width; i++) z[i] = dense[from + i]
}

/**
 * A stepper for Radau IIA of order 5, as the code RADAU5 (Hairer & Wanner, *Solving ODEs II*, IV.8): the increments
 * z_i = Y_i − y of the stages solve
 *
 *     r_i = f(t + c_i·h, Y_i) − M·ẏ_i = 0,   ẏ_i = Σ_j (A⁻¹)_ij·z_j/h
 *
 * by Newton's simplified iteration for w = T⁻¹·z: one real system (γ̂/h·M − J)·Δw₁ = (T⁻¹·r)₁ and a complex one for
 * Δw₂ + i·Δw₃. Its error estimate is of order 3 only; so that tolerance means what it does in other methods, it is compared
 * with 0.1·rtol^(2/3) instead of rtol, and atol in proportion, as RADAU5 does. The iteration starts from the collocation polynomial of the step before. M may depend on t and y, or be constant and
 * singular.
 */
export function createRadau5(context: StepContext): StiffnessAware {
  const system = createStageSystem(context)
  const complexSystem = createComplexStageSystem(context, system)
  const { n, mass } = system
  const initialState = createInitialState(context, system)
  const tolerance = Math.max(context.rtol, 0.1 * power(context.rtol, 2 / 3))
  const ease = context.rtol / tolerance
  const convergence = createConvergence(
    context,
    Math.max((10 * Number.EPSILON) / tolerance, Math.min(0.03, Math.sqrt(tolerance))),
  )
  const reuse = createJacobianReuse(
    system,
    convergence,
    sigma =>
      system.factor(sigma) &&
      complexSystem.factor((sigma * realPart) / realEigenvalue, (sigma * imaginaryPart) / realEigenvalue),
  )
  const outcome = { size: 0, iterations: 1 }
  const rows = (values: Float64Array) => [0, 1, 2].map(i => values.subarray(i * n, (i + 1) * n))

  const z = new Float64Array(3 * n)
  const increments = rows(z)
  const residuals = rows(new Float64Array(3 * n))
  const changes = rows(new Float64Array(3 * n))
  const state = new Float64Array(n)
  const stageSlope = new Float64Array(n)
  const zero = new Float64Array(n)
  const weights = new Float64Array(n)
  const lagrange = new Float64Array(3)
  const loadedState = new Float64Array(n)
  /** f(t, y) at the beginning of the step, and ẏ there as the last step saw it. */
  const derivative = new Float64Array(n)
  const slope = new Float64Array(n)
  const error = new Float64Array(n)
  const errorRight = new Float64Array(n)
  /** The increments of the last accepted step, and its size; 0 where there is none. */
  const past = new Float64Array(3 * n)
  let pastSize = 0

  /** The step that was tried or loaded last. */
  let h = 0
  let y: Float64Array = loadedState
  let begun = false
  let first = true
  let rejected = false

  /** z from the collocation polynomial of the step before, extrapolated. */
  function predict(): void {
    if (pastSize === 0) {
      z.fill(0)
      return
    }
    for (let i = 0; i < 3; i++) {
      collocationWeights(1 + (abscissae[i] * h) / pastSize, lagrange)
      lagrange[2] -= 1 // from y₁ of that step, which is y of this
      combine(zero, 1, lagrange, 0, 3, past, increments[i])
    }
  }

  function solveStages(t: number): boolean {
    predict()
    convergence.begin()
    for (;;) {
      for (let i = 0; i < 3; i++) {
        for (let m = 0; m < n; m++) state[m] = y[m] + increments[i][m]
        combine(zero, 1 / h, inverseA, 3 * i, 3, z, stageSlope)
        if (!system.residual(t + abscissae[i] * h, state, stageSlope, residuals[i])) return false
      }
      const [w1, w2, w3] = changes
      const [r1, r2, r3] = residuals
      const q = inverseTransform
      for (let m = 0; m < n; m++) {
        w1[m] = q[0] * r1[m] + q[1] * r2[m] + q[2] * r3[m]
        w2[m] = q[3] * r1[m] + q[4] * r2[m] + q[5] * r3[m]
        w3[m] = q[6] * r1[m] + q[7] * r2[m] + q[8] * r3[m]
      }
      system.solve(w1)
      complexSystem.solve(w2, w3)
      let sum = 0
      let worst = 0
      for (let m = 0; m < n; m++) {
        const squares = (w1[m] * w1[m] + w2[m] * w2[m] + w3[m] * w3[m]) * weights[m] * weights[m]
        if (squares > worst) {
          worst = squares
          context.dominant = m
        }
        sum += squares
      }
      const verdict = convergence.judge(ease * Math.sqrt(sum / (3 * n)))
      if (verdict === 'diverged') {
        context.obstacle = failures.newtonDiverged(context.field, t, context.dominant)
        return false
      }
      const [z1, z2, z3] = increments
      const p = transform
      for (let m = 0; m < n; m++) {
        z1[m] += p[0] * w1[m] + p[1] * w2[m] + p[2] * w3[m]
        z2[m] += p[3] * w1[m] + p[4] * w2[m] + p[5] * w3[m]
        z3[m] += p[6] * w1[m] + p[7] * w2[m]
      }
      if (verdict === 'converged') return true
    }
  }

  /** The norm of err = W⁻¹·(f(t, y) + M·Σ e_i·z_i/h); a large one is filtered once more, f(t, y + err) for f(t, y). */
  function errorNorm(t: number, y1: Float64Array): number {
    if (!mass.evaluate(t, y)) return Number.NaN
    combine(zero, 1 / h, errorCoefficients, 0, 3, z, state)
    errorRight.fill(0)
    mass.multiplyAdd(state, 1, errorRight)
    for (let m = 0; m < n; m++) error[m] = errorRight[m] + derivative[m]
    system.solve(error)
    const norm = ease * implicitErrorNorm(context, t + h, y, y1, error)
    if (!(norm >= 1 && (first || rejected))) return norm
    for (let m = 0; m < n; m++) state[m] = y[m] + error[m]
    if (!context.evaluate(t, state, error)) return Number.NaN
    for (let m = 0; m < n; m++) error[m] += errorRight[m]
    system.solve(error)
    return ease * implicitErrorNorm(context, t + h, y, y1, error)
  }

  return {
    name: 'radau5',
    control: createPredictiveControl(4, outcome),
    width: 3 * n,
    start(t, y0) {
      reuse.forget()
      begun = false
      first = true
      rejected = false
      pastSize = 0
      return initialState.find(t, y0, slope)
    },
    firstStep: (t, y0, direction, most) =>
      implicitFirstStep(context, system, 5, t, y0, slope, direction, most),
    attempt(t, size, from, y1) {
      h = size
      y = from
      outcome.size = Math.abs(h)
      const sigma = realEigenvalue / h
      begun ||= context.evaluate(t, y, derivative)
      if (!begun) return Number.NaN
      errorWeights(context, y, weights)
      for (;;) {
        if (!reuse.prepare(t, y, slope, sigma)) return Number.NaN
        if (solveStages(t)) break
        if (!reuse.mayImprove()) return Number.NaN
      }
      outcome.iterations = convergence.iterations
      reuse.slowest = convergence.iterations > 2 ? convergence.rate : 0
      for (let m = 0; m < n; m++) y1[m] = y[m] + increments[2][m]
      const norm = errorNorm(t, y1)
      rejected = !(norm <= 1)
      return norm
    },
    complete: () => true,
    interpolate(theta, out) {
      collocationWeights(theta, lagrange)
      combine(y, 1, lagrange, 0, 3, z, out)
    },
    record(target, offset) {
      target.set(z, offset)
    },
    load(record, step) {
      loadIncrements(record, step, z)
      h = record.h[step]
      y = loadedState
      for (let m = 0; m < n; m++) loadedState[m] = record.y[step * n + m]
    },
    memory: 4 * n + 2 + reuse.memory,
    remember(target, offset) {
      target.set(past, offset)
      target.set(slope, offset + 3 * n)
      target[offset + 4 * n] = first ? 1 : 0
      target[offset + 4 * n + 1] = pastSize
      reuse.remember(target, offset + 4 * n + 2)
    },
    resume(_record, _step, _previous, source, offset) {
      for (let i = 0; i < 3 * n; i++) past[i] = source[offset + i]
      for (let m = 0; m < n; m++) slope[m] = source[offset + 3 * n + m]
      first = source[offset + 4 * n] === 1
      pastSize = source[offset + 4 * n + 1]
      begun = false
      rejected = false
      reuse.resume(source, offset + 4 * n + 2)
    },
    advance() {
      past.set(z)
      pastSize = h
      combine(zero, 1 / h, inverseA, 6, 3, z, slope)
      begun = false
      first = false
      reuse.advance()
    },
    stiffness() {
      // |h|·‖J‖ in the maximum norm over the weights of the error, which bounds |h|·ρ(J)
      const { layout, jacobian } = system
      let norm = 0
      for (let i = 0; i < n; i++) {
        let sum = 0
        const last = Math.min(n - 1, i + layout.upper)
        for (let j = Math.max(0, i - layout.lower); j <= last; j++)
          sum += Math.abs(jacobian[layout.index(i, j)]) / weights[j]
        norm = Math.max(norm, sum * weights[i])
      }
      return Math.abs(h) * norm
    },
    derivative: (record, times) => radau5Derivative(context, record, times),
  }
}
