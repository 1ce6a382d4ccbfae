/**
 * An approximate inverse, M⁻¹ ≈ A⁻¹. An adjoint solve needs M⁻ᵀ: with M⁻¹ in its place, a nonsymmetric system's adjoint
 * converges slowly or not at all.
 */
export interface Preconditioner {
  /** n. */
  readonly size: number
  /** z ← M⁻¹·r; not the same array. Allocates nothing. */
  apply(r: Float64Array, z: Float64Array): void
  /** z ← M⁻ᵀ·r. */
  applyTransposed(r: Float64Array, z: Float64Array): void
}

/** M = I. */
export const identityPreconditioner = (size: number): Preconditioner => ({
  size,
  apply: (r, z) => z.set(r),
  applyTransposed: (r, z) => z.set(r),
})

/** M⁻ᵀ. */
export const transposedPreconditioner = (M: Preconditioner): Preconditioner => ({
  size: M.size,
  apply: (r, z) => M.applyTransposed(r, z),
  applyTransposed: (r, z) => M.apply(r, z),
})
