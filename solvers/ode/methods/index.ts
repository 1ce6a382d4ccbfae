import { imexMethods } from '../imex/methods.ts'
import { implicitMethods } from '../implicit/methods.ts'
import { type MakeStepper, symplectic, tableaus } from './plain.ts'

export { symplectic, tableaus } from './plain.ts'

/** The methods of all families but the explicit Runge–Kutta methods: to add one, add what makes its stepper here. */
export const steppers = { ...symplectic, ...implicitMethods, ...imexMethods } as const satisfies Record<
  string,
  MakeStepper
>

export type MethodName = keyof typeof tableaus | keyof typeof steppers | 'odex'

/** The methods that any field can be integrated by. */
export const methodNames = [
  ...Object.keys(tableaus),
  ...Object.keys(steppers).filter(name => !(name in imexMethods)),
  'odex',
] as readonly MethodName[]

/** Those for fields with `parts`. */
export const splitMethodNames = Object.keys(imexMethods) as readonly (keyof typeof imexMethods)[]
