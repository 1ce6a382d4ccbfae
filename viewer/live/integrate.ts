import type { LiveRun } from '../../sim/files/liveRun.ts'
import { createStepContext } from '../../solvers/ode/context.ts'
import { createDriver } from '../../solvers/ode/driver.ts'
import { createExplicitRungeKutta } from '../../solvers/ode/explicitRungeKutta.ts'
import { symplectic, tableaus } from '../../solvers/ode/methods/plain.ts'
import { type PageModel, SingularModelError } from './model.ts'

/** What is to be computed: the motion from a state, with parameters, at times. */
export interface Question {
  readonly start: Float64Array
  readonly parameters: Float64Array
}

/** A motion at the times that were asked for, as far as it goes: NaN afterwards. */
export interface Answer {
  /** T × n. */
  readonly y: Float64Array
  /** By name, T rows each. */
  readonly series: Readonly<Record<string, Float64Array>>
  /** Why it ends early. */
  readonly failure?: string
}

/** Steps that a page takes at most: a system that has become stiff is told, not waited for. */
const mostSteps = 50_000

/** Integrates a model again and again at the same times. */
export function createRunner(
  model: PageModel,
  run: LiveRun,
  times: Float64Array,
): (question: Question) => Answer {
  const n = model.field.dimension
  const options = {
    rtol: run.rtol,
    atol: run.atol,
    ...(run.fixedStep === undefined ? {} : { fixedStep: run.fixedStep }),
    maxSteps: mostSteps,
    keepSteps: false,
  }
  const context = createStepContext(model.field, options)
  const { method } = run
  const stepper =
    method in tableaus
      ? createExplicitRungeKutta(tableaus[method as keyof typeof tableaus], context)
      : symplectic[method as keyof typeof symplectic](context)
  const integrate = createDriver(stepper, context, options)
  const plan = { start: times[0], stop: times[times.length - 1], saveAt: times }
  return ({ start, parameters }) => {
    model.setParameters(parameters)
    const y = new Float64Array(times.length * n).fill(Number.NaN)
    const series = Object.fromEntries(
      [...model.series].map(([name, { length }]) => [
        name,
        new Float64Array(times.length * length).fill(Number.NaN),
      ]),
    )
    try {
      const solution = integrate(start, plan)
      y.set(solution.y)
      for (let k = 0; k < solution.t.length; k++) {
        model.show(times[k], y.subarray(k * n, (k + 1) * n))
        for (const [name, values] of model.series) series[name].set(values, k * values.length)
      }
      return { y, series, failure: solution.failure?.message }
    } catch (error) {
      if (error instanceof SingularModelError) return { y, series, failure: error.message }
      throw error
    }
  }
}
