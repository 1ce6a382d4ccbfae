import type { StepContext } from '../context.ts'
import { firstStepSize } from '../firstStep.ts'
import { weightedNorm } from '../stepControl.ts'
import type { StageSystem } from './stageSystem.ts'

/**
 * Size of the first trial step: Hairer's rule where M is the identity; else the step that changes y by a hundredth of itself
 * (or of its tolerance).
 */
export function implicitFirstStep(
  context: StepContext,
  { mass, n }: StageSystem,
  order: number,
  t: number,
  y: Float64Array,
  slope: Float64Array,
  direction: number,
  most: number,
): number {
  if (mass.kind === 'identity') {
    const [state, ahead, change] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
    return firstStepSize(context, order, t, y, slope, direction, most, { state, ahead, change })
  }
  const size = weightedNorm(y, y, context.atol, context.rtol)
  const speed = weightedNorm(slope, y, context.atol, context.rtol)
  const least = 1e-6 * most
  return Math.min(most, speed < 1e-5 ? least : Math.max(0.01 * Math.max(size, 1), 1e-6) / speed)
}
