import { loadStages, type RungeKuttaSteps } from '../ode/explicitRungeKutta.ts'
import type { Solution } from '../ode/solution.ts'
import { combine, type FlatTableau } from '../ode/tableau.ts'

/** The steps of a solution, played again one by one with the very numbers that the integrator had. */
export interface FrozenSteps {
  readonly flat: FlatTableau
  readonly steps: RungeKuttaSteps
  /** State and stages of the step that was loaded last: n, and s×n. */
  readonly y: Float64Array
  readonly k: Float64Array
  load(step: number): void
  /** out ← the state that stage i of the loaded step was evaluated at. */
  stageState(step: number, i: number, out: Float64Array): void
  /** The time of stage i. */
  stageTime(step: number, i: number): number
}

/** @throws Error where `solution` was not made by an explicit Runge–Kutta method, or its steps are gone. */
export function frozenSteps(solution: Solution): FrozenSteps {
  const recorded = solution.steps
  if (!('flat' in recorded))
    throw new Error(
      `there is no derivative of a solution by '${solution.method}', whose order varies within a step: ` +
        "integrate with method 'tsit5' or 'dopri5'",
    )
  const steps = recorded as RungeKuttaSteps
  const { flat, n } = steps
  const y = new Float64Array(n)
  const k = new Float64Array(flat.stages * n)
  return {
    flat,
    steps,
    y,
    k,
    load(step) {
      for (let m = 0; m < n; m++) y[m] = steps.y[step * n + m]
      loadStages(steps, step, k)
    },
    stageState(step, i, out) {
      combine(y, steps.h[step], flat.a, i * flat.stages, i, k, out)
    },
    stageTime: (step, i) => steps.t[step] + flat.c[i] * steps.h[step],
  }
}
