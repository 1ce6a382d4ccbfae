import type { EventRecord } from './events.ts'

export type FailureReason =
  | 'step-too-small'
  | 'too-many-steps'
  | 'non-finite'
  | 'singular-matrix'
  | 'newton-diverged'
  | 'cancelled'

/** Why an integration ended early. */
export interface Failure {
  readonly reason: FailureReason
  /** The time that was reached; for 'singular-matrix' and 'non-finite' the time at which it was met. */
  readonly t: number
  /** The component that dominated the error norm, or the first that was not finite. */
  readonly component?: { readonly index: number; readonly name: string }
  /** Zero-based pivot, for 'singular-matrix'. */
  readonly pivot?: number
  /** What happened, where, and what to try next. */
  readonly message: string
}

export interface Statistics {
  /** Calls of the right-hand side. */
  evaluations: number
  accepted: number
  /** Trial steps that were not accepted; odex does not tell them where it fails. */
  rejected: number
  /** Of implicit methods: Jacobians evaluated, matrices factorised, systems solved, Newton's iterations. */
  jacobians: number
  factorisations: number
  linearSolves: number
  newtonIterations: number
  /** Sizes (absolute) of the smallest and the largest accepted step. */
  smallestStep: number
  largestStep: number
}

/** What an integrator computed. It is valid until the integrator that made it is used again. */
export interface Solution {
  /** n. */
  readonly dimension: number
  /** The saved times that were reached, in the order asked for (T of them: all, if `success` and nothing stopped it). */
  readonly t: Float64Array
  /** The state at these times, row-major T×n. */
  readonly y: Float64Array
  readonly success: boolean
  /** Present exactly where `success` is false. */
  readonly failure?: Failure
  readonly statistics: Readonly<Statistics>
  readonly method: string
  /** What happened of options.events, in order. */
  readonly events: readonly EventRecord[]
  /** Whether a terminal event, the last of `events`, ended the integration. */
  readonly terminated: boolean
  /**
   * The state at any time that was integrated over (dense output).
   * @throws RangeError outside of it.
   */
  at(t: number, out?: Float64Array): Float64Array
  /**
   * The accepted steps, from which adjoints and tangents are computed.
   * @throws Error where they were not kept, or have been overwritten by a later run of the same integrator.
   */
  readonly steps: Steps
}

/**
 * The accepted steps: step j goes from t[j] to t[j + 1] = t[j] + h[j]. Where an event lets the state jump, a step of size 0
 * leads from the state before to the state after. Arrays may be longer than what is in use.
 */
export interface Steps {
  /** N. */
  readonly count: number
  /** N + 1 times. */
  readonly t: Float64Array
  /** N step sizes, negative where time runs backwards. */
  readonly h: Float64Array
  /** (N + 1)×n states. */
  readonly y: Float64Array
  /** Grows with each integration that reuses these arrays. */
  readonly generation: number
}
