import type { StepContext } from '../context.ts'
import type { Stepper } from '../stepper.ts'
import { createAuto } from './auto.ts'
import { createBdf } from './bdf.ts'
import { createEsdirk } from './esdirk.ts'
import { kvaerno3, kvaerno4, kvaerno5 } from './kvaerno.ts'
import { createRadau5 } from './radau5.ts'
import { rodas5p } from './rodas5p.ts'
import { createRosenbrock } from './rosenbrock.ts'

/** The methods for stiff systems and mass matrices: to add one, add what makes its stepper here. */
export const implicitMethods = {
  rodas5p: context => createRosenbrock(rodas5p, context),
  kvaerno3: context => createEsdirk(kvaerno3, context),
  kvaerno4: context => createEsdirk(kvaerno4, context),
  kvaerno5: context => createEsdirk(kvaerno5, context),
  radau5: createRadau5,
  bdf: createBdf,
  auto: createAuto,
} as const satisfies Record<string, (context: StepContext) => Stepper>
