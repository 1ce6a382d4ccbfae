import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { vjp } from '../compiler/differentiate/index.ts'
import type { ProgramImage } from '../compiler/image.ts'
import { reshape, scalar } from '../compiler/primitives.ts'
import { compile } from '../compiler/program.ts'
import { trace } from '../compiler/trace/index.ts'

/**
 * A loss of the saved states y [T, n], written in TensorFlow.js: a scalar. It is compiled once for each shape as long as
 * the function lives; what else it reads is a constant from then on. In a batch it may take, beside the states of a
 * trajectory, what that trajectory is compared with.
 */
export type TrajectoryLoss = (y: Tensor2D, target: Tensor) => Tensor

const compiledLosses = new WeakMap<TrajectoryLoss, Map<string, ProgramImage>>()

/**
 * The loss and its gradient as a program: entry `run` of (y, target) gives the loss and, where it depends on y, ∂loss/∂y.
 *
 * @param shape [T, n]
 * @param targetShape of what is given beside the states; [0] where nothing is
 * @throws RangeError where the loss is no scalar, or reads a variable.
 */
export function compiledLoss(
  loss: TrajectoryLoss,
  shape: readonly [number, number],
  targetShape: readonly number[] = [0],
): ProgramImage {
  const key = `${shape}|${targetShape}`
  let ofShape = compiledLosses.get(loss)
  if (!ofShape) {
    ofShape = new Map()
    compiledLosses.set(loss, ofShape)
  }
  let image = ofShape.get(key)
  if (!image) {
    image = compileLoss(loss, shape, targetShape)
    ofShape.set(key, image)
  }
  return image
}

function compileLoss(
  loss: TrajectoryLoss,
  shape: readonly number[],
  targetShape: readonly number[],
): ProgramImage {
  const graph = trace(
    (y: Tensor, target: Tensor) => loss(y as Tensor2D, target),
    [
      { name: 'y', shape },
      { name: 'target', shape: targetShape },
    ],
  )
  const [value] = graph.outputs
  if (value.shape.some(extent => extent !== 1)) {
    throw new RangeError(`the loss must be a scalar, not of shape [${value.shape}]`)
  }
  if (graph.variables.length > 0) {
    throw new RangeError(
      `the loss reads the variable ${graph.variables[0].name}: only the vector field may be learned`,
    )
  }
  const [gradient] = vjp([value], [reshape(scalar(1), value.shape)], [graph.inputs[0]])
  return compile({ run: { inputs: graph.inputs, outputs: gradient ? [value, gradient] : [value] } }).image
}
