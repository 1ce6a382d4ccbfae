import { createLossAndGradient } from '../../solvers/adjoint/index.ts'
import { createIntegrator, type Failure, type Statistics, type Times } from '../../solvers/ode/index.ts'
import { planTimes } from '../../solvers/ode/options.ts'
import { furtherFor } from '../furtherDerivatives.ts'
import { instantiateLoss } from '../lossInstance.ts'
import { compiledLoss, type TrajectoryLoss } from '../trajectoryLoss.ts'
import type { CompiledField } from '../vectorField.ts'
import { addRows, chunkSize, sharedZeros } from './sums.ts'
import { createTeam, type Job } from './team.ts'
import {
  type BatchOptions,
  type GradientBatch,
  gradientTask,
  integrationTask,
  reportSize,
  statisticNames,
  type TrajectoryBatch,
} from './trajectories.ts'

export type { BatchOptions } from './trajectories.ts'

/** One trajectory of a batch. */
export interface BatchTrajectory {
  /** The saved times that were reached: all, if `success`. */
  readonly t: Float64Array
  /** The states at these times, row-major. */
  readonly y: Float64Array
  readonly success: boolean
  /** Present exactly where `success` is false. The other trajectories are not affected. */
  readonly failure?: Failure
  readonly statistics: Readonly<Statistics>
}

export interface BatchGradient {
  /** The mean loss of the trajectories that succeeded; NaN where none did. */
  readonly loss: number
  /** The loss of each trajectory; NaN where it failed. */
  readonly losses: Float64Array
  /** Of the mean loss. */
  readonly gradients: {
    /** By the initial states, B×n; zero where a trajectory failed. */
    readonly initial: Float64Array
    /** By θ, p. */
    readonly parameters: Float64Array
  }
  readonly trajectories: readonly BatchTrajectory[]
}

/** Many trajectories of one model, over the cores of the machine. Each has its own steps and its own end. */
export interface Batch {
  /**
   * Integrates from each initial state over the same times.
   * @throws RangeError where an argument is not what it must be.
   */
  integrate(initialStates: readonly ArrayLike<number>[], times: Times): BatchTrajectory[]
  /**
   * The mean loss over the trajectories and its exact gradient, by the discrete adjoint. The sum over trajectories has
   * a fixed order: its bits do not depend on the number of threads.
   *
   * @param targets what each trajectory is compared with, of one size: the second argument of the loss, [size]
   * @throws RangeError where an argument is not what it must be.
   */
  lossAndGradient(
    initialStates: readonly ArrayLike<number>[],
    times: Times,
    loss: TrajectoryLoss,
    targets?: readonly ArrayLike<number>[],
  ): BatchGradient
  /** Ends the threads, which else end with the process. */
  close(): void
}

/**
 * A batch integrator of a compiled model. θ is read from `field.parameters` at each call. Node only.
 *
 * @throws RangeError where an option is not what it must be.
 * @example
 * const batch = createBatch(field, { rtol: 1e-6, threads: 4 })
 * const [first] = batch.integrate([[1, 0], [0.5, 0], [0, 2]], { span: [0, 10], saveEvery: 0.1 })
 * const { loss, gradients } = batch.lossAndGradient(starts, times, (y, data) => y.reshape([-1]).sub(data).square().mean(), data)
 */
