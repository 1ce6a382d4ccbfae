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
  LRN: [
    { name: 'defaults', f: x => tf.localResponseNormalization(x), inputs: [random([2, 3, 2, 6])], derivatives: 'tape', scale: 1 },
    { name: 'of radius 1', f: x => tf.localResponseNormalization(x, 1, 0.5, 2, 0.75), inputs: [random([1, 2, 2, 5])], derivatives: 'tape', scale: 1 },
  ],
  LRNGrad: [
    {
      name: 'of radius 1',
      f: x => tf.grad(y => tf.sum(tf.localResponseNormalization(y as tf.Tensor4D, 1, 0.5, 2, 0.75)))(x),
      inputs: [random([1, 2, 2, 5])], derivatives: 'rules', scale: 1,
    },
  ],
  CropAndResize: (['bilinear', 'nearest'] as const).flatMap(method => [
    cropping(`${method}, inside`, [3, 5], method, [[0.1, 0.2, 0.75, 0.9], [0.8, 0.1, 0.3, 0.6]]),
    cropping(`${method}, beyond the border`, [4, 4], method, [[-0.3, 0.2, 1.4, 0.9], [0, 0, 1, 1]], 7),
    cropping(`${method}, to one pixel`, [1, 1], method, [[0.1, 0.2, 0.7, 0.9], [0, 0, 1, 1]]),
  ]),
  Transform: (['bilinear', 'nearest'] as const).flatMap(interpolation =>
    (['constant', 'reflect', 'wrap', 'nearest'] as const).flatMap(fill => [
      transforming(`${interpolation}, ${fill}`, interpolation, fill, [1.2, -0.3, 0.41, 0.27, 0.81, -1.13, 0, 0]),
      transforming(`${interpolation}, ${fill}, far off`, interpolation, fill, [2.3, 0.4, -7.21, 0.1, 1.9, 3.37, 0.013, 0.021], [3, 4]),
    ]),
  ),
  RotateWithOffset: [
    moving('by half a radian', x => tf.image.rotateWithOffset(x, 0.5), image, 'rules'),
    moving('filled by colour', x => tf.image.rotateWithOffset(x, -1.1, [1, 2, 3], [0.3, 0.6]), [1, 5, 5, 4], 'rules'),
  ],
} // biome-ignore format: a table

function cropping(name: string, size: [number, number], method: 'bilinear' | 'nearest', boxes: number[][], outside = 0): Case {
  const owners = tf.tensor1d([1, 0], 'int32')
  const f: Operation = (x, places) => tf.image.cropAndResize(x, places, owners, size, method, outside)
  return { name, f, inputs: [random([2, 4, 6, 3]), tf.tensor2d(boxes)], derivatives: 'rules', scale: 4, tolerance: 1e-5 }
} // biome-ignore format: a signature

/** tfjs transforms the first image of a batch only. */
function transforming(name: string, interpolation: 'bilinear' | 'nearest', fill: 'constant' | 'reflect' | 'wrap' | 'nearest', matrix: number[], size?: [number, number]): Case {
  const f: Operation = (x, transforms) => tf.image.transform(x, transforms, interpolation, fill, 0.5, size)
  return { name, f, inputs: [random([1, 4, 6, 3]), tf.tensor2d([matrix])], derivatives: 'rules', scale: 40 }
} // biome-ignore format: a signature
