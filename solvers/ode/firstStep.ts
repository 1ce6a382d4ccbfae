import { power } from '../../kernels/elementary/numbers.ts'
import type { StepContext } from './context.ts'
import { weightedNorm } from './stepControl.ts'

/**
 * Size of the first trial step, at most `most` (Hairer, Nørsett & Wanner, *Solving ODEs I*, II.4), from slope = f(t, y).
 * An Euler step ahead tells how fast the slope changes; `state`, `ahead` and `change` are scratch (n each).
 */
export function firstStepSize(
  context: StepContext,
  order: number,
  t: number,
  y: Float64Array,
  slope: Float64Array,
  direction: number,
  most: number,
  scratch: { readonly state: Float64Array; readonly ahead: Float64Array; readonly change: Float64Array },
): number {
  const { rtol, atol } = context
  const { state, ahead, change } = scratch
  const n = y.length
  const d0 = weightedNorm(y, y, atol, rtol)
  const d1 = weightedNorm(slope, y, atol, rtol)
  const h0 = Math.min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : (0.01 * d0) / d1, most)
  for (let m = 0; m < n; m++) state[m] = y[m] + direction * h0 * slope[m]
  if (!context.evaluate(t + direction * h0, state, ahead)) return h0
  for (let m = 0; m < n; m++) change[m] = ahead[m] - slope[m]
  const steepest = Math.max(d1, weightedNorm(change, y, atol, rtol) / h0)
  const h1 = steepest <= 1e-15 ? Math.max(1e-6, h0 * 1e-3) : power(0.01 / steepest, 1 / order)
  return Math.min(100 * h0, h1, most)
}
