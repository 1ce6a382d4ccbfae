import type { StepContext } from '../context.ts'

/**
 * The weighted norm of an error estimate, with sc = atol + rtol·max(|y|, |y₁|) (Solving ODEs I, II.4), and the component
 * that dominates it in context.dominant; NaN, with the obstacle noted, where y₁ is not finite.
 */
export function implicitErrorNorm(
  context: StepContext,
  t: number,
  y: Float64Array,
  y1: Float64Array,
  error: Float64Array,
): number {
  const { atol, rtol } = context
  const n = y.length
  let sum = 0
  let worst = -1
  for (let m = 0; m < n; m++) {
    const ratio = error[m] / (atol[m] + rtol * Math.max(Math.abs(y[m]), Math.abs(y1[m])))
    const square = ratio * ratio
    if (square > worst) {
      worst = square
      context.dominant = m
    }
    sum += square
  }
  const norm = Math.sqrt(sum / n)
  if (Number.isNaN(norm)) context.overflow(t, y1)
  return norm
}
