import { adjoint, tangent } from '../../solvers/adjoint/index.ts'
import { createIntegrator, type IntegratorOptions, type StateEvent } from '../../solvers/ode/index.ts'
import type { VectorField } from '../../solvers/ode/vectorField.ts'
import type { ModelImage } from '../modelImage.ts'
import type { EventPlan } from '../stateEvents.ts'
import type { Observation } from './observation.ts'
import type { Series, Window } from './windows.ts'

/**
 * Multiple shooting. The unknowns are x = [θ, z₀, z₁, …]: the parameters of the model, then the initial state of each
 * window. The residuals of a window are
 *
 *     (g_θ(t_i, y(t_i)) − d_i)/σ     at each sample with data (the last sample of a window belongs to the next one)
 *     κ·(y(t_end) − z_next)/s        continuity into the next window
 *
 * and the loss is ½Σr² over the number of measured values. One window over a whole series is single shooting.
 */
export interface ShootingProblem {
  readonly field: VectorField
  readonly observation: Observation
  /** Both as other threads are sent them, where several are to work: functions `field` and `observation`. */
  readonly model?: ModelImage
  readonly series: readonly Series[]
  readonly ode: IntegratorOptions
  /** Impacts and switches on the way, and as other threads are sent them. */
  readonly events?: readonly StateEvent[]
  readonly eventPlans?: readonly EventPlan[]
  /** σ, per observed value. */
  readonly scales: Float64Array
  /** κ. */
  readonly continuity: number
  /** δ of Huber's loss: residuals (in units of σ) beyond it count by their size, not its square. Default: least squares. */
  readonly huber?: number
  /** Windows begin in states that are known, and have no derivative. Default false. */
  readonly startIsKnown?: boolean
  /** s, per component of the state. */
  readonly stateScales: Float64Array
}

export interface WindowResult {
  /** ½Σr² of the window; +Infinity where its trajectory failed. */
  readonly loss: number
  /** Why it failed. */
  readonly failure?: string
}

/**
 * Residuals whose half squares are Huber's loss ρ(r) = ½r² for |r| ≤ δ, δ·(|r| − δ/2) beyond (Ann. Math. Statist. 35, 1964): T(r) =
 * sign(r)·√(2ρ(r)), and T′(r). So every optimizer of sums of squares minimises it.
 */
export function robustifier(delta = Number.POSITIVE_INFINITY) {
  const residual = (r: number): number =>
    Math.abs(r) <= delta ? r : Math.sign(r) * Math.sqrt(delta * (2 * Math.abs(r) - delta))
  return {
    residual,
    slope: (r: number): number => (Math.abs(r) <= delta ? 1 : delta / Math.abs(residual(r))),
  }
}

