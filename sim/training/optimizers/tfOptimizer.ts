import { type Optimizer, type Tensor, tensor, type Variable, variable, zeros } from '@tensorflow/tfjs-core'
import type { CompiledField } from '../../vectorField.ts'

let created = 0

/**
 * An optimizer of TensorFlow.js (tf.train.adam, sgd, momentum, rmsprop, …) for the θ of a compiled field. It is handed
 * variables that are zero and gradients in float32; what it makes of them is added to θ in float64, so that θ keeps its
 * digits.
 *
 * @example
 * const optimizer = tfOptimizer(field, tf.train.adam(1e-2))
 * const { gradients } = lossAndGradient(field, y0, times, loss)
 * optimizer.step(gradients.parameters)
 * @throws RangeError where the gradient has not the length of θ.
 */
export function tfOptimizer(
  field: Pick<CompiledField, 'blocks' | 'parameters'>,
  optimizer: Optimizer,
): { step(gradient: Float64Array): void; dispose(): void } {
  const { blocks, parameters } = field
  const run = created++
  const changes: Variable[] = blocks.map(({ shape }, k) =>
    variable(zeros([...shape]), true, `neurode/optimizer${run}/${k}`),
  )
  return {
    step(gradient) {
      if (gradient.length !== parameters.length)
        throw new RangeError(`the gradient has ${gradient.length} entries, θ has ${parameters.length}`)
      const gradients: Record<string, Tensor> = {}
      blocks.forEach(({ shape, offset, size }, k) => {
        const zero = zeros([...shape])
        changes[k].assign(zero)
        zero.dispose()
        const part = Float32Array.from(gradient.subarray(offset, offset + size))
        gradients[changes[k].name] = tensor(part, [...shape])
      })
      optimizer.applyGradients(gradients)
      blocks.forEach(({ offset }, k) => {
        changes[k].dataSync().forEach((change, i) => {
          parameters[offset + i] += change
        })
        gradients[changes[k].name].dispose()
      })
    },
    dispose() {
      for (const change of changes) change.dispose()
    },
  }
}
