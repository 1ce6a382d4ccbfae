/**
 * The right-hand side of dy/dt = f_θ(t, y), as an integrator sees it. A compiled model is one implementation, a plain
 * TypeScript function another, an eager tfjs model a third.
 *
 * Products are *accumulated* by `vjp`, so that an adjoint sums stages without temporaries, and *written* by the
 * others. No method may keep or change the arrays that it is given.
 */
export interface VectorField {
  /** n, the length of y. */
  readonly dimension: number
  /** p, the length of θ. */
  readonly parameterCount: number
  /** θ, length p: one flat array, read at each call, written by optimizers. */
  readonly parameters: Float64Array
  /** An array of length p into which `vjp` adds θ's gradient fastest; any other costs extra passes over θ per call. */
  readonly parameterGradient?: Float64Array
  /** Names of the components of y, for messages, series and plots. */
  readonly names?: readonly string[]
  /**
   * dydt ← f_θ(t, y).
   * @throws SingularMatrixError where a linear solve inside the model meets a singular matrix.
   */
  evaluate(t: number, y: Float64Array, dydt: Float64Array): void
  /** gradY += cotangentᵀ·∂f/∂y (n), gradTheta += cotangentᵀ·∂f/∂θ (p). */
  vjp?(
    t: number,
    y: Float64Array,
    cotangent: Float64Array,
    gradY: Float64Array,
    gradTheta: Float64Array,
  ): void
  /** out ← ∂f/∂y·tangentY + ∂f/∂θ·tangentTheta. */
  jvp?(
    t: number,
    y: Float64Array,
    tangentY: Float64Array,
    tangentTheta: Float64Array,
    out: Float64Array,
  ): void
  /** out ← ∂f/∂y, row-major n×n. */
  jacobian?(t: number, y: Float64Array, out: Float64Array): void
}
