/**
 * Convolutions (in the sense of neural networks: no filter is reversed) as one matrix product, of the windows laid out
 * in rows with the filter laid out in columns.
 */

import { type Node, type Shape, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, type Operands, registerLowerings } from '../lowering.ts'
import { activateFused } from './activations.ts'
import { pullback } from './pullback.ts'
import { type Sliding, windowElements, windowsOf } from './windows.ts'

interface Convolution extends Sliding {
  readonly dataFormat?: string
}
type Convolve = (x: Node, filter: Node, sliding: Sliding) => Node

/** x [batch, …spatial, c], filter [...size, c, f] → [batch, …positions, f]. */
const convolve: Convolve = (x, filter, sliding) => {
  const elements = windowElements(x, windowsOf(x, filter.shape.slice(0, -2), sliding), 0)
  const rows = p.concatenate(elements, x.shape.length - 1)
  const inner = rows.shape.at(-1)!
  const columns = filter.shape.at(-1)!
  const product = p.matmul(
    p.reshape(rows, [sizeOf(rows.shape.slice(0, -1)), inner]),
    p.reshape(filter, [inner, columns]),
  )
  return p.reshape(product, rows.shape.with(-1, columns))
}

/** Each channel for itself, by m filters: x [batch, h, w, c], filter [...size, c, m] → [batch, …positions, c·m]. */
const convolveDepthwise: Convolve = (x, filter, sliding) => {
  const size = filter.shape.slice(0, -2)
  const [channels, multiplier] = filter.shape.slice(-2)
  const taps = p.reshape(filter, [sizeOf(size), channels, multiplier])
  const terms = windowElements(x, windowsOf(x, size, sliding), 0).map((element, i) => {
    const shape = [...element.shape, multiplier]
    const tap = p.reshape(p.slice(taps, [i, 0, 0], [1, channels, multiplier]), [channels, multiplier])
    return p.multiply(p.broadcast(p.reshape(element, shape.with(-1, 1)), shape), p.broadcastTo(tap, shape))
  })
  const sum = terms.reduce(p.add)
  return p.reshape(sum, [...sum.shape.slice(0, -2), channels * multiplier])
}

const channelsFirst = ({ dataFormat }: Convolution): boolean => dataFormat?.startsWith('NC') ?? false

/** [batch, c, …spatial] → [batch, …spatial, c]; without a batch axis, where the operand has none. */
function channelsToLast(x: Node, spatial: number): Node {
  const rank = x.shape.length
  if (rank <= spatial) return x
  const axes = x.shape.map((_, axis) => axis)
  const channels = rank - spatial - 1
  return p.transpose(x, [...axes.toSpliced(channels, 1), channels])
}

function channelsToFirst(x: Node): Node {
  const axes = x.shape.map((_, axis) => axis)
  return p.transpose(x, [0, axes.length - 1, ...axes.slice(1, -1)])
}

/** In the order of axes that the kernel's data format names. */
const inFormat =
  (convolve: Convolve): ((x: Node, filter: Node, attributes: Convolution) => Node) =>
  (x, filter, attributes) =>
    channelsFirst(attributes)
      ? channelsToFirst(convolve(channelsToLast(x, x.shape.length - 2), filter, attributes))
      : convolve(x, filter, attributes)

const plain =
  (convolve: Convolve): Lowering =>
  ({ x, filter }, attributes) => ({
    node: inFormat(convolve)(x.node, filter.node, attributes),
    dtype: 'float32',
  })

/** With a bias and an activation behind it. */
const fused =
  (convolve: Convolve): Lowering =>
  ({ x, filter, bias, preluActivationWeights: slope }, attributes) => {
    const whole = (image: Node, taps: Node, sliding: Sliding): Node =>
      activateFused(convolve(image, taps, sliding), attributes, {
        bias: bias?.node,
        slope: slope && channelsFirst(attributes) ? channelsToLast(slope.node, 2) : slope?.node,
      })
    return { node: inFormat(whole)(x.node, filter.node, attributes), dtype: 'float32' }
  }

interface Backward extends Convolution {
  readonly inputShape: Shape
  readonly filterShape: Shape
}

/** By the input, and by the filter; a convolution is linear in each, so that the other's value is of no account. */
const backward = (convolve: Convolve): Record<'input' | 'filter', Lowering> => ({
  input: ({ dy, filter }: Operands, attributes: Backward) => {
    const f = (x: Node): Node => inFormat(convolve)(x, filter.node, attributes)
    return { node: pullback(f, p.full(0, attributes.inputShape), dy.node), dtype: 'float32' }
  },
  filter: ({ x, dy }: Operands, attributes: Backward) => {
    const f = (filter: Node): Node => inFormat(convolve)(x.node, filter, attributes)
    return { node: pullback(f, p.full(0, attributes.filterShape), dy.node), dtype: 'float32' }
  },
})

registerLowerings({
  Conv2D: plain(convolve),
  Conv3D: plain(convolve),
  DepthwiseConv2dNative: plain(convolveDepthwise),
  FusedConv2D: fused(convolve),
  FusedDepthwiseConv2D: fused(convolveDepthwise),
  Conv2DBackpropInput: backward(convolve).input,
  Conv2DBackpropFilter: backward(convolve).filter,
  Conv3DBackpropInputV2: backward(convolve).input,
  Conv3DBackpropFilterV2: backward(convolve).filter,
  DepthwiseConv2dNativeBackpropInput: backward(convolveDepthwise).input,
  DepthwiseConv2dNativeBackpropFilter: backward(convolveDepthwise).filter,
})
