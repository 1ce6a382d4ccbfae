/**
 * What is measured of a state: values g_θ(t, y), such as an angle and a scaled rate. The same θ as the vector field's.
 */
export interface Observation {
  /** m, how many values. */
  readonly size: number
  /** out ← g_θ(t, y), length m. */
  evaluate(t: number, y: Float64Array, out: Float64Array): void
  /** gradY += cotangentᵀ·∂g/∂y (n), gradTheta += cotangentᵀ·∂g/∂θ (p). */
  vjp(t: number, y: Float64Array, cotangent: Float64Array, gradY: Float64Array, gradTheta: Float64Array): void
  /** out ← ∂g/∂y·tangentY + ∂g/∂θ·tangentTheta, length m. */
  jvp(t: number, y: Float64Array, tangentY: Float64Array, tangentTheta: Float64Array, out: Float64Array): void
}
