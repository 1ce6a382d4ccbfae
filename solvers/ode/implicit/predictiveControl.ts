import { power } from '../../../kernels/elementary/numbers.ts'
import type { StepControl } from '../stepControl.ts'
import { mostIterations } from './newton.ts'

const leastGrowth = 0.2
const mostGrowth = 8

/** What the control of an implicit method knows of the step beside its error. */
export interface StepOutcome {
  /** |h| of the step that was tried last. */
  readonly size: number
  /** Newton iterations that a stage took at most. */
  readonly iterations: number
}

/**
 * Gustafsson's predictive control as in the code RADAU5 (Hairer & Wanner, *Solving ODEs II*, IV.8, (8.25)):
 *
 *     h_new = s·h·min(err^(−1/p), (h/h_old)·(err_old/err²)^(1/p)),   s = 0.9·(2·k + 1)/(2·k + iterations)
 *
 * where p is the order of the error, k the most iterations. A growth between 1 and 1.2 is not taken: h stays, and with it
 * the factorisation.
 */
export function createPredictiveControl(errorOrder: number, outcome: StepOutcome): StepControl {
  const exponent = 1 / errorOrder
  let previousSize = 0
  let previousError = 0
  let rejected = false
  const safety = () =>
    (0.9 * (2 * mostIterations + 1)) / (2 * mostIterations + Math.min(outcome.iterations, mostIterations))
  return {
    reset() {
      previousSize = 0
      rejected = false
    },
    accept(error) {
      const err = Math.max(error, 1e-10)
      let factor = safety() / power(err, exponent)
      if (previousSize > 0) {
        const predicted = (outcome.size / previousSize) * power(previousError / (err * err), exponent)
        factor = Math.min(factor, safety() * predicted)
      }
      previousSize = outcome.size
      previousError = Math.max(error, 1e-2)
      const most = rejected ? 1 : mostGrowth
      rejected = false
      const growth = Math.max(leastGrowth, Math.min(most, factor))
      return growth >= 1 && growth <= 1.2 ? 1 : growth
    },
    reject(error) {
      if (!(error > 1)) return 0.5 // Newton did not converge, or there is no finite state
      const first = previousSize === 0
      rejected = true
      return first ? 0.1 : Math.max(leastGrowth, Math.min(safety() / power(error, exponent), 0.9))
    },
  }
}
