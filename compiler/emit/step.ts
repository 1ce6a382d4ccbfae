import type { Structure } from '../graph.ts'
import { type Expression, readsOf, type Scalar, scalarsOf } from './expression.ts'
import type { Buffer, View } from './view.ts'

export type Reduction = 'sum' | 'productOf' | 'maximumOf' | 'minimumOf'
/** Target ← value, target ← target + value, target ← target − value. */
export type Update = 'write' | 'add' | 'subtract'

/** One statement of the program. Operands are views, so that slices, transposes and broadcasts are not steps. */
export type Step =
  | { readonly kind: 'scalar'; readonly target: Scalar; readonly expression: Expression }
  | {
      readonly kind: 'assign'
      readonly target: View
      readonly expression: Expression
      readonly update: Update
    }
  | {
      readonly kind: 'reduce'
      readonly reduction: Reduction
      /** An array whose reduced axes have stride 0, of the expression's shape; or the one number. */
      readonly target: View | Scalar
      readonly shape: readonly number[]
      readonly axes: readonly number[]
      readonly expression: Expression
      readonly update: Update
    }
  | {
      readonly kind: 'product'
      /** [..., m, k], [..., k, n], [..., m, n]: transposition is in the strides. */
      readonly a: View
      readonly b: View
      readonly target: View
      readonly update: Update
    }
  | {
      readonly kind: 'factor'
      /** [..., n·n + n], the matrix already in place. */
      readonly target: View
      readonly n: number
      readonly structure: Structure
      readonly origin?: string
    }
  | {
      readonly kind: 'factorSolve'
      readonly factors: View
      /** [..., n, k], the right-hand sides already in place. */
      readonly target: View
      readonly structure: Structure
      readonly transposed: boolean
    }
  | {
      readonly kind: 'gather' | 'scatterAdd'
      /** gather: [outer, extent, inner] read; scatterAdd: [outer, count, inner] read. Contiguous, as the target is. */
      readonly source: View
      readonly indices: View
      readonly target: View
      readonly axis: number
      readonly update: Update
    }

export const isScalar = (target: View | Scalar): target is Scalar => 'name' in target

/** Arrays that a step reads, and the one that it writes. */
export function buffersOf(step: Step): { reads: Buffer[]; writes: Buffer | undefined } {
  switch (step.kind) {
    case 'scalar':
      return { reads: readsOf(step.expression).map(view => view.buffer), writes: undefined }
    case 'assign':
      return { reads: readsOf(step.expression).map(view => view.buffer), writes: step.target.buffer }
    case 'reduce':
      return {
        reads: readsOf(step.expression).map(view => view.buffer),
        writes: isScalar(step.target) ? undefined : step.target.buffer,
      }
    case 'product':
      return { reads: [step.a.buffer, step.b.buffer], writes: step.target.buffer }
    case 'factor':
      return { reads: [], writes: step.target.buffer }
    case 'factorSolve':
      return { reads: [step.factors.buffer], writes: step.target.buffer }
    case 'gather':
    case 'scatterAdd':
      return { reads: [step.source.buffer, step.indices.buffer], writes: step.target.buffer }
  }
}

/** Scalars that a step reads, and the one that it sets. */
export function scalarsOfStep(step: Step): { reads: Scalar[]; sets: Scalar | undefined } {
  if (step.kind === 'scalar') return { reads: scalarsOf(step.expression), sets: step.target }
  if (step.kind === 'assign') return { reads: scalarsOf(step.expression), sets: undefined }
  if (step.kind === 'reduce')
    return { reads: scalarsOf(step.expression), sets: isScalar(step.target) ? step.target : undefined }
  return { reads: [], sets: undefined }
}
