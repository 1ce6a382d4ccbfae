import { power } from '../../kernels/elementary/numbers.ts'
import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import * as failures from './failure.ts'
import type { IntegratorOptions, TimePlan } from './options.ts'
import type { Failure, Solution } from './solution.ts'
import {
  beginSaving,
  countAccepted,
  createSavedStates,
  newStatistics,
  recording,
  saveState,
  solutionOf,
} from './solutionOf.ts'
import { createStepControl, spreadTolerance, weightedNorm } from './stepControl.ts'
import { appendStep, beginSteps, createStepRecord, type StepRecord } from './steps.ts'
import { combine, denseWeights, type FlatTableau, flatten, type Tableau } from './tableau.ts'
import type { VectorField } from './vectorField.ts'

/** An accepted step as it is recorded: k_1 … k_{s−1}; k_0 is stage `end` of the step before. */
export interface RungeKuttaSteps extends StepRecord {
  readonly flat: FlatTableau
  /** k_0 of step 0. */
  readonly initialDerivative: Float64Array
}

/** k ← the stages of a recorded step, s×n. */
export function loadStages(steps: RungeKuttaSteps, step: number, k: Float64Array): void {
  const { flat, n, width, dense, initialDerivative } = steps
  const before = (step - 1) * width + (flat.end - 1) * n
  for (let m = 0; m < n; m++) k[m] = step === 0 ? initialDerivative[m] : dense[before + m]
  for (let i = 0, from = step * width; i < width; i++) k[n + i] = dense[from + i]
}

const firstNonFinite = (v: Float64Array) => v.findIndex(value => !Number.isFinite(value))

/** Whether all entries are finite: 0·v is 0 exactly where v is. */
function allFinite(v: Float64Array): boolean {
  let sum = 0
  for (let m = 0; m < v.length; m++) sum += 0 * v[m]
  return sum === 0
}

/**
 * An integrator for one vector field and one explicit Runge–Kutta pair. Memory is reused by each call of what is
 * returned; a step allocates nothing.
 */
