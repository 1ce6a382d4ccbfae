/** Pooling: the greatest, or the mean, of each window, channel by channel. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, registerLowerings } from '../lowering.ts'
import { pullback } from './pullback.ts'
import { type Sliding, type Windows, windowCounts, windowElements, windowsOf } from './windows.ts'

interface Pooling extends Sliding {
  readonly filterSize: number | readonly number[]
}
type Pool = (x: Node, windows: Windows) => Node

/** Outside of x there is nothing: −∞ never wins. NaN shows, where tfjs' cpu backend passes over it. */
const greatest: Pool = (x, windows) => windowElements(x, windows, Number.NEGATIVE_INFINITY).reduce(p.maximum)

/** Of those elements of a window that lie in x. */
const average: Pool = (x, windows) => {
  const sum = windowElements(x, windows, 0).reduce(p.add)
  return p.divide(sum, p.broadcastTo(windowCounts(x, windows), sum.shape))
}

/** x is [batch, …spatial, channels], with the channels last. */
function pool(x: Node, reduce: Pool, attributes: Pooling): Node {
  const { filterSize } = attributes
  const spatial = x.shape.length - 2
  const size = typeof filterSize === 'number' ? new Array(spatial).fill(filterSize) : filterSize
  return reduce(x, windowsOf(x, size, attributes))
}

const forward =
  (reduce: Pool): Lowering =>
  ({ x }, attributes) => {
    if (attributes.dataFormat === 'NCDHW') {
      throw new Error('trace: pooling with dataFormat NCDHW cannot be traced; transpose to NDHWC')
    }
    return { node: pool(x.node, reduce, attributes), dtype: x.dtype }
  }

const backward =
  (reduce: Pool): Lowering =>
  ({ dy, input }, attributes) => ({
    node: pullback(x => pool(x, reduce, attributes), input.node, dy.node),
    dtype: 'float32',
  })

registerLowerings({
  MaxPool: forward(greatest),
  MaxPool3D: forward(greatest),
  MaxPoolGrad: backward(greatest),
  MaxPool3DGrad: backward(greatest),
  AvgPool: forward(average),
  AvgPool3D: forward(average),
  AvgPoolGrad: backward(average),
  AvgPool3DGrad: backward(average),
})
