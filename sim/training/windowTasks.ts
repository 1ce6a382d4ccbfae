import type { IntegratorOptions } from '../../solvers/ode/index.ts'
import { instantiateModel, type ModelImage } from '../modelImage.ts'
import type { Task } from '../parallel/member.ts'
import { rowOf } from '../parallel/sums.ts'
import { type EventPlan, stateEvents } from '../stateEvents.ts'
import { createShooting, type Shooting, type ShootingProblem } from './shooting.ts'
import type { Series, Window } from './windows.ts'

/** What threads share of a set of windows: x = [θ, z₀, z₁, …] is read, and each window writes where it alone does. */
export interface WindowMemory {
  readonly windows: readonly Window[]
  /** p + W·n. */
  readonly x: Float64Array
  /** [how many windows are evaluated, windows per task, their indices …], 2 + W. */
  readonly selection: Int32Array
  /** ½Σr² of each window, W; +Infinity where its trajectory failed. */
  readonly losses: Float64Array
  /** For gradients: by z of the window and of the next, W×n each, and by θ, summed up by task. */
  readonly gradients?: {
    readonly own: Float64Array
    readonly next: Float64Array
    readonly theta: Float64Array
  }
  /** For residuals: r, ∂r/∂x (row-major), and the first row of each window. */
  readonly residuals?: {
    readonly values: Float64Array
    readonly jacobian: Float64Array
    readonly firstRows: readonly number[]
    readonly rows: readonly number[]
    /** Whether the Jacobian is asked for, 1. */
    readonly wanted: Int32Array
  }
}

/** The problem as it can be sent to another thread, with what is shared. */
export interface WindowDescription {
  readonly model: ModelImage
  readonly series: readonly Series[]
  readonly ode: IntegratorOptions
  readonly eventPlans?: readonly EventPlan[]
  readonly startIsKnown?: boolean
  readonly huber?: number
  readonly scales: Float64Array
  readonly continuity: number
  readonly stateScales: Float64Array
  readonly memory: WindowMemory
}

/** What another thread makes of a description. */
export function windowTaskOf({ model, memory, ...rest }: WindowDescription): Task {
  const { field, functions } = instantiateModel(model)
  const events = stateEvents(rest.eventPlans ?? [], functions, field.dimension)
  const problem: ShootingProblem = { ...rest, field, events, observation: functions.observation }
  return windowTask(problem, createShooting(problem), memory)
}

/** Task c evaluates the windows of a part of the selection: gradients, residuals, or losses alone. */
export function windowTask(problem: ShootingProblem, shooting: Shooting, memory: WindowMemory): Task {
  const { dimension: n, parameterCount: p, parameters } = problem.field
  const { windows, x, selection, losses, gradients, residuals } = memory
  const states = x.subarray(p)
  const stateOf = (k: number) => rowOf(states, k, n)
  const theta = problem.field.parameterGradient ?? new Float64Array(p)

  function gradient(k: number, { own, next }: NonNullable<WindowMemory['gradients']>): number {
    const window = windows[k]
    const [gradZ, gradNext] = [rowOf(own, k, n).fill(0), rowOf(next, k, n).fill(0)]
    const z = stateOf(k)
    if (window.next < 0) return shooting.gradient(window, z, null, gradZ, null, theta).loss
    return shooting.gradient(window, z, stateOf(window.next), gradZ, gradNext, theta).loss
  }

  function residual(
    k: number,
    { values, jacobian, firstRows, rows, wanted }: NonNullable<WindowMemory['residuals']>,
  ): number {
    const window = windows[k]
    const next = window.next < 0 ? null : stateOf(window.next)
    const place = {
      entries: jacobian,
      columns: x.length,
      row: firstRows[k],
      z: p + k * n,
      next: p + window.next * n,
    }
    const part = values.subarray(firstRows[k], firstRows[k] + rows[k])
    const exists = shooting.residualsAndJacobian(window, stateOf(k), next, part, wanted[0] ? place : null)
    return exists ? 0 : Infinity
  }

  return {
    begin: () => parameters.set(x.subarray(0, p)),
    run(c) {
      const [count, chunk] = selection
      if (gradients) theta.fill(0)
      for (let i = c * chunk; i < Math.min((c + 1) * chunk, count); i++) {
        const k = selection[2 + i]
        if (gradients) losses[k] = gradient(k, gradients)
        else if (residuals) losses[k] = residual(k, residuals)
        else losses[k] = shooting.loss(windows[k], stateOf(k))
      }
      if (gradients) rowOf(gradients.theta, c, p).set(theta)
    },
  }
}
