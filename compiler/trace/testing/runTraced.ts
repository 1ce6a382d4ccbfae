import type * as tf from '@tensorflow/tfjs'
import { interpret } from '../../interpret/index.ts'
import { type TensorFunction, trace } from '../trace.ts'

/** The values of a function's results by trace and interpreter, in float64. */
export function runTraced(
  f: TensorFunction,
  inputs: readonly tf.Tensor[],
): { shape: number[]; values: number[] }[] {
  const graph = trace(
    f,
    inputs.map(({ shape }, i) => ({ name: `x${i}`, shape })),
  )
  const values = [...inputs, ...graph.variables].map(tensor => Float64Array.from(tensor.dataSync()))
  return interpret(graph, values).map((value, i) => ({
    shape: [...graph.outputs[i].shape],
    values: [...value],
  }))
}
