/** Pooling: the greatest, or the mean, of each window, channel by channel; dilation, where a filter is added before. */

import { type Node, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, registerLowerings } from '../lowering.ts'
import { pullback } from './pullback.ts'
import { sequence } from './shape.ts'
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

interface Argmax extends Pooling {
  readonly includeBatchInIndex: boolean
}

/** The greatest of each window, and its place in the image, or in the batch: the first one, where equal ones are. */
function greatestWithPlace(x: Node, attributes: Argmax): { values: Node; places: Node } {
  const size = [attributes.filterSize].flat()
  const windows = windowsOf(x, size.length === 1 ? [size[0], size[0]] : size, attributes)
  const perImage = sizeOf(x.shape.slice(1))
  const numbers = sequence(sizeOf(x.shape)).map(i => (attributes.includeBatchInIndex ? i : i % perImage))
  const places = windowElements(p.constant(numbers, x.shape), windows, -1)
  const elements = windowElements(x, windows, Number.NEGATIVE_INFINITY)
  return elements.slice(1).reduce(
    (best, element, i) => ({
      values: p.maximum(best.values, element),
      places: p.select(p.greater(element, best.values), places[i + 1], best.places),
    }),
    { values: elements[0], places: places[0] },
  )
}

/** maxₖ x[window element k] + filter[k]: x [batch, h, w, c], filter [h', w', c] (grey-scale morphology). */
function dilate(x: Node, filter: Node, sliding: Sliding): Node {
  const [height, width, channels] = filter.shape
  const taps = p.reshape(filter, [height * width, channels])
  return windowElements(x, windowsOf(x, [height, width], sliding), Number.NEGATIVE_INFINITY)
    .map((element, i) => p.add(element, p.broadcastTo(p.slice(taps, [i, 0], [1, channels]), element.shape)))
    .reduce(p.maximum)
}

registerLowerings({
  MaxPoolWithArgmax: ({ x }, attributes) => {
    const { values, places } = greatestWithPlace(x.node, attributes)
    return [
      { node: values, dtype: x.dtype },
      { node: places, dtype: 'int32' },
    ]
  },
  Dilation2D: ({ x, filter }, attributes) => ({
    node: dilate(x.node, filter.node, attributes),
    dtype: x.dtype,
  }),
  Dilation2DBackpropInput: ({ x, filter, dy }, attributes) => ({
    node: pullback(image => dilate(image, filter.node, attributes), x.node, dy.node),
    dtype: x.dtype,
  }),
  Dilation2DBackpropFilter: ({ x, filter, dy }, attributes) => ({
    node: pullback(taps => dilate(x.node, taps, attributes), filter.node, dy.node),
    dtype: filter.dtype,
  }),
  MaxPool: forward(greatest),
  MaxPool3D: forward(greatest),
  MaxPoolGrad: backward(greatest),
  MaxPool3DGrad: backward(greatest),
  AvgPool: forward(average),
  AvgPool3D: forward(average),
  AvgPoolGrad: backward(average),
  AvgPool3DGrad: backward(average),
})
