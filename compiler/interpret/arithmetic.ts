/** The numbers that a graph is evaluated over: real ones, or complex ones for derivatives by complex step. */

import type { BinaryPrimitive, UnaryPrimitive } from '../graph.ts'

export type Comparison = 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual'

/** Decided by real parts alone, whatever the numbers are: see `realPart.ts`. */
export type DecidedByRealPart =
  | Comparison
  | ('remainder' | 'absolute' | 'sign' | 'floor' | 'ceil' | 'round' | 'isNaN' | 'isFinite')

type UnaryOfField = Exclude<UnaryPrimitive, DecidedByRealPart | 'erf'>
type BinaryOfField = Exclude<BinaryPrimitive, DecidedByRealPart>

/** A field T with elementary functions; `maximum` and `minimum` go by real parts. */
export type Arithmetic<T> = { readonly [P in UnaryOfField]: (x: T) => T } & {
  readonly [P in BinaryOfField]: (a: T, b: T) => T
} & {
  /** A real number as a T. */
  of(x: number): T
  /** The real part. */
  re(x: T): number
}
