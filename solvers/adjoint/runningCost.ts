import type { VectorField } from '../ode/index.ts'

/** ℓ(t, y) with its derivatives; it may read θ from field.parameters. */
export interface RunningCost {
  evaluate(t: number, y: Float64Array): number
  /** gradY += cotangent·∂ℓ/∂y (n), gradTheta += cotangent·∂ℓ/∂θ (p). */
  vjp?(t: number, y: Float64Array, cotangent: number, gradY: Float64Array, gradTheta: Float64Array): void
  /** ∂ℓ/∂y·tangentY + ∂ℓ/∂θ·tangentTheta. */
  jvp?(t: number, y: Float64Array, tangentY: Float64Array, tangentTheta: Float64Array): number
  /** ∂ℓ/∂t; needed where times are differentiated by. */
  timeDerivative?(t: number, y: Float64Array): number
}

/**
 * The field with a component more: the integral of a running cost, c' = ℓ(t, y). Its value and gradient are then as exact
 * as those of the states, under the same error control.
 *
 *     const costly = withRunningCost(field, { evaluate: (t, y) => y[0] ** 2, vjp: … })
 *     lossAndGradient(costly, [...y0, 0], [0, 5], (y, gradient) => {
 *       gradient[gradient.length - 1] = 1
 *       return y[y.length - 1] // ∫₀⁵ y₀² dt
 *     })
 */
export function withRunningCost(field: VectorField, cost: RunningCost): VectorField {
  const n = field.dimension
  const y = new Float64Array(n)
  const inner = new Float64Array(n)
  const from = (target: Float64Array, source: Float64Array) => {
    for (let m = 0; m < n; m++) target[m] = source[m]
    return target
  }
  const tangent = new Float64Array(n)
  const gradient = new Float64Array(n)
  const { vjp, jvp, timeDerivative } = field
  return {
    dimension: n + 1,
    parameterCount: field.parameterCount,
    parameters: field.parameters,
    parameterGradient: field.parameterGradient,
    names: field.names && [...field.names, 'running cost'],
    evaluate(t, state, out) {
      field.evaluate(t, from(y, state), inner)
      out.set(inner)
      out[n] = cost.evaluate(t, y)
    },
    vjp:
      vjp && cost.vjp
        ? (t, state, cotangent, gradY, gradTheta) => {
            gradient.fill(0)
            vjp.call(field, t, from(y, state), from(inner, cotangent), gradient, gradTheta)
            if (cotangent[n] !== 0) cost.vjp!(t, y, cotangent[n], gradient, gradTheta)
            for (let m = 0; m < n; m++) gradY[m] += gradient[m]
          }
        : undefined,
    jvp:
      jvp && cost.jvp
        ? (t, state, tangentY, tangentTheta, out) => {
            jvp.call(field, t, from(y, state), from(tangent, tangentY), tangentTheta, inner)
            out.set(inner)
            out[n] = cost.jvp!(t, y, tangent, tangentTheta)
          }
        : undefined,
    timeDerivative:
      timeDerivative && cost.timeDerivative
        ? (t, state, out) => {
            timeDerivative.call(field, t, from(y, state), inner)
            out.set(inner)
            out[n] = cost.timeDerivative!(t, y)
          }
        : undefined,
  }
}
