import type { StepContext } from '../context.ts'
import type { Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { implicitErrorNorm } from './errorNorm.ts'
import { implicitFirstStep } from './firstStep.ts'
import { createInitialState } from './initialState.ts'
import { differenceIncrement } from './jacobian.ts'
import { createPredictiveControl } from './predictiveControl.ts'
import { rosenbrockDerivative } from './rosenbrockDerivative.ts'
import { flattenRosenbrock, type RosenbrockTableau, rosenbrockDenseWeights } from './rosenbrockTableau.ts'
import { createStageSystem } from './stageSystem.ts'

/** u ← the stages of a recorded step, s×n. */
export function loadRosenbrockStages({ width, dense }: StepRecord, step: number, u: Float64Array): void {
  for (let i = 0, from = (step + 1) * width; i < width; i++) u[i] = dense[from + i]
}

/**
 * A stepper for one Rosenbrock method: one Jacobian and one factorisation per step, no iteration. M is constant; it may be
 * singular. As no iteration corrects what the factors have lost to rounding, h·‖J‖ beyond 1e16 loses conserved sums (problem E5). ∂f/∂t is field.timeDerivative, else a difference quotient.
 * @throws Error where the mass matrix is not constant.
 */
export function createRosenbrock(tableau: RosenbrockTableau, context: StepContext): Stepper {
  const { field } = context
  if (field.mass && !field.massIsConstant)
    throw new Error(
      `method '${tableau.name}' takes a mass matrix that is constant (set field.massIsConstant if it is): ` +
        "use 'radau5', 'kvaerno5' or 'bdf'",
    )
  const flat = flattenRosenbrock(tableau)
  const { stages, a, b, c, d, coupling, gamma } = flat
  const system = createStageSystem(context)
  const { n, mass } = system
  const initialState = createInitialState(context, system)
  const outcome = { size: 0, iterations: 0 }
  const width = stages * n

  const u = new Float64Array(width)
  const stage = Array.from({ length: stages }, (_, i) => u.subarray(i * n, (i + 1) * n))
  const slope = new Float64Array(n)
  const slopeInTime = new Float64Array(n)
  const state = new Float64Array(n)
  const coupled = new Float64Array(n)
  const zero = new Float64Array(n)
  const weights = new Float64Array(stages)
  const loadedState = new Float64Array(n)

  /** The step that was tried or loaded last. */
  let h = 0
  let y: Float64Array = loadedState
  /** Whether f, ∂f/∂t and J at the beginning of the step are there. */
  let begun = false

  /** f, ∂f/∂t and J at (t, y). */
  function begin(t: number): boolean {
    if (!context.evaluate(t, y, slope)) return false
    if (field.timeDerivative) field.timeDerivative(t, y, slopeInTime)
    else {
      const increment = Math.sign(h) * differenceIncrement(t)
      if (!context.evaluate(t + increment, y, slopeInTime)) return false
      for (let m = 0; m < n; m++) slopeInTime[m] = (slopeInTime[m] - slope[m]) / increment
    }
    return system.linearise(t, y, zero)
  }

  return {
    name: tableau.name,
    control: createPredictiveControl(tableau.embeddedOrder + 1, outcome),
    width,
    start(t, y0) {
      begun = false
      return initialState.find(t, y0, slope)
    },
    firstStep: (t, y0, direction, most) =>
      implicitFirstStep(context, system, tableau.order, t, y0, slope, direction, most),
    attempt(t, size, from, y1) {
      h = size
      y = from
      outcome.size = Math.abs(h)
      begun ||= begin(t)
      if (!begun || !system.factor(1 / (h * gamma))) return Number.NaN
      for (let i = 0; i < stages; i++) {
        const right = stage[i]
        if (i === 0) right.set(slope)
        else {
          combine(y, 1, a, i * stages, i, u, state)
          if (!context.evaluate(t + c[i] * h, state, right)) return Number.NaN
          combine(zero, 1 / h, coupling, i * stages, i, u, coupled)
          mass.multiplyAdd(coupled, 1, right)
        }
        if (d[i] !== 0) for (let m = 0; m < n; m++) right[m] += h * d[i] * slopeInTime[m]
        system.solve(right)
      }
      combine(y, 1, b, 0, stages, u, y1)
      return implicitErrorNorm(context, t + h, y, y1, stage[stages - 1])
    },
    complete: () => true,
    interpolate(theta, out) {
      rosenbrockDenseWeights(flat, theta, weights)
      combine(y, 1, weights, 0, stages, u, out)
    },
    record(target, offset) {
      target.set(u, offset)
    },
    load(record, step) {
      loadRosenbrockStages(record, step, u)
      h = record.h[step]
      y = loadedState
      for (let m = 0; m < n; m++) loadedState[m] = record.y[step * n + m]
    },
    resume() {
      begun = false
    },
    advance() {
      begun = false
    },
    derivative: (record, times) => rosenbrockDerivative(tableau.name, context, flat, record, times),
  }
}
