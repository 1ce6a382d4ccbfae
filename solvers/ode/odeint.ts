import { createStepContext, type StepContext } from './context.ts'
import { createDriver } from './driver.ts'
import { createExplicitRungeKutta } from './explicitRungeKutta.ts'
import { type MethodName, steppers, tableaus } from './methods/index.ts'
import { createExtrapolation } from './odex/extrapolationStep.ts'
import { createOdex } from './odex/odex.ts'
import { checkInitialState, checkOptions, type IntegratorOptions, planTimes, type Times } from './options.ts'
import type { Solution } from './solution.ts'
import type { Stepper } from './stepper.ts'
import type { Tableau } from './tableau.ts'
import type { VectorField } from './vectorField.ts'

export interface Integrator {
  readonly field: VectorField
  /**
   * As `odeint`, in memory that each call uses again: for training loops. A solution is valid until the next call.
   * @throws RangeError where an argument is not what it must be.
   */
  integrate(y0: ArrayLike<number>, times: Times): Solution
}

/** @throws RangeError where an option is not what it must be. */
export function createIntegrator(field: VectorField, options: IntegratorOptions = {}): Integrator {
  checkOptions(field, options)
  const { method = 'tsit5' } = options
  const run = method === 'odex' ? createOdex(field, options) : createRun(field, method, options)
  return {
    field,
    integrate(y0, times) {
      checkInitialState(field, y0)
      return run(y0, planTimes(times))
    },
  }
}

export function createStepper(method: MethodName | Tableau, context: StepContext): Stepper {
  if (typeof method !== 'string') return createExplicitRungeKutta(method, context)
  if (method in tableaus) return createExplicitRungeKutta(tableaus[method as keyof typeof tableaus], context)
  if (method === 'odex') return createExtrapolation(context)
  return steppers[method as keyof typeof steppers](context)
}

function createRun(field: VectorField, method: MethodName | Tableau, options: IntegratorOptions) {
  const context = createStepContext(field, options)
  return createDriver(createStepper(method, context), context, options)
}

/**
 * Integrates dy/dt = f(t, y) from y0 at times[0] over `times`, which may run backwards. The steps are chosen by the
 * error control alone; states at the times asked for are dense output. A failure is a value of the solution.
 *
 *     const solution = odeint(field, [1, 0], { span: [0, 10], saveEvery: 0.1 }, { rtol: 1e-8 })
 *     if (!solution.success) throw new Error(solution.failure!.message)
 *     solution.y // row-major 101×2
 *     solution.at(3.14)
 *
 * @throws RangeError where an argument is not what it must be.
 */
export const odeint = (
  field: VectorField,
  y0: ArrayLike<number>,
  times: Times,
  options: IntegratorOptions = {},
): Solution => createIntegrator(field, options).integrate(y0, times)
