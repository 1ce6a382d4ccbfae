import type { Problem } from '../../testing/problems.ts'
import type { VectorField } from '../../vectorField.ts'

/**
 * The second derivatives of a field of degree at most two in y, and in y and θ together of degree at most two in each and
 * bilinear: central differences of its first derivatives are then exact, and no coefficient is written twice.
 */
export function withSecondDerivatives(
  field: Problem['field'],
): Problem['field'] & Required<Pick<VectorField, 'secondVjp' | 'secondJvp'>> {
  const n = field.dimension
  const p = field.parameterCount
  const zeroTheta = new Float64Array(p)
  /** ∂f/∂y·tangent at (y + s·dy, θ + s·dθ). */
  const along = (
    t: number,
    y: Float64Array,
    tangent: Float64Array,
    dy: ArrayLike<number>,
    dtheta: ArrayLike<number>,
    s: number,
  ) => {
    const kept = field.parameters.slice()
    for (let j = 0; j < p; j++) field.parameters[j] += s * dtheta[j]
    const out = new Float64Array(n)
    field.jvp(
      t,
      y.map((value, m) => value + s * dy[m]),
      tangent,
      zeroTheta,
      out,
    )
    field.parameters.set(kept)
    return out
  }
  const unit = (length: number, j: number) => Array.from({ length }, (_, i) => (i === j ? 1 : 0))
  const second = (
    t: number,
    y: Float64Array,
    tangent: Float64Array,
    dy: ArrayLike<number>,
    dtheta: ArrayLike<number>,
  ) => {
    const ahead = along(t, y, tangent, dy, dtheta, 0.5)
    const behind = along(t, y, tangent, dy, dtheta, -0.5)
    return ahead.map((value, i) => value - behind[i])
  }
  return {
    ...field,
    secondVjp(t, y, _tangentT, tangentY, cotangent, gradY, gradTheta) {
      const weighted = (v: Float64Array) => v.reduce((sum, value, i) => sum + value * cotangent[i], 0)
      for (let j = 0; j < n; j++) gradY[j] += weighted(second(t, y, tangentY, unit(n, j), zeroTheta))
      for (let j = 0; j < p; j++) gradTheta[j] += weighted(second(t, y, tangentY, unit(n, -1), unit(p, j)))
    },
    secondJvp(t, y, _tangentT, tangentY, dy, dtheta, out) {
      // in y and in θ one after the other: together they would meet in a cubic term
      const inY = second(t, y, tangentY, dy, zeroTheta)
      const inTheta = second(t, y, tangentY, unit(n, -1), dtheta)
      for (let i = 0; i < n; i++) out[i] = inY[i] + inTheta[i]
    },
  }
}
