import type { Structure } from './structure.ts'

/**
 * A linear solve met a matrix that is singular to working precision. It is thrown by a compiled program, an
 * interpreter or an eager solve; an integrator turns it into a failure with the time at which it happened.
 */
export class SingularMatrixError extends Error {
  override readonly name = 'SingularMatrixError'
  /** Zero-based index of the pivot, or entry of a triangle's diagonal, that vanished (or, for 'spd', was not positive). */
  readonly pivot: number
  readonly structure: Structure
  /** Zero-based index of the matrix in its batch. */
  readonly batch: number
  /** Where the user's model asked for the solve, if known. */
  readonly origin?: string

  constructor(pivot: number, structure: Structure, batch = 0, origin?: string) {
    const spd = structure === 'spd'
    super(
      `${spd ? 'matrix is not positive definite' : 'matrix is singular'}: pivot ${pivot + 1}` +
        `${batch > 0 ? ` of matrix ${batch + 1} of the batch` : ''} ` +
        `is ${spd ? 'not positive' : 'zero'}${origin ? ` (solve at ${origin})` : ''}`,
    )
    this.pivot = pivot
    this.structure = structure
    this.batch = batch
    this.origin = origin
  }
}
