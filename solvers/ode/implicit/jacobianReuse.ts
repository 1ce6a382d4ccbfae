import type { Convergence } from './newton.ts'
import type { StageSystem } from './stageSystem.ts'

/**
 * When J is evaluated and W(σ) factored. The rule:
 *
 * - J is kept from step to step as long as Newton's iteration converges in two iterations, or contracts by 1e-3 (or what the
 *   method says) or better, and evaluated anew at the beginning of the next step where it does not.
 * - An iteration that fails with a J of an earlier step is repeated with one of this step, before h is made smaller.
 * - W(σ) is factored anew when σ or J has changed; step control leaves h alone where it would grow by less than 1.2.
 */
export interface JacobianReuse {
  /** Largest contraction of the step's iterations that took more than two; to be set by the method. */
  slowest: number
  /** W(σ) is factored; false, with the obstacle noted, where it is singular or J has no finite value. */
  prepare(t: number, y: Float64Array, slope: Float64Array, sigma: number): boolean
  /** After an iteration that failed: whether a new J may help. */
  mayImprove(): boolean
  /** The step is accepted. */
  advance(): void
  /** Another integration begins. */
  forget(): void
}

/**
 * @param factor factors all matrices of the method that belong to σ; default W(σ) alone.
 * @param goodContraction below which J is kept; the default is the constant THET of RADAU5.
 */
export function createJacobianReuse(
  system: StageSystem,
  convergence: Convergence,
  factor: (sigma: number) => boolean = system.factor,
  goodContraction = 1e-3,
): JacobianReuse {
  let factored = 0
  let wanted = true
  let ofThisStep = false
  const reuse: JacobianReuse = {
    slowest: 0,
    prepare(t, y, slope, sigma) {
      if (wanted) {
        if (!system.linearise(t, y, slope)) return false
        wanted = false
        ofThisStep = true
        factored = 0
      }
      if (sigma !== factored) {
        factored = 0
        if (!factor(sigma)) return false
        factored = sigma
        convergence.reset()
      }
      return true
    },
    mayImprove() {
      wanted = !ofThisStep
      return wanted
    },
    advance() {
      ofThisStep = false
      wanted ||= reuse.slowest > goodContraction
    },
    forget() {
      wanted = true
      ofThisStep = false
      factored = 0
    },
  }
  return reuse
}
