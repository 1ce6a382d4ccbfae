import type { Problem } from '../../testing/problems.ts'
import type { VectorField } from '../../vectorField.ts'
import { type StiffField, stiffField } from './stiffProblems.ts'

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

/** ẋ = −a·x² + b·x·sin t, ẏ = x − c·y·cos t, with its second derivatives, ∂²f/∂t∂y among them; θ = (a, b, c). */
export function forced(): StiffField {
  const field = stiffField(
    2,
    [1, 0.7, 0.4],
    (t, [x, y], [a, b, c], out) => {
      out[0] = -a * x * x + b * x * Math.sin(t)
      out[1] = x - c * y * Math.cos(t)
    },
    (t, [x, y], [a, b, c], fy, ftheta) => {
      fy.set([-2 * a * x + b * Math.sin(t), 0, 1, -c * Math.cos(t)])
      ftheta.set([-x * x, x * Math.sin(t), 0, 0, 0, -y * Math.cos(t)])
    },
  )
  const [a, b, c] = field.parameters
  const second = (
    t: number,
    [x, y]: Float64Array,
    dt: number,
    [vx, vy]: Float64Array,
    [ex, ey]: ArrayLike<number> & Iterable<number>,
    [ea, eb, ec]: ArrayLike<number> & Iterable<number>,
  ) => [
    (-2 * ea * x - 2 * a * ex + eb * Math.sin(t)) * vx + (eb * x + b * ex) * Math.cos(t) * dt,
    -ec * Math.cos(t) * vy + (ec * y + c * ey) * Math.sin(t) * dt,
  ]
  const unit = (length: number, i: number) => Array.from({ length }, (_, j) => (i === j ? 1 : 0))
  return {
    ...field,
    timeDerivative: (t, [x, y], out) => out.set([b * x * Math.cos(t), c * y * Math.sin(t)]),
    secondJvp: (t, y, dt, dy, ey, etheta, out) => out.set(second(t, y, dt, dy, ey, etheta)),
    secondVjp(t, y, dt, dy, [p, q], gradY, gradTheta) {
      const weighted = ([first, other]: number[]) => p * first + q * other
      for (let j = 0; j < 2; j++) gradY[j] += weighted(second(t, y, dt, dy, unit(2, j), [0, 0, 0]))
      for (let j = 0; j < 3; j++) gradTheta[j] += weighted(second(t, y, dt, dy, [0, 0], unit(3, j)))
    },
  }
}
