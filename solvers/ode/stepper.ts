import type { StepControl } from './stepControl.ts'
import type { StepRecord } from './steps.ts'

/**
 * One method for one vector field, as the driver sees it; each family of methods (explicit Runge–Kutta, symplectic,
 * Rosenbrock …) has one implementation, which is made with the `StepContext` that it counts and notes obstacles in.
 * The driver owns the trial loop, the step size, saving, recording and events. In the order of calls:
 *
 *     start(t0, y0)                             once, and again after each jump of the state
 *     firstStep(…)                              once, unless the user has set it
 *     ┌ attempt(t, h, y, y1)                    an error norm ≤ 1 accepts
 *     │ complete(dense)                         once accepted
 *     │ interpolate(θ, out), record(…)          as often as wanted
 *     └ advance()                               y1 is the next y
 *
 * Afterwards, for dense output and derivatives: load(record, j), interpolate(θ, out). A call allocates nothing. The
 * driver passes the same arrays y and y1 at every attempt and writes neither until advance() has been called.
 */
export interface Stepper {
  readonly name: string
  /** Proposes the next step size from the error norm; the driver resets it before each integration. */
  readonly control: StepControl
  /** Numbers that `record` writes for each step. */
  readonly width: number
  /**
   * Computes what the first step from (t, y) needs, and forgets the past; false with context.obstacle noted. Where a
   * mass matrix is singular, it makes y consistent with the algebraic equations.
   */
  start(t: number, y: Float64Array): boolean
  /** Size (> 0) of the first trial step, at most `most`; direction is ±1. Follows a start(t, y) that went well. */
  firstStep(t: number, y: Float64Array, direction: number, most: number): number
  /**
   * y1 ← the method's state at t + h (h < 0 runs backwards). Gives the error norm, with context.dominant set; ≤ 1 accepts.
   * NaN, with context.obstacle noted, where there is none: a derivative or state that is not finite, a singular
   * matrix, a Newton iteration that does not converge. It may be called again with another h.
   */
  attempt(t: number, h: number, y: Float64Array, y1: Float64Array): number
  /**
   * Computes what remains to be computed of a step with error norm ≤ 1, and, if `dense`, what `interpolate` and
   * `record` need beyond that. False, with the obstacle noted, rejects the step.
   */
  complete(dense: boolean): boolean
  /** out ← u(θ) for 0 ≤ θ ≤ 1: dense output of the step that was completed or loaded last. */
  interpolate(theta: number, out: Float64Array): void
  /** target[offset … offset + width) ← the completed step, or (right after `start`) what the next step starts from. */
  record(target: Float64Array, offset: number): void
  /** Makes step j of a record the current one, for `interpolate`. Slot j of record.dense is what the step before left. */
  load(record: StepRecord, step: number): void
  /** Numbers beside the slot that decide on the bits of the steps to come (a Jacobian's place, a history); default 0. */
  readonly memory?: number
  /** target[offset … offset + memory) ← those numbers, of a step that is about to be tried. */
  remember?(target: Float64Array, offset: number): void
  /**
   * Makes the stepper what it was when step j was about to be tried, so that the same trials give the same bits: from slot j,
   * the size of the step before (0 after a start), and source[offset … offset + memory) as it was remembered then.
   */
  resume(record: StepRecord, step: number, previous: number, source: Float64Array, offset: number): void
  /**
   * Makes the next trial choose as recorded step j did, and its choice for the step after (of an order, of a method), whatever the
   * error: for steps that are replayed. Absent where there is nothing to choose.
   */
  follow?(record: StepRecord, step: number): void
  /** Passes on to the next step what it starts from (a derivative that is shared, a history, a Jacobian). */
  advance(): void
  /** The derivatives of recorded steps; absent where the family has none. */
  derivative?(record: StepRecord, times: boolean): StepDerivative
}

/**
 * The exact derivatives of the recorded steps (y, t, h, θ) ↦ (y₁, u(θ)) of one family, from which solvers/adjoint/ makes
 * the discrete adjoint and the tangent of whole trajectories. What one step hands on to the next beside the state (the
 * derivative that first-same-as-last methods share, the history of a multistep method) is a variable as any other: its
 * cotangent or tangent is kept in here and carried from one call to the next.
 *
 * With `times` asked for, t and h of each step are variables, too (steps beside an event, or at an end that moves). That
 * needs field.timeDerivative where the field depends on t.
 */
export interface StepDerivative {
  /** Makes step j the current one. */
  load(step: number): void

  /** Begins a sweep backwards: nothing depends on what the last step hands on. */
  beginVjp(): void
  /**
   * Of the current step, before its stepVjp: adds cotangentᵀ·∂u(θ)/∂y to lambda (n), and what else u(θ) depends on to
   * the cotangents kept in here. Gives cotangentᵀ·∂u/∂θ at this fraction θ (0 without `times`).
   */
  interpolateVjp(theta: number, cotangent: Float64Array, lambda: Float64Array): number
  /**
   * Of the current step: given lambda1 = ∂L/∂y₁ (n; may be overwritten), adds ∂L/∂y to lambda (n) and ∂L/∂parameters
   * to gradTheta (p). The steps come last to first.
   */
  stepVjp(lambda1: Float64Array, lambda: Float64Array, gradTheta: Float64Array): void
  /**
   * Of start(t, y), once the first step after it is done: lambda = ∂L/∂y becomes that by the y that start was given;
   * adds to gradTheta.
   */
  startVjp(t: number, y: Float64Array, lambda: Float64Array, gradTheta: Float64Array): void
  /** ∂L/∂t at fixed h and ∂L/∂h of the step that stepVjp was last called for; t alone after startVjp. */
  readonly timeCotangent: { t: number; h: number }

  /** Of start(t, y), in the direction (δt, δy, δθ), where δy becomes that of the y that start left; it begins a sweep forwards. */
  startJvp(t: number, y: Float64Array, dt: number, dy: Float64Array, dtheta: Float64Array): void
  /** Of the current step: dy1 ← δy₁ in the direction (δt, δh, δy, δθ). The steps come first to last. */
  stepJvp(dt: number, dh: number, dy: Float64Array, dtheta: Float64Array, dy1: Float64Array): void
  /** out ← δu(θ) of the step that stepJvp was last called for, for a fraction that moves by δ(fraction). */
  interpolateJvp(theta: number, dfraction: number, out: Float64Array): void
}
