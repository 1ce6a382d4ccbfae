import type { CompiledSystem } from './problem/problem.ts'
import type { Scene } from './scene/index.ts'
import { estimateStates } from './training/estimates.ts'
import type { Series } from './training/windows.ts'

/** The states at the samples of a series as its values tell them: T × n; or, where the start is known, the start at each. */
export function statesOf(
  { training }: Scene,
  { observation, field, model }: CompiledSystem,
  series: Series,
  first: Float64Array = model.start,
): Float64Array {
  if (training?.start !== 'known') return estimateStates(series, observation, field, first)
  const n = field.dimension
  const states = new Float64Array(series.t.length * n)
  for (let k = 0; k < series.t.length; k++) states.set(model.start, k * n)
  return states
}
