import { power } from '../../kernels/elementary/numbers.ts'

/**
 * Step size control: Hairer, Nørsett & Wanner, *Solving ODEs I*, II.4; Gustafsson's PI controller as in the code DOPRI5,
 * with safety 0.9 and growth within [0.2, 10].
 */
const safety = 0.9
const leastGrowth = 0.2
const mostGrowth = 10

export interface StepControl {
  /** Forgets the past. */
  reset(): void
  /** Factor for the next step after an accepted one with this error norm (≤ 1). */
  accept(error: number): number
  /** Factor for the next trial after a rejected one; NaN (nothing known of the error) shrinks by the most. */
  reject(error: number): number
}

/** @param embeddedOrder q: the error behaves as h^(q+1). */
export function createStepControl(embeddedOrder: number, beta: number): StepControl {
  const exponent = 1 / (embeddedOrder + 1) - 0.75 * beta
  let previousError = 1e-4
  let rejected = false
  return {
    reset() {
      previousError = 1e-4
      rejected = false
    },
    accept(error) {
      const factor = (safety * power(previousError, beta)) / power(error, exponent)
      previousError = Math.max(error, 1e-4)
      const most = rejected ? 1 : mostGrowth // no growth right after a rejection
      rejected = false
      return Math.max(leastGrowth, Math.min(most, factor))
    },
    reject(error) {
      rejected = true
      const factor = safety / power(error, exponent)
      return factor > leastGrowth ? Math.min(factor, 1) : leastGrowth
    },
  }
}

/** The norm ‖v‖ of Solving ODEs I (II.4.11) at one state: √(Σ (v_m / (atol_m + rtol·|y_m|))² / n). */
export function weightedNorm(v: Float64Array, y: Float64Array, atol: Float64Array, rtol: number): number {
  let sum = 0
  for (let m = 0; m < v.length; m++) {
    const ratio = v[m] / (atol[m] + rtol * Math.abs(y[m]))
    sum += ratio * ratio
  }
  return Math.sqrt(sum / v.length)
}

/** Tolerance per component; never 0, so that 0/0 is 0 in a norm where atol is 0. */
export function spreadTolerance(atol: number | ArrayLike<number>, n: number): Float64Array {
  const spread = typeof atol === 'number' ? new Float64Array(n).fill(atol) : Float64Array.from(atol)
  return spread.map(value => Math.max(value, Number.MIN_VALUE))
}
