/** Kernels that resize or rearrange [batch, height, width, channels]. */

import { backend_util as backendUtil } from '@tensorflow/tfjs-core'
import { type Node, sizeOf } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, registerLowerings } from '../lowering.ts'
import { pullback } from './pullback.ts'
import { pad } from './shape.ts'

interface Resize {
  readonly size: readonly [height: number, width: number]
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
}

/** Where the target's pixels along one axis lie in the source, in pixels of the source. */
function places(source: number, target: number, { alignCorners, halfPixelCenters }: Resize): number[] {
  const between = alignCorners && target > 1 ? 1 : 0
  const ratio = (source - between) / (target - between)
  return Array.from({ length: target }, (_, i) => ratio * (halfPixelCenters ? i + 0.5 : i))
}

const gather = (x: Node, pixels: readonly number[], axis: number): Node =>
  p.gather(x, p.constant(pixels, [pixels.length]), axis)

type Resizing = (x: Node, resize: Resize) => Node

/** `along` gives one axis its new extent. */
const byAxes =
  (along: (x: Node, axis: number, target: number, resize: Resize) => Node): Resizing =>
  (x, resize) =>
    resize.size.reduce((node, target, i) => along(node, i + 1, target, resize), x)

const resizeNearest = byAxes((x, axis, target, resize) => {
  const toPixel = resize.alignCorners ? Math.round : Math.floor
  const source = x.shape[axis]
  const pixels = places(source, target, resize).map(place => Math.min(source - 1, toPixel(place)))
  return gather(x, pixels, axis)
})

/** Between neighbours; beyond the first and the last centre, their values. */
const resizeBilinear = byAxes((x, axis, target, resize) => {
  const last = x.shape[axis] - 1
  const centred = places(x.shape[axis], target, resize).map(place =>
    Math.min(last, Math.max(0, resize.halfPixelCenters ? place - 0.5 : place)),
  )
  const [below, above] = [centred.map(Math.floor), centred.map(Math.ceil)]
  const [low, high] = [gather(x, below, axis), gather(x, above, axis)]
  const fractions = p.constant(
    centred.map((place, i) => place - below[i]),
    low.shape.map((extent, i) => (i === axis ? extent : 1)),
  )
  return p.add(low, p.multiply(p.broadcast(fractions, low.shape), p.subtract(high, low)))
})

const forward =
  (resize: Resizing): Lowering =>
  ({ images }, attributes) => ({ node: resize(images.node, attributes), dtype: 'float32' })

const backward =
  (resize: Resizing): Lowering =>
  ({ images, dy }, attributes) => {
    const size = dy.node.shape.slice(1, 3)
    return {
      node: pullback(x => resize(x, { ...attributes, size }), images.node, dy.node),
      dtype: 'float32',
    }
  }

/** Per axis of x: what `ofBlocks` says of the axes behind the first, nothing for the others. */
const around = (x: Node, ofBlocks: readonly number[][]): number[][] =>
  x.shape.map((_, axis) => ofBlocks[axis - 1] ?? [0, 0])

/** Blocks of the batch become neighbours in space; then `crops` are cut off. */
function batchToSpace(x: Node, blocks: number[], crops: number[][]): Node {
  const size = sizeOf(blocks)
  const shape = [...x.shape]
  const apart = backendUtil.getReshaped(shape, blocks, size)
  const order = backendUtil.getPermuted(apart.length, blocks.length)
  const joined = backendUtil.getReshapedPermuted(shape, blocks, size)
  const cut = around(x, crops)
  return p.slice(
    p.reshape(p.transpose(p.reshape(x, apart), order), joined),
    cut.map(([before]) => before),
    joined.map((extent, axis) => extent - cut[axis][0] - cut[axis][1]),
  )
}

/** Its inverse, behind the padding. */
function spaceToBatch(x: Node, blocks: number[], paddings: number[][]): Node {
  const padded = pad(x, around(x, paddings), 0)
  const shape = [...padded.shape]
  const size = sizeOf(blocks)
  const apart = backendUtil.getReshaped(shape, blocks, size, false)
  const order = backendUtil.getPermuted(apart.length, blocks.length, false)
  const joined = backendUtil.getReshapedPermuted(shape, blocks, size, false)
  return p.reshape(p.transpose(p.reshape(padded, apart), order), joined)
}

/** [batch, h, w, b·b·c] → [batch, h·b, w·b, c]. */
function depthToSpace(x: Node, block: number): Node {
  const [batch, height, width, depth] = x.shape
  const channels = depth / (block * block)
  const apart = p.reshape(x, [batch, height, width, block, block, channels])
  return p.reshape(p.transpose(apart, [0, 1, 3, 2, 4, 5]), [batch, height * block, width * block, channels])
}

registerLowerings({
  ResizeNearestNeighbor: forward(resizeNearest),
  ResizeNearestNeighborGrad: backward(resizeNearest),
  ResizeBilinear: forward(resizeBilinear),
  ResizeBilinearGrad: backward(resizeBilinear),
  FlipLeftRight: ({ image }) => ({ node: p.reverse(image.node, [2]), dtype: image.dtype }),
  BatchToSpaceND: ({ x }, { blockShape, crops }) => ({
    node: batchToSpace(x.node, blockShape, crops),
    dtype: x.dtype,
  }),
  SpaceToBatchND: ({ x }, { blockShape, paddings }) => ({
    node: spaceToBatch(x.node, blockShape, paddings),
    dtype: x.dtype,
  }),
  DepthToSpace: ({ x }, { blockSize, dataFormat }) => {
    if (dataFormat === 'NCHW') {
      throw new Error('trace: depthToSpace with dataFormat NCHW cannot be traced; transpose to NHWC')
    }
    return { node: depthToSpace(x.node, blockSize), dtype: x.dtype }
  },
})