export function createExplicitRungeKutta(
  field: VectorField,
  tableau: Tableau,
  options: IntegratorOptions,
): (y0: ArrayLike<number>, plan: TimePlan) => Solution {
  const n = field.dimension
  const { rtol = 1e-6, maxStep = Infinity, maxSteps = 100_000, onProgress } = options
  const atol = spreadTolerance(options.atol ?? 1e-8, n)
  const flat = flatten(tableau)
  const { stages, trial, end, a, c, error: errorWeights } = flat
  const control = createStepControl(tableau.embeddedOrder, tableau.beta)

  const k = new Float64Array(stages * n)
  const stage = Array.from({ length: stages }, (_, i) => k.subarray(i * n, (i + 1) * n))
  const y = new Float64Array(n)
  const y1 = new Float64Array(n)
  const stageState = new Float64Array(n)
  const weights = new Float64Array(stages)
  const saved = createSavedStates()
  const record: RungeKuttaSteps = {
    ...createStepRecord(n, (options.keepSteps ?? true) ? (stages - 1) * n : 0),
    flat,
    initialDerivative: new Float64Array(n),
  }

  let statistics = newStatistics()
  let t = 0
  let h = 0
  /** The component that dominated the last error norm. */
  let dominant = 0
  /** What the last trial step ran into, if it did not get as far as an error estimate. */
  let obstacle: 'none' | 'derivative' | 'state' | SingularMatrixError = 'none'
  let obstacleTime = 0
  let obstacleComponent = 0
  let obstacleValue = 0

  const meet = (what: 'derivative' | 'state', time: number, where: Float64Array) => {
    obstacle = what
    obstacleTime = time
    obstacleComponent = firstNonFinite(where)
    obstacleValue = where[obstacleComponent]
  }

  /** out ← f(time, state); false, with the obstacle noted, where that is not possible. */
  function evaluate(time: number, state: Float64Array, out: Float64Array): boolean {
    statistics.evaluations++
    try {
      field.evaluate(time, state, out)
    } catch (error) {
      if (!(error instanceof SingularMatrixError)) throw error
      obstacle = error
      obstacleTime = time
      return false
    }
    if (allFinite(out)) return true
    meet('derivative', time, out)
    return false
  }

  /** Evaluates stages [from, to) of the step from (t, y); stage `end` leaves the new state in y1. */
  function evaluateStages(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      const state = i === end ? y1 : stageState
      combine(y, h, a, i * stages, i, k, state)
      if (!evaluate(t + c[i] * h, state, stage[i])) return false
    }
    return true
  }

  /** Hairer's weighted norm of the error estimate, with sc = atol + rtol·max(|y|, |y₁|); NaN where y1 overflowed. */
  function errorNorm(): number {
    let sum = 0
    let worst = -1
    for (let m = 0; m < n; m++) {
      let error = 0
      for (let j = 0, at = m; j < trial; j++, at += n) error += errorWeights[j] * k[at]
      const scale = atol[m] + rtol * Math.max(Math.abs(y[m]), Math.abs(y1[m]))
      if (!(scale < Infinity)) return Number.NaN
      const ratio = (h * error) / scale
      const square = ratio * ratio
      if (square > worst) {
        worst = square
        dominant = m
      }
      sum += square
    }
    return Math.sqrt(sum / n)
  }

  /** Tries the step from (t, y) by h: its error norm, or NaN with the obstacle noted. */
  function attempt(): number {
    obstacle = 'none'
    if (!evaluateStages(1, trial)) return Number.NaN
    if (end >= trial) combine(y, h, a, end * stages, trial, k, y1)
    const error = errorNorm()
    if (Number.isNaN(error)) meet('state', t + h, y1)
    else if (error <= 1 && !evaluateStages(trial, stages)) return Number.NaN
    return error
  }

  /** Hairer's first step (Solving ODEs I, II.4), given k_0 = f(t, y). */
  function firstStep(most: number, direction: number): number {
    const slope = stage[0]
    const d0 = weightedNorm(y, y, atol, rtol)
    const d1 = weightedNorm(slope, y, atol, rtol)
    const h0 = Math.min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1, most)
    for (let m = 0; m < n; m++) stageState[m] = y[m] + direction * h0 * slope[m]
    if (!evaluate(t + direction * h0, stageState, stage[1])) return h0
    for (let m = 0; m < n; m++) y1[m] = stage[1][m] - slope[m]
    const steepest = Math.max(d1, weightedNorm(y1, y, atol, rtol) / h0)
    const h1 = steepest <= 1e-15 ? Math.max(1e-6, h0 * 1e-3) : power(0.01 / steepest, 1 / tableau.order)
    return Math.min(100 * h0, h1, most)
  }

  /** The failure that the last obstacle amounts to, or a step that is too small for its own sake. */
  function stuck(): Failure {
    if (obstacle instanceof SingularMatrixError) return failures.singularMatrix(obstacleTime, obstacle)
    if (obstacle === 'none') return failures.stepTooSmall(field, t, h, dominant)
    return failures.nonFinite(
      field,
      obstacleTime,
      obstacleComponent,
      obstacleValue,
      obstacle === 'derivative',
    )
  }

  /** Saves the states at the times in (t, t1], for the step that has just been computed. */
  function saveUpTo(t1: number, saveAt: Float64Array, direction: number): void {
    while (saved.count < saveAt.length && (saveAt[saved.count] - t1) * direction <= 0) {
      const time = saveAt[saved.count]
      if (time === t1) saveState(saved, y1)
      else {
        denseWeights(flat, (time - t) / h, weights)
        combine(y, h, weights, 0, stages, k, stageState)
        saveState(saved, stageState)
      }
    }
  }

  function run(plan: TimePlan, recorded: ReturnType<typeof recording>): Failure | undefined {
    const { stop, saveAt } = plan
    const direction = Math.sign(stop - t)
    if (!evaluate(t, y, stage[0])) return stuck()
    record.initialDerivative.set(stage[0])
    const most = Math.min(maxStep, Math.abs(stop - t))
    h = direction * Math.min(options.firstStep ?? firstStep(most, direction), most)
    for (let trials = 0; ; trials++) {
      if (0.1 * Math.abs(h) <= Math.abs(t) * Number.EPSILON) return stuck()
      if (trials === maxSteps) return failures.tooManySteps(field, t, stop, maxSteps, dominant)
      const last = (t + 1.01 * h - stop) * direction >= 0
      if (last) h = stop - t
      const error = attempt()
      if (!(error <= 1)) {
        statistics.rejected++
        h *= control.reject(error)
        continue
      }
      const t1 = last ? stop : t + h
      if (saveAt) saveUpTo(t1, saveAt, direction)
      if (recorded !== 'nothing') appendStep(record, h, t1, y1, k, n)
      countAccepted(statistics, h)
      t = t1
      y.set(y1)
      stage[0].set(stage[end])
      if (last) return undefined
      if (onProgress && onProgress(t, statistics) === false) return failures.cancelled(t)
      h = direction * Math.min(Math.abs(h) * control.accept(error), maxStep)
    }
  }

  const loaded = new Float64Array(stages * n)
  const loadedState = new Float64Array(n)
  const loadedWeights = new Float64Array(stages)
  function interpolate(step: number, time: number, out: Float64Array): void {
    loadStages(record, step, loaded)
    for (let m = 0; m < n; m++) loadedState[m] = record.y[step * n + m]
    denseWeights(flat, (time - record.t[step]) / record.h[step], loadedWeights)
    combine(loadedState, record.h[step], loadedWeights, 0, stages, loaded, out)
  }

  return (y0, plan) => {
    statistics = newStatistics()
    control.reset()
    obstacle = 'none'
    dominant = 0
    t = plan.start
    y.set(y0)
    beginSaving(saved, plan, y)
    beginSteps(record, t, y)
    const recorded = recording(options, plan)
    const failure = run(plan, recorded)
    return solutionOf(tableau.name, plan, saved, record, recorded, statistics, failure, interpolate)
  }
}
