import type { StepContext } from './context.ts'
import { explicitRungeKuttaDerivative } from './explicitRungeKuttaDerivative.ts'
import { firstStepSize } from './firstStep.ts'
import { createStepControl } from './stepControl.ts'
import type { Stepper } from './stepper.ts'
import type { StepRecord } from './steps.ts'
import { combine, denseWeights, type FlatTableau, flatten, type Tableau } from './tableau.ts'

/** k ← the stages of a recorded step, s×n: k_1 … k_{s−1} are in its slot, k_0 is stage `end` of the slot before. */
export function loadStages(flat: FlatTableau, record: StepRecord, step: number, k: Float64Array): void {
  const { n, width, dense } = record
  const before = step * width + (flat.end - 1) * n
  for (let m = 0; m < n; m++) k[m] = dense[before + m]
  for (let i = 0, from = (step + 1) * width; i < width; i++) k[n + i] = dense[from + i]
}

/** A stepper that can tell how near to the bound of stability of an explicit method its last step was. */
export interface StiffnessAware extends Stepper {
  /** An estimate of |h|·ρ(∂f/∂y) for the step that was completed last. */
  stiffness(): number
}

/** A stepper for one explicit Runge–Kutta pair. */
export function createExplicitRungeKutta(tableau: Tableau, context: StepContext): StiffnessAware {
  const { field, rtol, atol } = context
  const n = field.dimension
  const flat = flatten(tableau)
  const { stages, trial, end, a, c, error: errorWeights, lowOrderError } = flat
  const width = (stages - 1) * n
  /** Stages that the next step needs; those beyond serve dense output alone. */
  const needed = Math.max(trial, end + 1)

  const k = new Float64Array(stages * n)
  const stage = Array.from({ length: stages }, (_, i) => k.subarray(i * n, (i + 1) * n))
  const stageState = new Float64Array(n)
  const weights = new Float64Array(stages)
  const loadedState = new Float64Array(n)
  const scratch = { state: stageState, ahead: stage[1] ?? new Float64Array(n), change: loadedState }

  /** The step that was tried or loaded last: from (t, y) by h to y1. */
  let t = 0
  let h = 0
  let y: Float64Array = loadedState
  let y1: Float64Array = loadedState

  /** Evaluates stages [from, to); stage `end` leaves the new state in y1. */
  function evaluateStages(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      const state = i === end ? y1 : stageState
      combine(y, h, a, i * stages, i, k, state)
      if (!context.evaluate(t + c[i] * h, state, stage[i])) return false
    }
    return true
  }

  /**
   * Hairer's weighted norm of an error estimate h·Σ w_i·k_i, with sc = atol + rtol·max(|y|, |y₁|); NaN where y1
   * overflowed.
   */
  function errorNorm(w: Float64Array, y: Float64Array, y1: Float64Array): number {
    let sum = 0
    let worst = -1
    for (let m = 0; m < n; m++) {
      let error = 0
      for (let j = 0, at = m; j < trial; j++, at += n) error += w[j] * k[at]
      const scale = atol[m] + rtol * Math.max(Math.abs(y[m]), Math.abs(y1[m]))
      if (!(scale < Infinity)) return Number.NaN
      const ratio = (h * error) / scale
      const square = ratio * ratio
      if (square > worst) {
        worst = square
        context.dominant = m
      }
      sum += square
    }
    return Math.sqrt(sum / n)
  }

  /** The norm of the two errors of DOP853 (Solving ODEs I, II.5): |err|²/√(|err|² + 0.01·|low|²). */
  function errorOfTwo(low: Float64Array, y: Float64Array, y1: Float64Array): number {
    const lower = errorNorm(low, y, y1)
    const error = errorNorm(errorWeights, y, y1)
    if (error === 0) return 0
    return (error * error) / Math.sqrt(error * error + 0.01 * lower * lower)
  }

  return {
    name: tableau.name,
    control: createStepControl(tableau.errorOrder ?? tableau.embeddedOrder, tableau.beta),
    width,
    start(t0, y0) {
      if (!context.evaluate(t0, y0, stage[end])) return false
      stage[0].set(stage[end])
      return true
    },
    firstStep: (t0, y0, direction, most) =>
      firstStepSize(context, tableau.order, t0, y0, stage[0], direction, most, scratch),
    attempt(fromTime, size, from, to) {
      t = fromTime
      h = size
      y = from
      y1 = to
      if (!evaluateStages(1, trial)) return Number.NaN
      if (end >= trial) combine(y, h, a, end * stages, trial, k, y1)
      const error = lowOrderError ? errorOfTwo(lowOrderError, from, to) : errorNorm(errorWeights, from, to)
      if (Number.isNaN(error)) context.overflow(t + h, y1)
      return error
    },
    complete: dense => evaluateStages(trial, dense ? stages : needed),
    interpolate(theta, out) {
      denseWeights(flat, theta, weights)
      combine(y, h, weights, 0, stages, k, out)
    },
    record(target, offset) {
      for (let i = 0; i < width; i++) target[offset + i] = k[n + i]
    },
    load(record, step) {
      loadStages(flat, record, step, k)
      h = record.h[step]
      y = loadedState
      for (let m = 0; m < n; m++) loadedState[m] = record.y[step * n + m]
    },
    resume(record, step) {
      for (let m = 0, from = step * width + (end - 1) * n; m < n; m++) stage[0][m] = record.dense[from + m]
    },
    advance() {
      stage[0].set(stage[end])
    },
    stiffness() {
      // |h|·‖f(Y_end) − f(Y)‖/‖Y_end − Y‖ with the stage before `end`, in the norm of the error (Solving ODEs II, IV.2, (2.26))
      combine(y, h, a, (end - 1) * stages, end - 1, k, stageState)
      let [changes, distances] = [0, 0]
      for (let m = 0; m < n; m++) {
        const scale = atol[m] + rtol * Math.abs(y1[m])
        const change = (stage[end][m] - stage[end - 1][m]) / scale
        const distance = (y1[m] - stageState[m]) / scale
        changes += change * change
        distances += distance * distance
      }
      return distances > 0 ? Math.abs(h) * Math.sqrt(changes / distances) : 0
    },
    derivative: (record, times) => explicitRungeKuttaDerivative(field, flat, record, times),
  }
}