export function createBatch(
  field: CompiledField,
  { threads, ...options }: BatchOptions & { readonly threads?: number } = {},
): Batch {
  const { dimension: n, parameterCount: p } = field
  const model = field.image(furtherFor(options.method, field))
  const alone = createIntegrator(field, { ...options, keepSteps: false })
  const gradientAlone = createLossAndGradient(field, options)
  const team = createTeam({ threads })
  const theta = sharedZeros(p)
  let trajectories: (TrajectoryBatch & { readonly job: Job }) | undefined
  let gradients: (GradientBatch & { readonly job: Job }) | undefined

  const serves = (batch: TrajectoryBatch | undefined, starts: number, times: Float64Array): boolean =>
    batch !== undefined &&
    batch.initialStates.length === starts * n &&
    batch.times.length === times.length &&
    batch.times.every((t, i) => t === times[i])

  function newBatch(starts: number, times: Float64Array): TrajectoryBatch {
    const states = sharedZeros(starts * times.length * n)
    const reports = sharedZeros(starts * reportSize)
    return { model, options, times, theta, initialStates: sharedZeros(starts * n), states, reports }
  }

  function fill({ initialStates }: TrajectoryBatch, starts: readonly ArrayLike<number>[]): void {
    starts.forEach((y0, k) => {
      if (y0.length !== n)
        throw new RangeError(`initial state ${k} has ${y0.length} components, the model ${n}`)
      initialStates.set(y0, k * n)
    })
    const bad = initialStates.findIndex(value => !Number.isFinite(value))
    if (bad >= 0)
      throw new RangeError(
        `component ${bad % n} of initial state ${Math.floor(bad / n)} is ${initialStates[bad]}, not a finite number`,
      )
    theta.set(field.parameters)
  }

  /** @param failureOf integrates a trajectory again, on this thread, for the reason why it failed */
  function collect(batch: TrajectoryBatch, failureOf: (k: number) => Failure | undefined): BatchTrajectory[] {
    const { initialStates, reports, states, times } = batch
    return Array.from({ length: initialStates.length / n }, (_, k) => {
      const [reached, success, ...counts] = reports.subarray(k * reportSize, (k + 1) * reportSize)
      const from = k * times.length * n
      return {
        t: times.slice(0, reached),
        y: Float64Array.from(states.subarray(from, from + reached * n)),
        success: success === 1,
        ...(success === 1 ? {} : { failure: failureOf(k) }),
        statistics: Object.fromEntries(
          statisticNames.map((name, i) => [name, counts[i]]),
        ) as never as Statistics,
      }
    })
  }

  return {
    integrate(initialStates, times) {
      const saveAt = savedTimes(times)
      if (initialStates.length === 0) return []
      if (!trajectories || !serves(trajectories, initialStates.length, saveAt)) {
        const batch = newBatch(initialStates.length, saveAt)
        const job: Job = {
          task: integrationTask(batch),
          remote: { kind: 'trajectories', describe: () => batch },
        }
        trajectories = { ...batch, job }
      }
      fill(trajectories, initialStates)
      team.run(trajectories.job, initialStates.length)
      return collect(trajectories, k => alone.integrate(initialStates[k], saveAt).failure)
    },
    lossAndGradient(initialStates, times, loss, targets) {
      const saveAt = savedTimes(times)
      const count = initialStates.length
      if (count === 0) throw new RangeError('lossAndGradient needs at least one initial state')
      const targetSize = targets?.[0]?.length ?? 0
      checkTargets(targets, count, targetSize)
      const image = compiledLoss(loss, [saveAt.length, n], [targetSize])
      if (!gradients || gradients.loss !== image || !serves(gradients, count, saveAt)) {
        const chunk = chunkSize(count, p)
        const batch: GradientBatch = {
          ...newBatch(count, saveAt),
          loss: image,
          targets: sharedZeros(count * targetSize),
          losses: sharedZeros(count),
          initialGradients: sharedZeros(count * n),
          chunk,
          thetaGradients: sharedZeros(Math.ceil(count / chunk) * p),
        }
        gradients = {
          ...batch,
          job: { task: gradientTask(batch), remote: { kind: 'gradients', describe: () => batch } },
        }
      }
      const { chunk, losses, initialGradients, thetaGradients, job } = gradients
      fill(gradients, initialStates)
      targets?.forEach((target, k) => {
        gradients!.targets.set(target, k * targetSize)
      })
      team.run(job, Math.ceil(count / chunk))

      const own = instantiateLoss(image)
      const failureOf = (k: number): Failure | undefined => {
        if (targets) own.target.set(targets[k])
        const result = gradientAlone(initialStates[k], saveAt, own.loss)
        return result.success ? undefined : result.failure
      }
      const succeeded = losses.filter(value => !Number.isNaN(value))
      const weight = 1 / succeeded.length
      const parameters = new Float64Array(p)
      addRows(thetaGradients, Math.ceil(count / chunk), parameters)
      return {
        loss: succeeded.reduce((sum, value) => sum + value, 0) * weight,
        losses: Float64Array.from(losses),
        gradients: {
          initial: Float64Array.from(initialGradients, value => value * weight),
          parameters: parameters.map(value => value * weight),
        },
        trajectories: collect(gradients, failureOf).map((trajectory, k) =>
          Number.isNaN(losses[k]) && trajectory.success
            ? { ...trajectory, success: false, failure: failureOf(k) }
            : trajectory,
        ),
      }
    },
    close: team.close,
  }
}

function savedTimes(times: Times): Float64Array {
  const { saveAt } = planTimes(times)
  if (!saveAt)
    throw new RangeError(
      'a batch is saved at times that all trajectories share: give an array of times, or saveEvery with the span',
    )
  return saveAt
}

function checkTargets(targets: readonly ArrayLike<number>[] | undefined, count: number, size: number): void {
  if (targets && targets.length !== count)
    throw new RangeError(`there are ${targets.length} targets for ${count} initial states`)
  targets?.forEach((target, k) => {
    if (target.length !== size)
      throw new RangeError(`target ${k} has ${target.length} numbers, the first has ${size}`)
  })
}
