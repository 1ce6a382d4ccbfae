import type { Scene } from './scene/index.ts'
import { shootingProblem, type TrainedSystem } from './train.ts'
import { uncertaintyOf } from './training/uncertainty.ts'

/** What was found of a physical parameter, in the scene's units. */
export interface ParameterEstimate {
  readonly name: string
  readonly value: number
  /** NaN where the data do not determine it, or it was not computed (many unknowns). */
  readonly standardError: number
  /** 95 %, for normal errors; within the parameter's bounds. */
  readonly interval: readonly [low: number, high: number]
}

/** Of the standard normal distribution. */
const quantile = 1.959963984540054

/** The learned physical parameters with their confidence intervals, from the Gauss–Newton Hessian at the end of training. */
export function parameterEstimates(scene: Scene, trained: TrainedSystem): ParameterEstimate[] {
  const { system, data, state } = trained
  const { field, model } = system
  if (model.scalars.length === 0) return []
  const uncertainty = uncertaintyOf(shootingProblem(scene, system, data.train), state.estimates)
  return model.scalars.map(({ name, value }, k) => {
    const { offset } = field.blocks[k]
    const u = field.parameters[offset]
    const error = uncertainty?.standardErrors[offset] ?? Number.NaN
    const ends = [value(u - quantile * error), value(u + quantile * error)].sort((a, b) => a - b)
    const slope = (value(u + 1e-4) - value(u - 1e-4)) / 2e-4
    return { name, value: value(u), standardError: Math.abs(slope) * error, interval: [ends[0], ends[1]] }
  })
}
