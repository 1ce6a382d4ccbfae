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
  /** As those of a stepper: what J and the factors were made from, instead of what they are. */
  readonly memory: number
  remember(target: Float64Array, offset: number): void
  resume(source: Float64Array, offset: number): void
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
  const { n, mass } = system
  /** [t, y, ẏ] of J, then [t, y] of the M that was factored with it. */
  const places = new Float64Array(3 * n + 2)
  const y = places.subarray(1, n + 1)
  const slope = places.subarray(n + 1, 2 * n + 1)
  const massY = places.subarray(2 * n + 2)
  let factored = 0
  let wanted = true
  let ofThisStep = false

  function factorAnew(sigma: number): boolean {
    factored = 0
    if (!mass.evaluate(places[2 * n + 1], massY) || !factor(sigma)) return false
    factored = sigma
    return true
  }

  const reuse: JacobianReuse = {
    slowest: 0,
    memory: places.length + 3,
    prepare(time, state, derivative, sigma) {
      if (wanted) {
        places[0] = time
        y.set(state)
        slope.set(derivative)
        if (!system.linearise(time, y, slope)) return false
        wanted = false
        ofThisStep = true
        factored = 0
      }
      if (sigma === factored) return true
      places[2 * n + 1] = time
      massY.set(state)
      if (!factorAnew(sigma)) return false
      convergence.reset()
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
      convergence.reset()
    },
    remember(target, offset) {
      for (let i = 0; i < places.length; i++) target[offset + i] = places[i]
      const rest = offset + places.length
      target[rest] = wanted ? 1 : 0
      target[rest + 1] = factored
      target[rest + 2] = convergence.eta
    },
    resume(source, offset) {
      for (let i = 0; i < places.length; i++) places[i] = source[offset + i]
      const rest = offset + places.length
      reuse.forget()
      wanted = source[rest] === 1
      if (!wanted) {
        system.linearise(places[0], y, slope)
        if (source[rest + 1] !== 0) factorAnew(source[rest + 1])
      }
      convergence.eta = source[rest + 2]
    },
  }
  return reuse
}
