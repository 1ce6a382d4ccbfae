import type { Structure } from '../../kernels/structure.ts'
import type { F64, FunctionBody, I32, Lane, ModuleBuilder } from '../../kernels/wasm/index.ts'
import type { Scalar } from './expression.ts'
import type { View } from './view.ts'

/** What the steps of one function of the module share. */
export interface Emission {
  readonly module: ModuleBuilder
  readonly f: FunctionBody
  readonly lanes: { readonly 1: Lane; readonly 2: Lane }
  /** Fused multiply-add in products, where the machine has it. */
  readonly relaxed: boolean
  /** The value of a scalar. */
  scalar(scalar: Scalar): F64
  /** Sets a scalar. */
  define(scalar: Scalar, value: F64): void
  /** A number at a constant place of an array that is complete: read once. */
  element(view: View): F64
  /** Leaves the entry with an error: `status` of matrix `batch` in the solve at `origin`. */
  fail(failure: { structure: Structure; origin?: string }, status: I32, batch: I32): void
}
