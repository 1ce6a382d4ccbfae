import { power } from '../../../kernels/elementary/numbers.ts'
import type { StepContext } from '../context.ts'
import * as failures from '../failure.ts'
import type { StageSystem } from './stageSystem.ts'

/** Bounds on the iterations: what a solve may take, and what one to the last digit may. */
export const mostIterations = 10
export const mostIterationsToRounding = 30

/**
 * Whether Newton's iteration goes on, by the norms of its increments in units of the tolerance (Hairer & Wanner, *Solving
 * ODEs II*, IV.8): the contraction Θ = ‖Δ_m‖/‖Δ_{m−1}‖ foretells the error η·‖Δ_m‖ with η = Θ/(1 − Θ), which is to
 * fall below κ. In the first iteration η is that of the last solve, to the power 0.8.
 */
export interface Convergence {
  /** Θ of the last solve; 0 after a single iteration. */
  rate: number
  /** Iterations of the last solve. */
  iterations: number
  /** η of the last solve, which the next begins with. */
  eta: number
  begin(): void
  /** After an increment of this norm. */
  judge(norm: number): 'converged' | 'continue' | 'diverged'
  /** Forgets the contraction: the matrix is a new one. */
  reset(): void
}

/** @param defaultTolerance κ where the user does not set it. */
export function createConvergence(context: StepContext, defaultTolerance = 0.01): Convergence {
  const tolerance = context.newtonTolerance ?? defaultTolerance
  const toRounding = tolerance === 0
  const kappa = toRounding ? 1e-3 : tolerance
  /** What rounding of y amounts to in units of the tolerance, and some. */
  const roundingNorm = (100 * Number.EPSILON) / context.rtol
  const most = toRounding ? mostIterationsToRounding : mostIterations
  let previous = 0
  let met = false
  const convergence: Convergence = {
    rate: 0,
    iterations: 0,
    eta: 1,
    begin() {
      convergence.iterations = 0
      convergence.rate = 0
      met = false
      convergence.eta = power(Math.max(convergence.eta, Number.EPSILON), 0.8)
    },
    judge(norm) {
      const count = ++convergence.iterations
      context.statistics.newtonIterations++
      if (!(norm < Infinity)) return 'diverged'
      if (count > 1) {
        const rate = previous === 0 ? 0 : norm / previous
        // rounding errors do not contract
        if (met && (rate >= 1 || (rate > 0.5 && norm <= roundingNorm))) return 'converged'
        if (rate >= 0.99 && !met) return 'diverged'
        convergence.rate = Math.max(rate, convergence.rate)
        convergence.eta = rate / (1 - rate)
        const foretold = convergence.eta * norm * power(rate, most - 1 - count)
        if (!met && count < most && foretold > kappa) return 'diverged'
      }
      previous = norm
      if (norm === 0) return 'converged'
      if (convergence.eta * norm <= kappa) {
        if (!toRounding) return 'converged'
        met = true
      }
      if (count < most) return 'continue'
      return met ? 'converged' : 'diverged'
    },
    reset() {
      convergence.eta = 1
    },
  }
  return convergence
}

/** Newton's simplified iteration for one stage. */
export interface StageNewton {
  readonly convergence: Convergence
  /**
   * Solves r(t, y, ẏ) = 0 along y + δ, ẏ + σ·δ, from what `y` and `slope` hold and with W(σ) as last factored. `weights` are
   * the reciprocals of the tolerances. False, with the obstacle noted, where it does not converge.
   */
  solve(t: number, sigma: number, y: Float64Array, slope: Float64Array, weights: Float64Array): boolean
}

export function createStageNewton(context: StepContext, system: StageSystem): StageNewton {
  const { n } = system
  const increment = new Float64Array(n)
  const convergence = createConvergence(context)
  return {
    convergence,
    solve(t, sigma, y, slope, weights) {
      convergence.begin()
      for (;;) {
        if (!system.residual(t, y, slope, increment)) return false
        system.solve(increment)
        let sum = 0
        let worst = 0
        for (let m = 0; m < n; m++) {
          const ratio = increment[m] * weights[m]
          const square = ratio * ratio
          if (square > worst) {
            worst = square
            context.dominant = m
          }
          sum += square
        }
        const verdict = convergence.judge(Math.sqrt(sum / n))
        if (verdict === 'diverged') {
          context.obstacle = failures.newtonDiverged(context.field, t, context.dominant)
          return false
        }
        for (let m = 0; m < n; m++) {
          y[m] += increment[m]
          slope[m] += sigma * increment[m]
        }
        if (verdict === 'converged') return true
      }
    },
  }
}

/** weights ← 1/(atol + rtol·|y|). */
export function errorWeights({ atol, rtol }: StepContext, y: Float64Array, weights: Float64Array): void {
  for (let m = 0; m < y.length; m++) weights[m] = 1 / (atol[m] + rtol * Math.abs(y[m]))
}