/** Evaluates windows of one problem; buffers are kept between calls. */
export function createShooting(problem: ShootingProblem) {
  const { field, observation, series, scales, continuity, stateScales } = problem
  const n = field.dimension
  const p = field.parameterCount
  const m = observation.size
  const integrator = createIntegrator(field, { ...problem.ode, events: problem.events })
  const robust = robustifier(problem.huber)
  /** How the residuals that count change with the plain ones. */
  let slopes = new Float64Array(0)
  const observed = new Float64Array(m)
  const cotangent = new Float64Array(m)
  const state = new Float64Array(n)
  const noTheta = new Float64Array(p)
  let cotangents = new Float64Array(0)

  const timesOf = (window: Window) => series[window.series].t.subarray(window.begin, window.end + 1)
  /** Samples whose data count in this window. */
  const countedSamples = (window: Window) => window.end - window.begin + (window.next < 0 ? 1 : 0)

  function measuredValues(windows: readonly Window[]): number {
    let count = 0
    for (const window of windows) {
      const { values } = series[window.series]
      const first = window.begin * m
      for (let k = first; k < first + countedSamples(window) * m; k++) if (!Number.isNaN(values[k])) count++
    }
    return count
  }

  /** Writes the window's residuals, 0 where there is no data; returns how many there are. */
  function residualsOf(
    window: Window,
    y: Float64Array,
    next: Float64Array | null,
    residuals: Float64Array,
  ): number {
    const { t, values } = series[window.series]
    let row = 0
    const samples = countedSamples(window)
    if (slopes.length < samples * m) slopes = new Float64Array(samples * m)
    for (let k = 0; k < samples; k++) {
      state.set(y.subarray(k * n, (k + 1) * n))
      observation.evaluate(t[window.begin + k], state, observed)
      for (let j = 0; j < m; j++, row++) {
        const data = values[(window.begin + k) * m + j]
        const r = Number.isNaN(data) ? 0 : (observed[j] - data) / scales[j]
        residuals[row] = robust.residual(r)
        slopes[row] = robust.slope(r)
      }
    }
    if (next) {
      const end = (window.end - window.begin) * n
      for (let i = 0; i < n; i++) residuals[row++] = (continuity * (y[end + i] - next[i])) / stateScales[i]
    }
    return row
  }

  const residualCount = (window: Window) => countedSamples(window) * m + (window.next < 0 ? 0 : n)

  let buffer = new Float64Array(0)
  function residualBuffer(size: number): Float64Array {
    if (buffer.length < size) buffer = new Float64Array(size)
    return buffer
  }

  /**
   * ½Σr² of one window from initial state z, with its gradient added to the three arrays.
   * @param next the next window's initial state, or null at the end of a series
   */
  function gradient(
    window: Window,
    z: Float64Array,
    next: Float64Array | null,
    gradZ: Float64Array,
    gradNext: Float64Array | null,
    gradTheta: Float64Array,
  ): WindowResult {
    const solution = integrator.integrate(z, timesOf(window))
    if (!solution.success) return { loss: Infinity, failure: solution.failure!.message }
    const residuals = residualBuffer(residualCount(window))
    const rows = residualsOf(window, solution.y, next, residuals)
    let loss = 0
    for (let row = 0; row < rows; row++) loss += 0.5 * residuals[row] * residuals[row]
    if (!Number.isFinite(loss)) return { loss: Infinity, failure: 'the observed values are not finite' }

    const { t } = series[window.series]
    const size = (window.end - window.begin + 1) * n
    if (cotangents.length < size) cotangents = new Float64Array(size)
    const gradients = cotangents.subarray(0, size).fill(0)
    const samples = countedSamples(window)
    for (let k = 0; k < samples; k++) {
      for (let j = 0; j < m; j++) cotangent[j] = (residuals[k * m + j] * slopes[k * m + j]) / scales[j]
      state.set(solution.y.subarray(k * n, (k + 1) * n))
      observation.vjp(
        t[window.begin + k],
        state,
        cotangent,
        gradients.subarray(k * n, (k + 1) * n),
        gradTheta,
      )
    }
    if (next) {
      const end = (window.end - window.begin) * n
      for (let i = 0; i < n; i++) {
        const g = (continuity * residuals[samples * m + i]) / stateScales[i]
        gradients[end + i] += g
        if (gradNext) gradNext[i] -= g
      }
    }
    adjoint(field, solution, gradients, gradZ, gradTheta)
    if (problem.startIsKnown) gradZ.fill(0)
    return { loss }
  }

  /**
   * The residuals of one window, written from `row` on, with their Jacobian by forward sensitivities.
   * @returns false where its trajectory failed
   */
  function residualsAndJacobian(
    window: Window,
    z: Float64Array,
    next: Float64Array | null,
    residuals: Float64Array,
    jacobian: { entries: Float64Array; columns: number; row: number; z: number; next: number } | null,
  ): boolean {
    const solution = integrator.integrate(z, timesOf(window))
    if (!solution.success) return false
    const rows = residualsOf(window, solution.y, next, residuals)
    for (let row = 0; row < rows; row++) if (!Number.isFinite(residuals[row])) return false
    if (!jacobian) return true

    const { t, values } = series[window.series]
    const samples = countedSamples(window)
    const last = (window.end - window.begin) * n
    const entry = (row: number, column: number) => (jacobian.row + row) * jacobian.columns + column
    const unitZ = new Float64Array(n)
    const unitTheta = new Float64Array(p)
    const tangentY = new Float64Array(n)
    for (let direction = 0; direction < (problem.startIsKnown ? p : p + n); direction++) {
      const unit = direction < p ? unitTheta : unitZ
      const local = direction < p ? direction : direction - p
      const column = direction < p ? direction : jacobian.z + local
      unit[local] = 1
      const dy = tangent(field, solution, unitZ, unitTheta)
      for (let k = 0; k < samples; k++) {
        state.set(solution.y.subarray(k * n, (k + 1) * n))
        tangentY.set(dy.subarray(k * n, (k + 1) * n))
        observation.jvp(t[window.begin + k], state, tangentY, direction < p ? unitTheta : noTheta, observed)
        for (let j = 0; j < m; j++) {
          const missing = Number.isNaN(values[(window.begin + k) * m + j])
          jacobian.entries[entry(k * m + j, column)] = missing
            ? 0
            : (slopes[k * m + j] * observed[j]) / scales[j]
        }
      }
      if (next) {
        for (let i = 0; i < n; i++) {
          jacobian.entries[entry(samples * m + i, column)] = (continuity * dy[last + i]) / stateScales[i]
        }
      }
      unit[local] = 0
    }
    if (next) {
      for (let i = 0; i < n; i++) {
        jacobian.entries[entry(samples * m + i, jacobian.next + i)] = -continuity / stateScales[i]
      }
    }
    return true
  }

  /** States of a window's samples from initial state z, or null where its trajectory failed. */
  function states(window: Window, z: Float64Array): Float64Array | null {
    const solution = integrator.integrate(z, timesOf(window))
    return solution.success ? solution.y : null
  }

  /** ½Σr² of one window without continuity, and without its gradient; +Infinity where its trajectory failed. */
  function loss(window: Window, z: Float64Array): number {
    const solution = integrator.integrate(z, timesOf(window))
    if (!solution.success) return Infinity
    const residuals = residualBuffer(residualCount(window))
    const rows = residualsOf(window, solution.y, null, residuals)
    let sum = 0
    for (let row = 0; row < rows; row++) sum += 0.5 * residuals[row] * residuals[row]
    return Number.isFinite(sum) ? sum : Infinity
  }

  return { gradient, residualsAndJacobian, residualCount, measuredValues, states, loss }
}

export type Shooting = ReturnType<typeof createShooting>
