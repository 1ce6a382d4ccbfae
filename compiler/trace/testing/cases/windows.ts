/** Cases of kernels whose windows slide over images and series: convolution, pooling, dilation. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, type Operation, random, randoms } from '../case.ts'

type Pad = 'same' | 'valid' | number | tf.backend_util.ExplicitPadding
const uneven: Pad = [[0, 0], [1, 2], [0, 1], [0, 0]] // biome-ignore format: pairs

interface Sliding {
  image?: number[]
  filter?: number[]
  strides?: number | [number, number]
  pad?: Pad
  dilations?: number | [number, number]
  rounding?: 'floor' | 'round' | 'ceil'
}

const slides: Sliding[] = [
  {},
  { pad: 'same' },
  { pad: 'same', filter: [2, 4, 3, 5] },
  { strides: 2, pad: 'same' },
  { strides: [1, 3] },
  { strides: [3, 2], pad: 'same', image: [1, 7, 8, 3] },
  { pad: 2 },
  { pad: uneven, strides: [2, 1] },
  { dilations: 2 },
  { dilations: [1, 2], pad: 'same' },
  { filter: [1, 1, 3, 4] },
  { filter: [1, 1, 3, 4], strides: 2 },
  { pad: 1, strides: 2, rounding: 'floor' },
  { pad: 1, strides: 2, rounding: 'ceil' },
  { filter: [5, 6, 3, 2] },
]

const named = (sliding: Sliding): string => JSON.stringify(sliding).replaceAll('"', '')
/** tfjs' own derivatives refuse dilations, and forget the rounding mode. */
const derivativesOf = ({ dilations, rounding }: Sliding): Case['derivatives'] =>
  dilations || rounding === 'ceil' ? 'rules' : 'tape'

const conv2d =
  ({ strides = 1, pad = 'valid', dilations = 1, rounding }: Sliding): Operation =>
  (x, w) =>
    tf.conv2d(x, w, strides, pad, 'NHWC', dilations, rounding)
const depthwise =
  ({ strides = 1, pad = 'valid', dilations = 1, rounding }: Sliding): Operation =>
  (x, w) =>
    tf.depthwiseConv2d(x, w, strides, pad, 'NHWC', dilations, rounding)

/** A convolution adds at most some fifty products of numbers in (−2, 2). */
const scale = 16

const onImages = (convolve: (sliding: Sliding) => Operation, channels: number): Case[] =>
  slides.map(sliding => ({
    name: named(sliding),
    f: convolve(sliding),
    inputs: randoms([sliding.image ?? [2, 5, 6, 3], (sliding.filter ?? [3, 2, 3, 4]).with(3, channels)]),
    derivatives: derivativesOf(sliding),
    scale,
  }))

const transposed = (name: string, size: [number, number, number, number], strides: number, pad: 'same' | 'valid'): Case => ({
  name,
  f: (x, w) => tf.conv2dTranspose(x, w, size, strides, pad),
  inputs: randoms([[2, 4, 4, 3], [3, 3, 4, 3]]),
  derivatives: 'tape',
  scale,
}) // biome-ignore format: shapes

const alongOne = (['same', 'valid'] as const).flatMap(pad =>
  [[1, 1], [2, 1], [1, 2]].map(([stride, dilation]): Case => ({
    name: `conv1d, ${pad}, stride ${stride}, dilation ${dilation}`,
    f: (x, w) => tf.conv1d(x, w, stride, pad, 'NWC', dilation),
    inputs: randoms([[2, 7, 3], [3, 3, 4]]), derivatives: dilation > 1 ? 'rules' : 'tape', scale,
  })),
) // biome-ignore format: a table

/** The derivatives of a function by one of its operands, as tfjs' tape calls its kernels for them. */
const derivative =
  (f: Operation, by: number): Operation =>
  (...x) => {
    const sum = (...y: never[]) => tf.sum(tf.square((f as (...y: never[]) => tf.Tensor)(...y))) as tf.Scalar
    return tf.grads(sum as never)(x as tf.Tensor[])[by]
  }
const backward = (name: string, f: Operation, by: number, ...inputs: tf.Tensor[]): Case => ({
  name,
  f: derivative(f, by),
  inputs,
  derivatives: 'rules',
  scale: 64,
})

