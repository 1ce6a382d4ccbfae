import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { interpret } from '../../interpret/index.ts'
import { uniform } from '../../testing/numbers.ts'
import { grads } from '../derivatives.ts'
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

/** Tensors of these shapes with values in (low, high), the same at each call. */
export function samples(shapes: readonly number[][], low = -2, high = 2): tf.Tensor[] {
  const random = uniform(7)
  return shapes.map(shape => {
    const size = shape.reduce((a, b) => a * b, 1)
    return tf.tensor(
      Float32Array.from({ length: size }, () => low + ((random() + 1) / 2) * (high - low)),
      shape,
    )
  })
}

/** Asserts that traced and eager (tfjs' cpu backend, float32) agree in shape and value. */
export function expectAgreement(f: TensorFunction, inputs: readonly tf.Tensor[], tolerance = 2e-5): void {
  const traced = runTraced(f, inputs)
  const eager = [tf.tidy(() => f(...inputs) as tf.Tensor)].flat()
  expect(traced.map(result => result.shape)).toEqual(eager.map(tensor => tensor.shape))
  eager.forEach((tensor, i) => {
    const expected = [...tensor.dataSync()]
    const defects = expected.map((value, k) => {
      const actual = traced[i].values[k]
      if (Number.isNaN(value) || Number.isNaN(actual))
        return Number.isNaN(value) === Number.isNaN(actual) ? 0 : Infinity
      return value === actual ? 0 : Math.abs(value - actual) / Math.max(1, Math.abs(value))
    })
    expect(Math.max(0, ...defects), `${[...traced[i].values]} against ${expected}`).toBeLessThan(tolerance)
  })
}

/**
 * Asserts that derivatives of ⟨w, f⟩ by every input agree, w some numbers: by the graph's rules, by tfjs' tape inside a
 * trace, and by tfjs' tape on its cpu backend.
 */
export function expectGradientsAgree(
  f: (...x: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  tolerance = 5e-5,
): void {
  const [weights] = samples([tf.tidy(() => f(...inputs)).shape], 0.5, 1.5)
  const weighted = (...x: tf.Tensor[]) => tf.sum(tf.mul(weights, f(...x))) as tf.Scalar
  const byTape = (...x: tf.Tensor[]) => tf.grads(weighted)(x)
  expectAgreement(byTape, inputs, tolerance)
  const byRules = runTraced((...x) => grads(weighted)(...x), inputs)
  runTraced(byTape, inputs).forEach(({ values }, i) => {
    values.forEach((value, k) => {
      expect(byRules[i].values[k]).toBeCloseTo(value, 10)
    })
  })
}
