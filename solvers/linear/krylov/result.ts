import type { Preconditioner } from '../preconditioners/preconditioner.ts'

export type KrylovStatus =
  | 'converged'
  | 'too many iterations'
  /** Further iterations do not reduce the true residual: the limit of rounding, or (GMRES) of the restart length. */
  | 'stagnated'
  /** A quantity that is divided by vanished, or a number is not finite. */
  | 'breakdown'
  /** p·Ap ≤ 0: A is not positive definite, or not symmetric. */
  | 'not positive definite'
  | 'preconditioner not positive definite'

export interface KrylovOptions {
  /** Converged where ‖b − Ax‖ ≤ max(rtol·‖b‖, atol). Default 1e-10. */
  readonly rtol?: number
  /** Default 0. */
  readonly atol?: number
  /** Of all restarts together. Default 10·n, at least 100. */
  readonly maxIterations?: number
  readonly preconditioner?: Preconditioner
  /** Where to start, such as the solution at the step before. Default 0. */
  readonly initialGuess?: Float64Array
  /** Keep the residual of each iteration. Default false. */
  readonly history?: boolean
}

export interface KrylovResult {
  /** The best x found, also where the method failed: its residual is never larger than the initial guess's. */
  readonly x: Float64Array
  readonly status: KrylovStatus
  /** What happened, and what to try, for the person who reads it. */
  readonly message: string
  readonly iterations: number
  /** ‖b − Ax‖ / ‖b‖, computed from x when the iteration had ended (‖b − Ax‖ itself where b = 0). */
  readonly relativeResidual: number
  /** ‖r_k‖ / ‖b‖ at k = 0, 1, …, as the method's recurrence has it. */
  readonly history?: readonly number[]
}
