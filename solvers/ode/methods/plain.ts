import type { StepContext } from '../context.ts'
import type { Stepper } from '../stepper.ts'
import { compositions, createComposition } from '../symplectic/composition.ts'
import { createGauss, gaussMethods } from '../symplectic/gauss.ts'
import type { Tableau } from '../tableau.ts'
import { bosh3 } from './bosh3.ts'
import { dop853 } from './dop853.ts'
import { dopri5 } from './dopri5.ts'
import { euler, heun, midpoint, rk4 } from './lowOrder.ts'
import { tsit5 } from './tsit5.ts'
import { vern7 } from './vern7.ts'
import { vern9 } from './vern9.ts'

/** Methods that need nothing but the vector field: what a page integrates with is in here, without the implicit ones. */

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

export type MakeStepper = (context: StepContext) => Stepper

/** Symplectic methods, all for fixed steps. */
export const symplectic = {
  leapfrog: context => createComposition(compositions.leapfrog, context),
  yoshida4: context => createComposition(compositions.yoshida4, context),
  yoshida6: context => createComposition(compositions.yoshida6, context),
  implicitMidpoint: context => createGauss(gaussMethods.implicitMidpoint, context),
  gauss4: context => createGauss(gaussMethods.gauss4, context),
  gauss6: context => createGauss(gaussMethods.gauss6, context),
} as const satisfies Record<string, MakeStepper>
