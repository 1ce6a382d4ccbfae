/**
 * The elementwise primitives that are not analytic, over either field. They branch on real parts, so that a complex step
 * differentiates the branch that was taken.
 */

import type { UnaryPrimitive } from '../graph.ts'
import type { Arithmetic, Comparison, DecidedByRealPart } from './arithmetic.ts'

type Unary = DecidedByRealPart & UnaryPrimitive

export const compare: { readonly [P in Comparison]: (a: number, b: number) => boolean } = {
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
}

/** To the nearest whole number, halves to the even one. */
function roundToEven(x: number): number {
  const below = Math.floor(x)
  const excess = x - below
  if (excess === 0 || Number.isNaN(excess)) return x
  const up = excess === 0.5 ? below % 2 !== 0 : excess > 0.5
  // Zero has the sign of x.
  return up ? below + 1 || 0 * x : below
}

/** a − b·⌊a/b⌋ without rounding error: the limit, a or ±∞, where b is infinite. */
function flooredRemainder(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

/** Those primitives over `field`. */
export function decidedByRealPart<T>(
  field: Arithmetic<T>,
): { readonly [P in Unary]: (x: T) => T } & { remainder(a: T, b: T): T } {
  const { of, re, add, subtract, multiply } = field
  return {
    absolute: x => multiply(of(Math.sign(re(x))), x),
    sign: x => of(Math.sign(re(x))),
    floor: x => of(Math.floor(re(x))),
    ceil: x => of(Math.ceil(re(x))),
    round: x => of(roundToEven(re(x))),
    isNaN: x => of(Number(Number.isNaN(re(x)))),
    isFinite: x => of(Number(Number.isFinite(re(x)))),
    remainder(a, b) {
      const exact = flooredRemainder(re(a), re(b))
      const quotient = Math.round((re(a) - exact) / re(b))
      if (!Number.isFinite(quotient) || !Number.isFinite(re(b))) return of(exact)
      // The imaginary part is that of a − b·q, with the whole number q that belongs to the remainder.
      const rounded = subtract(a, multiply(b, of(quotient)))
      return add(subtract(rounded, of(re(rounded))), of(exact))
    },
  }
}
