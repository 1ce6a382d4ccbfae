import { instantiate, type ProgramImage } from '../compiler/image.ts'
import type { StateLoss } from '../solvers/adjoint/index.ts'

/** A compiled loss in a memory of its own. */
export interface LossInstance {
  /** What the states are compared with, to be written before. */
  readonly target: Float64Array
  readonly loss: StateLoss
}

export function instantiateLoss(image: ProgramImage): LossInstance {
  const { run } = instantiate(image).entries
  const [states, target] = run.inputs
  const [value, stateGradient] = run.outputs
  return {
    target,
    loss(y, gradient) {
      states.set(y)
      run.run()
      if (stateGradient) gradient.set(stateGradient)
      else gradient.fill(0)
      return value[0]
    },
  }
}
