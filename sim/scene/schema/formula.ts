import { z } from 'zod'
import type { Formula } from '../formula/formula.ts'
import { FormulaError, parseFormula } from '../formula/parse.ts'

/** A formula of a scene, parsed, with what the file says. */
export type SceneFormula = Formula & { readonly text: string | number }

export const formula = z
  .union([z.number(), z.string()], { error: 'expected a formula: a number, or text such as 0.5*m*v^2' })
  .transform((text, context): SceneFormula => {
    try {
      return { ...parseFormula(text), text }
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error
      const { message, index, length } = error
      context.issues.push({ code: 'custom', message, input: text, params: { index, length } })
      return z.NEVER
    }
  })

/** A name that formulas can use: letters (of any script), digits and _, not beginning with a digit or two _. */
export const name = z
  .string()
  .regex(
    /^(?!__)[\p{L}_][\p{L}\p{N}_]*$/u,
    'a name has letters, digits and _, and does not begin with a digit',
  )

export const positive = z.number().positive()
export const count = z.int().positive()
/** An interval of time [begin, end], s. */
export const span = z.tuple([z.number(), z.number()])
