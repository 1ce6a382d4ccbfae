/** The numbers that a graph is evaluated over: real ones, or complex ones for derivatives by complex step. */

import type { BinaryPrimitive, UnaryPrimitive } from '../graph.ts'

export type Comparison = 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual'

/** Decided by real parts alone, whatever the numbers are: see `realPart.ts`. */
export type DecidedByRealPart =
  | Comparison
  | ('maximum' | 'minimum' | 'remainder' | 'absolute' | 'sign' | 'floor' | 'ceil' | 'round')
  | ('isNaN' | 'isFinite')

export type AnalyticUnary = Exclude<UnaryPrimitive, DecidedByRealPart | 'erf'>
export type AnalyticBinary = Exclude<BinaryPrimitive, DecidedByRealPart>

/** A field T with elementary functions. */
export type Arithmetic<T> = { readonly [P in AnalyticUnary]: (x: T) => T } & {
  readonly [P in AnalyticBinary]: (a: T, b: T) => T
} & {
  /** A real number as a T. */
  of(x: number): T
  /** The real part. */
  re(x: T): number
}
