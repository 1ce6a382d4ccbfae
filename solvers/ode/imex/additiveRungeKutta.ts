import { contextOfPart, type StepContext } from '../context.ts'
import { firstStepSize } from '../firstStep.ts'
import { implicitErrorNorm } from '../implicit/errorNorm.ts'
import { createJacobianReuse } from '../implicit/jacobianReuse.ts'
import { createStageNewton, errorWeights } from '../implicit/newton.ts'
import { createPredictiveControl } from '../implicit/predictiveControl.ts'
import { createStageSystem } from '../implicit/stageSystem.ts'
import type { Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine, denseWeights } from '../tableau.ts'
import { additiveDerivative } from './additiveRungeKuttaDerivative.ts'
import { type AdditiveTableau, flattenAdditive } from './additiveTableau.ts'

/** fast, slow ← f_N and f_S at the stages of a recorded step, s×n each. */
export function loadAdditiveStages(
  { width, dense }: StepRecord,
  step: number,
  slow: Float64Array,
  fast: Float64Array,
): void {
  const from = (step + 1) * width
  for (let i = 0; i < slow.length; i++) {
    slow[i] = dense[from + i]
    fast[i] = dense[from + slow.length + i]
  }
}

/**
 * A stepper for one additive Runge–Kutta pair: Newton's iteration sees the stiff part alone. Steps share nothing but the state.
 * The field has parts.
 */
export function createAdditiveRungeKutta(tableau: AdditiveTableau, context: StepContext): Stepper {
  const flat = flattenAdditive(tableau)
  const { stages, explicit, implicit, b, c, gamma, error, predictor } = flat
  const { stiff, nonstiff } = context.field.parts!
  const stiffContext = contextOfPart(context, stiff)
  const nonstiffContext = contextOfPart(context, nonstiff)
  const system = createStageSystem(stiffContext)
  const { n } = system
  const newton = createStageNewton(stiffContext, system)
  const reuse = createJacobianReuse(system, newton.convergence)
  const outcome = { size: 0, iterations: 1 }
  const rows = (values: Float64Array) =>
    Array.from({ length: stages }, (_, i) => values.subarray(i * n, (i + 1) * n))

  /** f_N and f_S at the stages, and their sums. */
  const slow = new Float64Array(stages * n)
  const fast = new Float64Array(stages * n)
  const k = new Float64Array(stages * n)
  const [slowStage, fastStage] = [rows(slow), rows(fast)]
  const base = new Float64Array(n)
  const state = new Float64Array(n)
  const weights = new Float64Array(n)
  const denseB = new Float64Array(stages)
  const loadedState = new Float64Array(n)
  const zero = new Float64Array(n)

  /** The step that was tried or loaded last. */
  let h = 0
  let y: Float64Array = loadedState
  /** Whether both parts at the beginning of the step are there. */
  let begun = false

  const begin = (t: number, at: Float64Array) =>
    nonstiffContext.evaluate(t, at, slowStage[0]) && stiffContext.evaluate(t, at, fastStage[0])

  function solveStages(t: number, sigma: number): boolean {
    outcome.iterations = 1
    let slowest = 0
    for (let i = 1; i < stages; i++) {
      const time = t + c[i] * h
      combine(zero, 1, predictor, i * stages, i, fast, fastStage[i])
      combine(y, h, explicit, i * stages, i, slow, base)
      combine(base, h, implicit, i * stages, i + 1, fast, state)
      if (!newton.solve(time, sigma, state, fastStage[i], weights)) return false
      if (!nonstiffContext.evaluate(time, state, slowStage[i])) return false
      outcome.iterations = Math.max(outcome.iterations, newton.convergence.iterations)
      if (newton.convergence.iterations > 2) slowest = Math.max(slowest, newton.convergence.rate)
    }
    reuse.slowest = slowest
    return true
  }

  const addParts = () => {
    for (let i = 0; i < k.length; i++) k[i] = slow[i] + fast[i]
  }

  return {
    name: tableau.name,
    control: createPredictiveControl(tableau.embeddedOrder + 1, outcome),
    width: 2 * stages * n,
    start(t, y0) {
      reuse.forget()
      begun = begin(t, y0)
      return begun
    },
    firstStep(t, y0, direction, most) {
      for (let m = 0; m < n; m++) base[m] = slowStage[0][m] + fastStage[0][m]
      const scratch = { state, ahead: weights, change: loadedState }
      return firstStepSize(context, tableau.order, t, y0, base, direction, most, scratch)
    },
    attempt(t, size, from, y1) {
      h = size
      y = from
      outcome.size = Math.abs(h)
      const sigma = 1 / (h * gamma)
      begun ||= begin(t, y)
      if (!begun) return Number.NaN
      errorWeights(context, y, weights)
      for (;;) {
        if (!reuse.prepare(t, y, fastStage[0], sigma)) return Number.NaN
        if (solveStages(t, sigma)) break
        if (!reuse.mayImprove()) return Number.NaN
      }
      addParts()
      combine(y, h, b, 0, stages, k, y1)
      combine(zero, h, error, 0, stages, k, state)
      return implicitErrorNorm(context, t + h, y, y1, state)
    },
    complete: () => true,
    interpolate(theta, out) {
      denseWeights(flat, theta, denseB)
      combine(y, h, denseB, 0, stages, k, out)
    },
    record(target, offset) {
      for (let i = 0; i < slow.length; i++) {
        target[offset + i] = slow[i]
        target[offset + slow.length + i] = fast[i]
      }
    },
    load(record, step) {
      loadAdditiveStages(record, step, slow, fast)
      addParts()
      h = record.h[step]
      y = loadedState
      for (let m = 0; m < n; m++) loadedState[m] = record.y[step * n + m]
    },
    memory: reuse.memory,
    remember: reuse.remember,
    resume(_record, _step, _previous, source, offset) {
      begun = false
      reuse.resume(source, offset)
    },
    advance() {
      begun = false
      reuse.advance()
    },
    derivative: (record, times) => additiveDerivative(context, flat, record, times),
  }
}
