import type { ProgramImage } from '../../compiler/image.ts'
import { createLossAndGradient } from '../../solvers/adjoint/index.ts'
import { createIntegrator, type IntegratorOptions, type Solution } from '../../solvers/ode/index.ts'
import { newStatistics } from '../../solvers/ode/solutionOf.ts'
import type { VectorField } from '../../solvers/ode/vectorField.ts'
import { instantiateLoss } from '../lossInstance.ts'
import { instantiateModel, type ModelImage } from '../modelImage.ts'
import type { Task } from './member.ts'
import { rowOf } from './sums.ts'

/** Options of a batch: those of an integrator that can be sent to another thread. */
export type BatchOptions = Omit<IntegratorOptions, 'onProgress' | 'keepSteps'>

/** A batch of B trajectories of n components, saved at T times; all arrays are shared, and each trajectory has its rows. */
export interface TrajectoryBatch {
  readonly model: ModelImage
  readonly options: BatchOptions
  /** T. */
  readonly times: Float64Array
  /** p. */
  readonly theta: Float64Array
  /** B×n. */
  readonly initialStates: Float64Array
  /** B×T×n. */
  readonly states: Float64Array
  /** B×reportSize: the saved times that were reached, 1 for success, and the statistics. */
  readonly reports: Float64Array
}

/** A batch with a loss of each trajectory. */
export interface GradientBatch extends TrajectoryBatch {
  readonly loss: ProgramImage
  /** B×(size of a target). */
  readonly targets: Float64Array
  /** B. NaN where there is none. */
  readonly losses: Float64Array
  /** B×n: of each loss, by its initial state. */
  readonly initialGradients: Float64Array
  /** Trajectories of which a task adds up the gradients by θ, one after the other. */
  readonly chunk: number
  /** ⌈B/chunk⌉×p. */
  readonly thetaGradients: Float64Array
}

export const statisticNames = Object.keys(newStatistics()) as (keyof ReturnType<typeof newStatistics>)[]
export const reportSize = 2 + statisticNames.length

function report({ states, reports, times }: TrajectoryBatch, index: number, solution: Solution): void {
  const out = rowOf(reports, index, reportSize)
  out[0] = solution.t.length
  out[1] = solution.success ? 1 : 0
  statisticNames.forEach((name, i) => {
    out[2 + i] = solution.statistics[name]
  })
  rowOf(states, index, times.length * solution.dimension).set(solution.y)
}

/** Task k integrates trajectory k. */
export function integrationTask(batch: TrajectoryBatch): Task {
  const { field } = instantiateModel(batch.model)
  const integrator = createIntegrator(field as VectorField, { ...batch.options, keepSteps: false })
  return {
    begin: () => field.parameters.set(batch.theta),
    run(k) {
      const start = rowOf(batch.initialStates, k, field.dimension)
      report(batch, k, integrator.integrate(start, batch.times))
    },
  }
}

/** Task c integrates the trajectories of a chunk and adds up the gradients of their losses by θ, in their order. */
export function gradientTask(batch: GradientBatch): Task {
  const { chunk, losses, initialGradients, initialStates, targets, thetaGradients, times } = batch
  const { field } = instantiateModel(batch.model)
  const { dimension: n, parameterCount: p, parameterGradient } = field
  const { loss, target } = instantiateLoss(batch.loss)
  const evaluate = createLossAndGradient(field as VectorField, batch.options)
  return {
    begin: () => field.parameters.set(batch.theta),
    run(c) {
      parameterGradient.fill(0)
      for (let k = c * chunk; k < Math.min((c + 1) * chunk, losses.length); k++) {
        target.set(rowOf(targets, k, target.length))
        const result = evaluate(rowOf(initialStates, k, n), times, loss, parameterGradient)
        report(batch, k, result.solution)
        losses[k] = result.success ? result.loss : Number.NaN
        if (result.success) rowOf(initialGradients, k, n).set(result.gradY0)
        else rowOf(initialGradients, k, n).fill(0)
      }
      rowOf(thetaGradients, c, p).set(parameterGradient)
    },
  }
}