const activations = ['linear', 'relu', 'elu', 'leakyrelu', 'prelu'] as const
const fused = (convolve: typeof tf.fused.conv2d | typeof tf.fused.depthwiseConv2d, multiplier: number): Case[] =>
  activations.map(activation => ({
    name: activation,
    f: (x, filter, bias, slope) =>
      convolve({ x, filter, strides: 1, pad: 'same', bias, activation, preluActivationWeights: slope, leakyreluAlpha: 0.3 }),
    inputs: randoms([[2, 5, 6, 3], [3, 3, 3, multiplier], [multiplier === 1 ? 3 : multiplier], [multiplier === 1 ? 3 : multiplier]]),
    derivatives: 'rules',
    scale,
  })) // biome-ignore format: shapes

const volume = randoms([[1, 3, 4, 5, 2], [2, 3, 2, 2, 3]]) // biome-ignore format: shapes
const conv3d: Operation = (x, w) => tf.conv3d(x, w, [1, 2, 1], 'same')

export const convolution: Cases = {
  Conv2D: [
    ...onImages(conv2d, 4), ...alongOne,
    { name: 'channels first', f: (x, w) => tf.conv2d(x, w, [1, 2], 'same', 'NCHW'), inputs: randoms([[2, 3, 5, 6], [3, 2, 3, 4]]), derivatives: 'rules', scale },
  ],
  Conv2DBackpropInput: [
    transposed('conv2dTranspose, same', [2, 7, 8, 4], 2, 'same'), transposed('conv2dTranspose, valid', [2, 6, 6, 4], 1, 'valid'),
    backward('by the image', conv2d({ pad: 'same', strides: 2 }), 0, ...randoms([[2, 5, 6, 3], [3, 2, 3, 4]])),
  ],
  Conv2DBackpropFilter: [backward('by the filter', conv2d({ strides: [1, 2] }), 1, ...randoms([[2, 5, 6, 3], [3, 2, 3, 4]]))],
  DepthwiseConv2dNative: [
    ...onImages(depthwise, 2).filter(({ inputs }) => inputs[1].shape[0]! > 1),
    { name: 'separable', f: (x, w, v) => tf.separableConv2d(x, w, v, 1, 'same'), inputs: randoms([[2, 5, 6, 3], [3, 3, 3, 2], [1, 1, 6, 4]]), derivatives: 'tape', scale: 200 },
  ],
  DepthwiseConv2dNativeBackpropInput: [backward('by the image', depthwise({ pad: 'same' }), 0, ...randoms([[2, 5, 6, 3], [3, 3, 3, 2]]))],
  DepthwiseConv2dNativeBackpropFilter: [backward('by the filter', depthwise({ pad: 'same' }), 1, ...randoms([[2, 5, 6, 3], [3, 3, 3, 2]]))],
  FusedConv2D: fused(tf.fused.conv2d, 4),
  FusedDepthwiseConv2D: fused(tf.fused.depthwiseConv2d, 1),
  Conv3D: [
    { name: 'same', f: conv3d, inputs: volume, derivatives: 'tape', scale },
    { name: 'valid', f: (x, w) => tf.conv3d(x, w, 1, 'valid'), inputs: volume, derivatives: 'tape', scale },
  ],
  Conv3DBackpropInputV2: [
    backward('by the volume', conv3d, 0, ...volume),
    { name: 'conv3dTranspose', f: (x, w) => tf.conv3dTranspose(x, w, [1, 3, 4, 5, 2], 1, 'same'), inputs: randoms([[1, 3, 4, 5, 3], [2, 3, 2, 2, 3]]), derivatives: 'rules', scale },
  ],
  Conv3DBackpropFilterV2: [backward('by the filter', conv3d, 1, ...volume)],
} // biome-ignore format: a table

type Pooling = [size: number | [number, number], strides: number | [number, number], pad: Pad]
const pools: Pooling[] = [
  [2, 2, 'valid'], [[2, 3], 1, 'valid'], [3, 2, 'same'], [[3, 1], [1, 2], 1], [2, 1, uneven], [[6, 7], 1, 'valid'], [1, 1, 'same'],
] // biome-ignore format: a table

