import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { grad } from '../derivatives.ts'
import { expectAgreement, expectGradientsAgree, runTraced, samples } from '../testing/agreement.ts'

type Pad = 'same' | 'valid' | number | tf.backend_util.ExplicitPadding
const uneven: Pad = [[0, 0], [1, 2], [0, 1], [0, 0]] // biome-ignore format: pairs

interface Case {
  image?: number[]
  filter?: number[]
  strides?: number | [number, number]
  pad?: Pad
  dilations?: number | [number, number]
  rounding?: 'floor' | 'round' | 'ceil'
}
const cases: Case[] = [
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
]

/** tfjs' own gradients refuse dilations, and forget the rounding mode. */
const differentiable = ({ dilations, rounding }: Case): boolean => dilations === 1 && rounding !== 'ceil'

describe('convolutions agree with tfjs', () => {
  it.each(cases)('conv2d %j', ({ image = [2, 5, 6, 3], filter = [3, 2, 3, 4], ...rest }) => {
    const { strides = 1, pad = 'valid', dilations = 1, rounding } = rest
    const f = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilations, rounding)
    const inputs = samples([image, filter])
    expectAgreement(f, inputs)
    if (differentiable({ dilations, rounding })) expectGradientsAgree(f, inputs)
  })
  it.each(cases.filter(({ filter }) => filter?.[0] !== 1))('depthwise and separable %j', settings => {
    const { image = [2, 5, 6, 3], strides = 1, pad = 'valid', dilations = 1, rounding } = settings
    const depthwise = (x: tf.Tensor, w: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilations, rounding)
    const inputs = samples([image, [3, 2, 3, 2]])
    expectAgreement(depthwise, inputs)
    if (differentiable({ dilations, rounding })) expectGradientsAgree(depthwise, inputs)
  })
  it('separable, transposed, of one axis, of three', () => {
    const separable = (x: tf.Tensor, w: tf.Tensor, v: tf.Tensor) =>
      tf.separableConv2d(x as tf.Tensor4D, w as tf.Tensor4D, v as tf.Tensor4D, 1, 'same')
    expectAgreement(separable as never, samples([[2, 5, 6, 3], [3, 3, 3, 2], [1, 1, 6, 4]])) // biome-ignore format: shapes
    const transposed = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 7, 8, 4], 2, 'same')
    expectAgreement(transposed, samples([[2, 4, 4, 3], [3, 3, 4, 3]])) // biome-ignore format: shapes
    expectGradientsAgree(transposed, samples([[2, 4, 4, 3], [3, 3, 4, 3]])) // biome-ignore format: shapes
    for (const pad of ['same', 'valid'] as const) {
      for (const [stride, dilation] of [
        [1, 1],
        [2, 1],
        [1, 2],
      ]) {
        const along = (x: tf.Tensor, w: tf.Tensor) =>
          tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, stride, pad, 'NWC', dilation)
        expectAgreement(along, samples([[2, 7, 3], [3, 3, 4]])) // biome-ignore format: shapes
      }
    }
    const volume = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [1, 2, 1], 'same')
    expectAgreement(volume, samples([[1, 3, 4, 5, 2], [2, 3, 2, 2, 3]])) // biome-ignore format: shapes
    expectGradientsAgree(volume, samples([[1, 3, 4, 5, 2], [2, 3, 2, 2, 3]])) // biome-ignore format: shapes
  })
  it('channels first', () => {
    const f = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [1, 2], 'same', 'NCHW')
    expectAgreement(f, samples([[2, 3, 5, 6], [3, 2, 3, 4]])) // biome-ignore format: shapes
  })
  it.each(['linear', 'relu', 'elu', 'leakyrelu', 'prelu'] as const)('fused, %s', activation => {
    const f =
      (convolve: typeof tf.fused.conv2d | typeof tf.fused.depthwiseConv2d) =>
      (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor, slope: tf.Tensor) =>
        convolve({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: 1,
          pad: 'same',
          bias,
          activation,
          preluActivationWeights: slope,
          leakyreluAlpha: 0.3,
        })
    expectAgreement(f(tf.fused.conv2d) as never, samples([[2, 5, 6, 3], [3, 3, 3, 4], [4], [4]])) // biome-ignore format: shapes
    expectAgreement(f(tf.fused.depthwiseConv2d) as never, samples([[2, 5, 6, 3], [3, 3, 3, 1], [3], [3]])) // biome-ignore format: shapes
  })
})

describe('pooling agrees with tfjs', () => {
  const settings: [size: number | [number, number], strides: number | [number, number], pad: Pad][] = [
    [2, 2, 'valid'],
    [[2, 3], 1, 'valid'],
    [3, 2, 'same'],
    [[3, 1], [1, 2], 1],
    [2, 1, uneven],
    [[6, 7], 1, 'valid'],
  ]
  it.each(settings)('size %j, strides %j, padding %j', (size, strides, pad) => {
    const x = samples([[2, 6, 7, 3]])
    const average = (image: tf.Tensor) => tf.avgPool(image as tf.Tensor4D, size, strides, pad as never)
    const greatest = (image: tf.Tensor) => tf.maxPool(image as tf.Tensor4D, size, strides, pad as never)
    expectAgreement(average, x)
    expectAgreement(greatest, x)
    if (pad === uneven) return
    expectGradientsAgree(greatest, x)
    // At the border, tfjs' derivative divides by the whole window, and its mean by the part inside: only here is it right.
    if (pad === 'valid') expectGradientsAgree(average, x)
  })
  it('dilated, and of three axes', () => {
    const x = samples([[2, 6, 7, 3]])
    for (const kind of ['max', 'avg'] as const) {
      expectAgreement(image => tf.pool(image as tf.Tensor4D, 2, kind, 'valid', 2), x)
      expectAgreement(image => tf.pool(image as tf.Tensor4D, 2, kind, 'same', [2, 3]), x)
    }
    const volume = samples([[1, 4, 5, 6, 2]])
    for (const pool of [tf.maxPool3d, tf.avgPool3d]) {
      expectAgreement(v => pool(v as tf.Tensor5D, [2, 3, 2], [1, 2, 2], 'same'), volume)
      // In windows that are no cubes, tfjs' derivative of the greatest takes a wrong element.
      expectGradientsAgree(v => pool(v as tf.Tensor5D, 2, [1, 2, 2], 'valid'), volume)
    }
  })
  it('the mean of ones is one, also at the border, and its derivative is the transpose of its linear map', () => {
    const mean = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same')
    expect(runTraced(mean, [tf.ones([1, 4, 5, 1])])[0].values.every(value => value === 1)).toBe(true)
    const [x, w] = samples([[1, 4, 5, 1], [1, 2, 3, 1]]) // biome-ignore format: shapes
    const pairing = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b))
    const [{ values }] = runTraced(
      v => tf.sub(pairing(grad(u => pairing(w, mean(u)))(v), v), pairing(w, mean(v))),
      [x],
    )
    expect(values[0]).toBeCloseTo(0, 14)
  })
})
