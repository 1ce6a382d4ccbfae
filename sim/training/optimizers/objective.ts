/** A smooth function to be minimised. */
export interface Objective {
  /** Length of x. */
  readonly size: number
  /**
   * The value at x; the gradient is written. A point where the function does not exist (a trajectory that fails) has the
   * value +Infinity, and its gradient is not read.
   */
  evaluate(x: Float64Array, gradient: Float64Array): number
}

/** A sum of squares ½‖r(x)‖² to be minimised. */
export interface LeastSquares {
  /** Length of x. */
  readonly size: number
  /** Length of r. */
  readonly residualCount: number
  /**
   * Writes r(x) and, where `jacobian` is given, ∂r/∂x (row-major, residualCount × size).
   * @returns false where r does not exist at x.
   */
  evaluate(x: Float64Array, residuals: Float64Array, jacobian: Float64Array | null): boolean
}
