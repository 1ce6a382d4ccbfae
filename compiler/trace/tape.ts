/**
 * Makes nested `tf.grad` right, eager and traced, once this module is imported.
 *
 * Where a gradient uses an operation's result y (Exp, Tanh, Sigmoid, Elu, Softmax, Max, Min, Pow, and every
 * `tf.customGrad` that saves its value), tfjs 4.22 puts the copy of y that it saves on its tape *before* the operation
 * itself. Walking the tape from x, it then takes the copy for a constant, and a second derivative loses its term in
 * silence: of tanh x + x² at 0.3 it gives 2, where 1.467 is true. Here the copies are moved behind the operation.
 */

import * as tf from '@tensorflow/tfjs-core'
import { engine, type TapeNode } from './engine.ts'

const { addTapeNode } = engine()

engine().addTapeNode = function (this: ReturnType<typeof engine>, ...description) {
  addTapeNode.apply(this, description)
  const tape = this.state.activeTape!
  const operation = tape.pop()!
  const results = new Set(operation.outputs)
  const copies: TapeNode[] = []
  while (tape.length > 0 && Object.values(tape.at(-1)!.inputs).some(input => results.has(input))) {
    copies.unshift(tape.pop()!)
  }
  tape.push(operation, ...copies)
}

/** tfjs' own uses the kernel EluGrad, which has no gradient in turn. */
tf.registerGradient({
  kernelName: 'Elu',
  inputsToSave: ['x'],
  gradFunc: (cotangent, [x]) => ({
    x: () => {
      const slope = tf.where(tf.less(x, 0), tf.exp(tf.minimum(x, 0)), tf.onesLike(x))
      return tf.mul(cotangent as tf.Tensor, slope)
    },
  }),
})

/**
 * Truth values and whole numbers have the derivative zero. tfjs throws where one is on the path, as in a second
 * derivative of relu; its floorDiv has the derivative of a quotient.
 */
const comparisons = ['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual']
const truths: [kernel: string, operands: string[]][] = [
  ...[...comparisons, 'LogicalAnd', 'LogicalOr', 'LogicalXor'].map((kernel): [string, string[]] => [
    kernel,
    ['a', 'b'],
  ]),
  ...['LogicalNot', 'All', 'Any'].map((kernel): [string, string[]] => [kernel, ['x']]),
  ['FloorDiv', ['a', 'b']],
]
for (const [kernelName, operands] of truths) {
  tf.registerGradient({
    kernelName,
    inputsToSave: operands,
    gradFunc: (_, saved) => Object.fromEntries(operands.map((name, i) => [name, () => zeros(saved[i])])),
  })
}

const zeros = (like: tf.Tensor): tf.Tensor => tf.zeros(like.shape)

/** tfjs' own permutes the axes once too often: it is wrong along any axis but the last. */
tf.registerGradient({
  kernelName: 'Cumsum',
  gradFunc(cotangent, _, attributes) {
    const { axis, exclusive, reverse } = attributes as unknown as {
      axis: number
      exclusive: boolean
      reverse: boolean
    }
    return { x: () => tf.cumsum(cotangent as tf.Tensor, axis, exclusive, !reverse) }
  },
})

/** tfjs' own throw where operands broadcast: nothing is summed. Without the package of all of tfjs there are none to mend. */
for (const kernelName of ['Maximum', 'Minimum', 'SquaredDifference', 'Prelu']) {
  const own = tf.getGradient(kernelName)
  if (!own) continue
  const { gradFunc, inputsToSave } = own
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc(cotangent, saved, attributes) {
      const gradients = Object.entries(gradFunc(cotangent, saved, attributes))
      return Object.fromEntries(
        gradients.map(([name, gradient], i) => [name, () => summed(gradient(), saved[i].shape)]),
      )
    },
  })
}

/** Summed over the axes along which a tensor of `shape` was repeated. */
function summed(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape)
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape)
}
