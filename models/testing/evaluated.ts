import type { Tensor } from '@tensorflow/tfjs-core'
import { interpret } from '../../compiler/interpret/index.ts'
import { trace } from '../../compiler/trace/index.ts'

/** What a function of tensors gives for these arrays of rank 1, in float64: traced and interpreted. */
export function evaluated(
  f: (...x: never[]) => Tensor,
  ...inputs: readonly (readonly number[] | Float64Array)[]
): Float64Array {
  const shapes = inputs.map(({ length }, i) => ({ name: `x${i}`, shape: [length] }))
  const graph = trace(f as (...x: Tensor[]) => Tensor, shapes)
  return interpret(
    graph,
    inputs.map(input => Float64Array.from(input)),
  )[0]
}
