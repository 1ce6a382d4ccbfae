import type { StepContext } from '../context.ts'
import type { Stepper } from '../stepper.ts'
import type { Tableau } from '../tableau.ts'
import { bosh3 } from './bosh3.ts'
import { dop853 } from './dop853.ts'
import { dopri5 } from './dopri5.ts'
import { euler, heun, midpoint, rk4 } from './lowOrder.ts'
import { tsit5 } from './tsit5.ts'
import { vern7 } from './vern7.ts'
import { vern9 } from './vern9.ts'

/** The explicit Runge–Kutta methods: to add one, add its tableau here. */
export const tableaus = {
  tsit5,
  dopri5,
  euler,
  heun,
  midpoint,
  rk4,
  bosh3,
  dop853,
  vern7,
  vern9,
} as const satisfies Record<string, Tableau>

/** The methods of other families: to add one, add what makes its stepper here. */
export const steppers = {} as const satisfies Record<string, (context: StepContext) => Stepper>

export type MethodName = keyof typeof tableaus | keyof typeof steppers | 'odex'

export const methodNames = [
  ...Object.keys(tableaus),
  ...Object.keys(steppers),
  'odex',
] as readonly MethodName[]
