import type { SparsityPattern } from '../../kernels/sparsity/index.ts'

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
  /**
   * The vjp of the jvp, for second order (Hessian-vector products): with g(y, θ) = cotangentᵀ·(∂f/∂y·tangentY +
   * ∂f/∂θ·tangentTheta), where the tangents are fixed, gradY += ∂g/∂y (n), gradTheta += ∂g/∂θ (p).
   */
  jvpVjp?(
    t: number,
    y: Float64Array,
    tangentY: Float64Array,
    tangentTheta: Float64Array,
    cotangent: Float64Array,
    gradY: Float64Array,
    gradTheta: Float64Array,
  ): void
  /** out ← ∂f/∂y, row-major n×n. */
  jacobian?(t: number, y: Float64Array, out: Float64Array): void
  /** Where ∂f/∂y may be nonzero, if that is little of it; absent: anywhere. */
  readonly jacobianPattern?: SparsityPattern
  /** out ← ∂f/∂t, n; zeros where f does not depend on t. Methods and gradients that need it say so. */
  timeDerivative?(t: number, y: Float64Array, out: Float64Array): void
  /** f = stiff + nonstiff, both with this field's θ, for implicit–explicit methods; `addFields` makes such a field. */
  readonly parts?: { readonly stiff: VectorField; readonly nonstiff: VectorField }
  /** out ← M(t, y), row-major n×n, of M·dy/dt = f; it may be singular. Absent: the identity. */
  mass?(t: number, y: Float64Array, out: Float64Array): void
  /** Whether M depends neither on t nor on y nor on θ: it is then asked for once. Default false. */
  readonly massIsConstant?: boolean
  /** out ← ∂(M·v)/∂y·tangentY + ∂(M·v)/∂θ·tangentTheta at a fixed v, of a mass matrix that is not constant. */
  massJvp?(
    t: number,
    y: Float64Array,
    v: Float64Array,
    tangentY: Float64Array,
    tangentTheta: Float64Array,
    out: Float64Array,
  ): void
  /** gradY += ∂(cotangentᵀ·M·v)/∂y, gradTheta += ∂(cotangentᵀ·M·v)/∂θ at a fixed v. */
  massVjp?(
    t: number,
    y: Float64Array,
    v: Float64Array,
    cotangent: Float64Array,
    gradY: Float64Array,
    gradTheta: Float64Array,
  ): void
  /**
   * Second derivatives, which the gradient of a Rosenbrock method needs. With g(y, θ) = cotangentᵀ·(∂f/∂y·tangentY +
   * ∂f/∂t·tangentT), where the tangents are fixed: gradY += ∂g/∂y, gradTheta += ∂g/∂θ.
   */
  secondVjp?(
    t: number,
    y: Float64Array,
    tangentT: number,
    tangentY: Float64Array,
    cotangent: Float64Array,
    gradY: Float64Array,
    gradTheta: Float64Array,
  ): void
  /** out ← the derivative of ∂f/∂y·tangentY + ∂f/∂t·tangentT, where these are fixed, in the direction (dy, dtheta). */
  secondJvp?(
    t: number,
    y: Float64Array,
    tangentT: number,
    tangentY: Float64Array,
    dy: Float64Array,
    dtheta: Float64Array,
    out: Float64Array,
  ): void
}

/** @throws Error where the field does not give ∂f/∂t. */
export function withTimeDerivative(field: VectorField): NonNullable<VectorField['timeDerivative']> {
  if (field.timeDerivative) return (t, y, out) => field.timeDerivative!(t, y, out)
  throw new Error(
    'derivatives with respect to times need field.timeDerivative, which this vector field does not have: ' +
      'give ∂f/∂t, or zeros if f does not depend on t',
  )
}
