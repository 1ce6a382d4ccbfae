import { addRows, chunkSize, mostSums, rowOf, sharedZeros } from '../parallel/sums.ts'
import type { Job, Team } from '../parallel/team.ts'
import type { LeastSquares, Objective } from './optimizers/objective.ts'
import type { Shooting, ShootingProblem } from './shooting.ts'
import type { Window } from './windows.ts'
import { type WindowDescription, type WindowMemory, windowTask } from './windowTasks.ts'

/** The windows of a stage as functions of x = [θ, z₀, z₁, …], evaluated by a team of threads. */
export interface WindowTeam {
  /** The losses of all windows, as one array that the next call uses again; +Infinity where one failed. */
  losses(x: Float64Array): Float64Array
  /**
   * The losses of some windows and the gradient of their sum, which is written to `gradient` as far as it depends on
   * these windows: θ, their states and those of the windows that continue them. A window that failed adds nothing.
   */
  gradient(x: Float64Array, which: ArrayLike<number>, gradient: Float64Array): Float64Array
  /** The mean loss, for a full-batch optimizer. */
  readonly objective: Objective
  /** The residuals, for Levenberg–Marquardt; scaled so that ½‖r‖² is the mean loss. */
  readonly leastSquares: LeastSquares
}

/** Sums have a fixed order: the bits of all results are the same on any number of threads. */
export function createWindowTeam(
  problem: ShootingProblem,
  shooting: Shooting,
  windows: readonly Window[],
  team: Team,
): WindowTeam {
  const { dimension: n, parameterCount: p } = problem.field
  const size = p + windows.length * n
  const measured = shooting.measuredValues(windows)
  const everyWindow = windows.map((_, k) => k)

  const common = {
    windows,
    x: sharedZeros(size),
    selection: new Int32Array(new SharedArrayBuffer(4 * (2 + windows.length))),
    losses: sharedZeros(windows.length),
  }

  function jobOf(memory: WindowMemory): Job {
    const { model, series, ode, eventPlans, startIsKnown, huber, scales, continuity, stateScales } = problem
    const describe = (): WindowDescription => ({
      model: model!,
      series,
      ode,
      eventPlans,
      startIsKnown,
      huber,
      scales,
      continuity,
      stateScales,
      memory,
    })
    return {
      task: windowTask(problem, shooting, memory),
      remote: model && { kind: 'windows', describe },
    }
  }

  /** Runs a job over some windows; returns in how many tasks. */
  function run(job: Job, x: Float64Array, which: ArrayLike<number>, chunk: number): number {
    common.x.set(x)
    common.selection.set([which.length, chunk])
    common.selection.set(which, 2)
    const tasks = Math.ceil(which.length / chunk)
    team.run(job, tasks)
    return tasks
  }

  const lossJob = onceMade(() => jobOf(common))

  const gradientJob = onceMade(() => {
    const sums = Math.min(windows.length, mostSums(p))
    const gradients = {
      own: sharedZeros(windows.length * n),
      next: sharedZeros(windows.length * n),
      theta: sharedZeros(sums * p),
    }
    return { gradients, job: jobOf({ ...common, gradients }) }
  })

  function gradient(x: Float64Array, which: ArrayLike<number>, out: Float64Array): Float64Array {
    const { gradients, job } = gradientJob()
    const sums = run(job, x, which, chunkSize(which.length, p))
    const stateGradient = (k: number) => rowOf(out.subarray(p), k, n)
    for (let i = 0; i < which.length; i++) {
      const { next } = windows[which[i]]
      stateGradient(which[i]).fill(0)
      if (next >= 0) stateGradient(next).fill(0)
    }
    const theta = out.subarray(0, p).fill(0)
    addRows(gradients.theta, sums, theta)
    for (let i = 0; i < which.length; i++) {
      const k = which[i]
      addRows(rowOf(gradients.own, k, n), 1, stateGradient(k))
      if (windows[k].next >= 0) addRows(rowOf(gradients.next, k, n), 1, stateGradient(windows[k].next))
    }
    return common.losses
  }

  const residualJob = onceMade(() => {
    const rows = windows.map(shooting.residualCount)
    let count = 0
    const firstRows = rows.map(own => {
      count += own
      return count - own
    })
    const wanted = new Int32Array(new SharedArrayBuffer(4))
    const residuals = {
      values: sharedZeros(count),
      jacobian: sharedZeros(count * size),
      firstRows,
      rows,
      wanted,
    }
    return { residuals, job: jobOf({ ...common, residuals }) }
  })

  return {
    losses(x) {
      run(lossJob(), x, everyWindow, 1)
      return common.losses
    },
    gradient,
    objective: {
      size,
      evaluate(x, out) {
        const loss = gradient(x, everyWindow, out).reduce((sum, value) => sum + value, 0)
        for (let i = 0; i < size; i++) out[i] /= measured
        return loss / measured
      },
    },
    leastSquares: {
      size,
      residualCount: windows.reduce((sum, window) => sum + shooting.residualCount(window), 0),
      evaluate(x, residuals, jacobian) {
        const { residuals: shared, job } = residualJob()
        shared.wanted[0] = jacobian ? 1 : 0
        if (jacobian) shared.jacobian.fill(0)
        run(job, x, everyWindow, 1)
        if (common.losses.includes(Infinity)) return false
        const factor = 1 / Math.sqrt(measured)
        for (let i = 0; i < residuals.length; i++) residuals[i] = factor * shared.values[i]
        if (jacobian) for (let i = 0; i < jacobian.length; i++) jacobian[i] = factor * shared.jacobian[i]
        return true
      },
    },
  }
}

/** The value of a function, made when it is first asked for. */
function onceMade<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
