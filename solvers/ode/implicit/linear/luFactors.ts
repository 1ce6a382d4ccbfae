/** An LU factorisation P·A = L·U with partial pivoting, in memory that is used again by each matrix. */
export interface LuFactors {
  /** The matrix A in its layout, to be filled before `factor`, which overwrites it. */
  readonly values: Float64Array
  /** −1, or the zero-based pivot for which no nonzero, finite entry is left. */
  factor(): number
  /** b ← A⁻¹·b. */
  solve(b: Float64Array): void
  /** b ← A⁻ᵀ·b. */
  solveTransposed(b: Float64Array): void
}

/** The same for a complex matrix, its real and imaginary parts apart. */
export interface ComplexLuFactors {
  readonly real: Float64Array
  readonly imaginary: Float64Array
  factor(): number
  /** b ← A⁻¹·b. */
  solve(real: Float64Array, imaginary: Float64Array): void
  /** b ← A⁻ᵀ·b: the transpose, without conjugation. */
  solveTransposed(real: Float64Array, imaginary: Float64Array): void
}