const pool = (kind: 'max' | 'avg'): Case[] => {
  const flat = kind === 'max' ? tf.maxPool : tf.avgPool
  return [
    ...pools.map(([size, strides, pad]): Case => {
      // At the border tfjs' derivative of a mean divides by the whole window, where its mean divides by the part inside.
      const taped = pad !== uneven && (kind === 'max' || pad === 'valid')
      // The mean of a window that is all outside is NaN.
      const defined = kind === 'max' || typeof pad === 'string'
      const f: Operation = x => flat(x, size, strides, pad as number)
      const derivatives = defined ? (taped ? 'tape' : 'rules') : undefined
      return { name: JSON.stringify([size, strides, pad]), f, inputs: [random([2, 6, 7, 3])], derivatives }
    }),
    { name: 'dilated', f: x => tf.pool(x, 2, kind, 'same', [2, 3]), inputs: [random([2, 6, 7, 3])], derivatives: 'rules' },
    { name: 'without a batch', f: x => flat(x, 2, 1, 'valid'), inputs: [random([4, 5, 2])], derivatives: 'tape' },
  ] // biome-ignore format: a table
}
const pool3d = (pools: typeof tf.maxPool3d | typeof tf.avgPool3d): Case[] => [
  { name: 'same', f: x => pools(x, [2, 3, 2], [1, 2, 2], 'same'), inputs: [random([1, 4, 5, 6, 2])], derivatives: 'rules' },
  // In windows that are no cubes, tfjs' derivative of the greatest takes a wrong element.
  { name: 'cubes', f: x => pools(x, 2, [1, 2, 2], 'valid'), inputs: [random([1, 4, 5, 6, 2])], derivatives: 'tape' },
] // biome-ignore format: a table
const ofPool = (f: Operation, shape: number[]): Case[] => [backward('by the image', f, 0, random(shape))]

function withPlace(
  name: string,
  shape: number[],
  size: number | [number, number],
  strides: number,
  pad: 'valid' | 'same',
  inBatch = false,
): Case {
  // tfjs' own pads by nothing but names, and has no derivative.
  const f: Operation = x => Object.values(tf.maxPoolWithArgmax(x, size, strides, pad, inBatch)) as tf.Tensor[]
  return { name, f, inputs: [random(shape)], derivatives: 'rules' }
}
function dilating(name: string, shape: number[], strides: number | [number, number], pad: 'valid' | 'same', dilations = 1): Case {
  const f: Operation = (x, w) => tf.dilation2d(x, w, strides, pad, dilations)
  return { name, f, inputs: randoms([shape, [2, 3, shape[3]]]), derivatives: dilations > 1 ? 'rules' : 'tape' }
} // biome-ignore format: signatures

export const pooling: Cases = {
  MaxPool: pool('max'),
  AvgPool: pool('avg'),
  MaxPool3D: pool3d(tf.maxPool3d),
  AvgPool3D: pool3d(tf.avgPool3d),
  MaxPoolGrad: ofPool(x => tf.maxPool(x, 2, 2, 'same'), [2, 5, 6, 2]),
  AvgPoolGrad: ofPool(x => tf.avgPool(x, 2, 1, 'valid'), [2, 5, 6, 2]),
  MaxPool3DGrad: ofPool(x => tf.maxPool3d(x, 2, 1, 'valid'), [1, 3, 4, 4, 2]),
  AvgPool3DGrad: ofPool(x => tf.avgPool3d(x, 2, 1, 'valid'), [1, 3, 4, 4, 2]),
  MaxPoolWithArgmax: [
    withPlace('valid', [2, 6, 7, 3], 2, 2, 'valid'), withPlace('same', [2, 5, 6, 2], [3, 2], 1, 'same'),
    withPlace('in the batch', [2, 4, 4, 1], 2, 2, 'valid', true),
  ],
  Dilation2D: [
    dilating('same', [2, 5, 6, 2], 1, 'same'), dilating('strided', [1, 6, 6, 3], [2, 1], 'valid'),
    dilating('dilated', [1, 6, 6, 2], 1, 'valid', 2),
  ],
  Dilation2DBackpropInput: [backward('by the image', (x, w) => tf.dilation2d(x, w, 1, 'same'), 0, ...randoms([[1, 4, 5, 2], [2, 2, 2]]))],
  Dilation2DBackpropFilter: [backward('by the filter', (x, w) => tf.dilation2d(x, w, 1, 'same'), 1, ...randoms([[1, 4, 5, 2], [2, 2, 2]]))],
} // biome-ignore format: a table
