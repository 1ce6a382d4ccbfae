import type { StepContext } from '../context.ts'
import type { Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine, denseWeights } from '../tableau.ts'
import { implicitErrorNorm } from './errorNorm.ts'
import { esdirkDerivative } from './esdirkDerivative.ts'
import { type EsdirkTableau, flattenEsdirk } from './esdirkTableau.ts'
import { implicitFirstStep } from './firstStep.ts'
import { createInitialState } from './initialState.ts'
import { createJacobianReuse } from './jacobianReuse.ts'
import { createStageNewton, errorWeights } from './newton.ts'
import { createPredictiveControl } from './predictiveControl.ts'
import { createStageSystem } from './stageSystem.ts'

/** k ← the stages of a recorded step, s×n: k_1 … k_{s−1} are in its slot, k_0 is the last of the slot before. */
export function loadEsdirkStages(record: StepRecord, step: number, k: Float64Array): void {
  const { n, width, dense } = record
  const before = (step + 1) * width - n
  for (let m = 0; m < n; m++) k[m] = dense[before + m]
  for (let i = 0, from = (step + 1) * width; i < width; i++) k[n + i] = dense[from + i]
}

/** A stepper for one ESDIRK method; M may depend on t and y, or be constant and singular. */
export function createEsdirk(tableau: EsdirkTableau, context: StepContext): Stepper {
  const flat = flattenEsdirk(tableau)
  const { stages, a, c, gamma, error: errorCoefficients, predictor } = flat
  const system = createStageSystem(context)
  const { n } = system
  const initialState = createInitialState(context, system)
  const newton = createStageNewton(context, system)
  const reuse = createJacobianReuse(system, newton.convergence)
  const outcome = { size: 0, iterations: 1 }
  const last = stages - 1
  const width = last * n

  const k = new Float64Array(stages * n)
  const stage = Array.from({ length: stages }, (_, i) => k.subarray(i * n, (i + 1) * n))
  const state = new Float64Array(n)
  const weights = new Float64Array(n)
  const denseB = new Float64Array(stages)
  const loadedState = new Float64Array(n)
  const zero = new Float64Array(n)

  /** The step that was tried or loaded last. */
  let h = 0
  let y: Float64Array = loadedState

  function solveStages(t: number, sigma: number, y1: Float64Array): boolean {
    outcome.iterations = 1
    let slowest = 0
    for (let i = 1; i < stages; i++) {
      const stageState = i === last ? y1 : state
      // ẏ as predicted, and the Y that goes with it
      combine(zero, 1, predictor, i * stages, i, k, stage[i])
      combine(y, h, a, i * stages, i + 1, k, stageState)
      if (!newton.solve(t + c[i] * h, sigma, stageState, stage[i], weights)) return false
      outcome.iterations = Math.max(outcome.iterations, newton.convergence.iterations)
      if (newton.convergence.iterations > 2) slowest = Math.max(slowest, newton.convergence.rate)
    }
    reuse.slowest = slowest
    return true
  }

  return {
    name: tableau.name,
    control: createPredictiveControl(tableau.embeddedOrder + 1, outcome),
    width,
    start(t, y0) {
      reuse.forget()
      if (!initialState.find(t, y0, stage[last])) return false
      stage[0].set(stage[last])
      return true
    },
    firstStep: (t, y0, direction, most) =>
      implicitFirstStep(context, system, tableau.order, t, y0, stage[0], direction, most),
    attempt(t, size, from, y1) {
      h = size
      y = from
      outcome.size = Math.abs(h)
      const sigma = 1 / (h * gamma)
      errorWeights(context, y, weights)
      for (;;) {
        if (!reuse.prepare(t, y, stage[0], sigma)) return Number.NaN
        if (solveStages(t, sigma, y1)) break
        if (!reuse.mayImprove()) return Number.NaN
      }
      combine(zero, h, errorCoefficients, 0, stages, k, state)
      return implicitErrorNorm(context, t + h, y, y1, state)
    },
    complete: () => true,
    interpolate(theta, out) {
      denseWeights(flat, theta, denseB)
      combine(y, h, denseB, 0, stages, k, out)
    },
    record(target, offset) {
      for (let i = 0; i < width; i++) target[offset + i] = k[n + i]
    },
    load(record, step) {
      loadEsdirkStages(record, step, k)
      h = record.h[step]
      y = loadedState
      for (let m = 0; m < n; m++) loadedState[m] = record.y[step * n + m]
    },
    memory: reuse.memory,
    remember: reuse.remember,
    resume(record, step, _previous, source, offset) {
      for (let m = 0, from = (step + 1) * width - n; m < n; m++) stage[0][m] = record.dense[from + m]
      reuse.resume(source, offset)
    },
    advance() {
      stage[0].set(stage[last])
      reuse.advance()
    },
    derivative: (record, times) => esdirkDerivative(context, flat, record, times),
  }
}
