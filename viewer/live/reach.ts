import type { PageModel } from './model.ts'

/** Where its answers may be changed: the components of the state that move a point at once, so its coordinates. */
const step = 1e-6
const mostIterations = 12
const damping = 1e-3

/**
 * The state nearest to `start` whose point lies as near as it can to a place: damped least squares (Levenberg; Buss &
 * Kim, Selectively damped least squares for inverse kinematics, 2005) with central differences, which are exact enough for a hand.
 *
 * @param point the series of the point, such as 'point:p2'
 * @param target [x, y, z], m
 */
export function reach(
  model: PageModel,
  t: number,
  start: Float64Array,
  point: string,
  target: readonly number[],
): Float64Array {
  const position = model.series.get(point)
  const y = start.slice()
  if (!position) return y
  const n = y.length
  const jacobian = new Float64Array(3 * n)
  const residual = new Float64Array(3)
  const at = (out: Float64Array): void => {
    model.show(t, y)
    out.set(position)
  }
  const [plus, minus] = [new Float64Array(3), new Float64Array(3)]
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    at(residual)
    for (let axis = 0; axis < 3; axis++) residual[axis] = target[axis] - residual[axis]
    for (let i = 0; i < n; i++) {
      const value = y[i]
      const h = step * Math.max(1, Math.abs(value))
      y[i] = value + h
      at(plus)
      y[i] = value - h
      at(minus)
      y[i] = value
      for (let axis = 0; axis < 3; axis++) jacobian[axis * n + i] = (plus[axis] - minus[axis]) / (2 * h)
    }
    // δ = Jᵀ·(JJᵀ + λ²·1)⁻¹·r: a system of three
    const gram = [0, 1, 2].map(a =>
      [0, 1, 2].map(b => {
        let sum = 0
        for (let i = 0; i < n; i++) sum += jacobian[a * n + i] * jacobian[b * n + i]
        return sum
      }),
    )
    const scale = Math.max(gram[0][0], gram[1][1], gram[2][2])
    if (scale === 0) return y // nothing moves it
    for (let a = 0; a < 3; a++) gram[a][a] += damping * scale
    const weights = solve3(gram, residual)
    let moved = 0
    for (let i = 0; i < n; i++) {
      let change = 0
      for (let axis = 0; axis < 3; axis++) change += jacobian[axis * n + i] * weights[axis]
      y[i] += change
      moved = Math.max(moved, Math.abs(change))
    }
    if (moved < 1e-9) break
  }
  return y
}

/** Cramer's rule for a positive definite matrix of three rows. */
function solve3(m: readonly (readonly number[])[], b: ArrayLike<number>): number[] {
  const [[a, d, e], [, f, g], [, , h]] = m
  const determinant = a * (f * h - g * g) - d * (d * h - g * e) + e * (d * g - f * e)
  const [x, y, z] = [b[0], b[1], b[2]]
  return [
    (x * (f * h - g * g) - d * (y * h - g * z) + e * (y * g - f * z)) / determinant,
    (a * (y * h - g * z) - x * (d * h - g * e) + e * (d * z - y * e)) / determinant,
    (a * (f * z - y * g) - d * (d * z - y * e) + x * (d * g - f * e)) / determinant,
  ]
}
