import type { StepContext } from '../context.ts'
import type { Stepper } from '../stepper.ts'
import { createAdditiveRungeKutta } from './additiveRungeKutta.ts'
import { kencarp3, kencarp4 } from './kennedyCarpenter.ts'

/** The implicit–explicit methods, for fields with `parts`: to add one, add its tableau here. */
export const imexMethods = {
  kencarp3: context => createAdditiveRungeKutta(kencarp3, context),
  kencarp4: context => createAdditiveRungeKutta(kencarp4, context),
} as const satisfies Record<string, (context: StepContext) => Stepper>
