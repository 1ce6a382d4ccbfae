/** Cases of kernels that resize or rearrange images, and that normalise them. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, type Operation, random, randoms } from '../case.ts'

const sizes: [number, number][] = [[8, 12], [4, 6], [2, 3], [5, 9], [1, 1]] // biome-ignore format: pairs
const modes: [aligned: boolean, halved: boolean][] = [[false, false], [true, false], [false, true]] // biome-ignore format: pairs

const resizing = (resize: typeof tf.image.resizeBilinear): Case[] => [
  ...sizes.flatMap(size =>
    modes.map(([aligned, halved]): Case => ({
      name: `to ${size}${aligned ? ', corners aligned' : ''}${halved ? ', centres halved' : ''}`,
      f: x => resize(x, size, aligned, halved), inputs: [random([2, 4, 6, 3])], derivatives: 'rules', scale: 2,
    })),
  ),
  // tfjs' own exchange height and width, take another image's numbers in a batch, and forget halfPixelCenters.
  { name: 'one square image', f: x => resize(x, [8, 9]), inputs: [random([1, 4, 4, 3])], derivatives: 'tape', scale: 2 },
] // biome-ignore format: a table

const resizingBackward = (resize: typeof tf.image.resizeBilinear): Case[] => [
  {
    name: 'one square image',
    f: x => tf.grad((y: tf.Tensor) => tf.sum(tf.square(resize(y as tf.Tensor4D, [8, 8]))))(x),
    inputs: [random([1, 4, 4, 3])],
    derivatives: 'rules',
    scale: 16,
  },
]

const moving = (name: string, f: Operation, shape: number[], derivatives: Case['derivatives']): Case => ({
  name,
  f,
  inputs: [random(shape)],
  derivatives,
})
const image = [2, 4, 6, 3]

export const images: Cases = {
  ResizeBilinear: resizing(tf.image.resizeBilinear),
  ResizeNearestNeighbor: resizing(tf.image.resizeNearestNeighbor),
  ResizeBilinearGrad: resizingBackward(tf.image.resizeBilinear),
  ResizeNearestNeighborGrad: resizingBackward(tf.image.resizeNearestNeighbor),
  SpaceToBatchND: [
    moving('[2, 3]', x => tf.spaceToBatchND(x, [2, 3], [[0, 0], [1, 2]]), image, 'tape'),
    moving('[2], one axis', x => tf.spaceToBatchND(x, [2], [[1, 1]]), [3, 4, 2], 'tape'),
  ],
  BatchToSpaceND: [moving('[2, 2]', x => tf.batchToSpaceND(x, [2, 2], [[1, 0], [0, 3]]), [4, 4, 6, 3], 'tape')],
  DepthToSpace: [moving('by 2', x => tf.depthToSpace(x, 2, 'NHWC'), [2, 2, 3, 12], 'rules')],
  FlipLeftRight: [moving('a batch', x => tf.image.flipLeftRight(x), image, 'rules')],
  FusedBatchNorm: [
    {
      name: 'by channel, with scale and offset',
      f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 0.01),
      inputs: [random([2, 3, 4]), ...randoms([[4], [4], [4], [4]], 0.2, 2)],
      derivatives: 'tape', scale: 2,
    },
    {
      name: 'of a vector, by moments alone', f: (x, mean, variance) => tf.batchNorm(x, mean, variance),
      inputs: [random([5]), ...randoms([[5], [5]], 0.2, 2)], derivatives: 'rules', scale: 2,
    },
  ],
} // biome-ignore format: a table
