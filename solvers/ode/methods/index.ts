import type { Tableau } from '../tableau.ts'
import { dopri5 } from './dopri5.ts'
import { tsit5 } from './tsit5.ts'

/** The explicit Runge–Kutta methods: to add one, add its tableau here. */
export const tableaus = { tsit5, dopri5 } as const satisfies Record<string, Tableau>

export type MethodName = keyof typeof tableaus | 'odex'

export const methodNames = [...Object.keys(tableaus), 'odex'] as readonly MethodName[]
