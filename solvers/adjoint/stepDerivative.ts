import type { Solution, StepDerivative } from '../ode/index.ts'
import type { StepRecord } from '../ode/steps.ts'

/** The recorded steps of a solution, and their derivatives. */
export interface DifferentiableSteps {
  readonly steps: StepRecord
  readonly derivative: StepDerivative
}

/**
 * @param times whether t and h of the steps are variables, too.
 * @throws Error where the method of `solution` has no derivative, or its steps are gone.
 */
export function differentiableSteps(solution: Solution, times = false): DifferentiableSteps {
  const steps = solution.steps as StepRecord
  const derivative = steps.stepper?.derivative?.(steps, times)
  if (!derivative)
    throw new Error(
      `there is no derivative of a solution by '${solution.method}': integrate with method 'tsit5' or 'dopri5'`,
    )
  return { steps, derivative }
}
