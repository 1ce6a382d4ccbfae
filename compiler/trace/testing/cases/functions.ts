/** Cases of tfjs' functions that are made of several kernels, by the function's name. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, integers, type Operation, random, randoms, reals, truths } from '../case.ts'

const smooth = (name: string, f: Operation, ...inputs: tf.Tensor[]): Case => ({
  name,
  f,
  inputs,
  derivatives: 'tape',
  scale: 1,
  tolerance: 1e-5,
})
const plain = (name: string, f: Operation, ...inputs: tf.Tensor[]): Case => ({ name, f, inputs, scale: 1 })

const cube = random([2, 3, 4])
const axes = [undefined, 0, -1, [0, 2]]
const reducing = (f: (x: never, axis: never, keep: boolean) => tf.Tensor | tf.Tensor[]): Case[] =>
  axes.flatMap(axis =>
    [false, true].map(keep =>
      smooth(`axis ${JSON.stringify(axis)}${keep ? ', kept' : ''}`, x => f(x, axis as never, keep), cube),
    ),
  )

const [labels, predictions] = randoms([[4, 3], [4, 3]], 0.1, 0.9) // biome-ignore format: shapes
const distribution = tf.tensor2d([[0.25, 0.5, 0.25], [1, 0, 0], [0, 0.125, 0.875], [0.5, 0, 0.5]]) // biome-ignore format: rows
const weights = reals(0.5, 0, 2)
const reductions = [
  tf.Reduction.MEAN,
  tf.Reduction.SUM,
  tf.Reduction.NONE,
  tf.Reduction.SUM_BY_NONZERO_WEIGHTS,
]
type Loss = (labels: never, predictions: never, weights?: never, ...rest: never[]) => tf.Tensor
const loss = (f: Loss, ...rest: unknown[]): Case[] => [
  smooth('plain', (a, b) => f(a, b), labels, predictions),
  ...reductions.map(kind =>
    smooth(`weighted, reduction ${kind}`, (a, b) => f(a, b, weights as never, ...([...rest, kind] as never[])), labels, predictions),
  ),
] // biome-ignore format: a table

/** x [2, 3], state [2, 4] each; weights of all gates [3 + 4, 16]. */
const lstm = randoms([[], [7, 16], [16], [2, 3], [2, 4], [2, 4]], -1, 1) // biome-ignore format: shapes

const signal = random([16])

export const functions: Cases = {
  basicLSTMCell: [
    smooth('one step', (forget, kernel, bias, x, c, h) => tf.basicLSTMCell(forget, kernel, bias, x, c, h), ...lstm),
    smooth('in a multiRNNCell', (forget, kernel, bias, x, c, h) => {
      const cell = (data: tf.Tensor2D, cc: tf.Tensor2D, hh: tf.Tensor2D) => tf.basicLSTMCell(forget, kernel, bias, data, cc, hh)
      const square = (data: tf.Tensor2D, cc: tf.Tensor2D, hh: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] =>
        [tf.tanh(tf.add(tf.slice(data, [0, 0], [2, 4]), cc)), hh]
      return tf.multiRNNCell([cell, square], x, [c, c], [h, h]).flat()
    }, ...lstm),
  ],
  batchNorm4d: [smooth('of images', (x, mean, variance) => tf.batchNorm4d(x, mean, variance, variance, mean), random([2, 3, 4, 2]), ...randoms([[2], [2]], 0.5, 2))],
  confusionMatrix: [plain('of three classes', (a, b) => tf.math.confusionMatrix(a, b, 3), integers(0, 1, 2, 2), integers(0, 2, 2, 1))],
  cosineDistance: [
    smooth('along an axis', (a, b) => tf.losses.cosineDistance(a, b, 1), labels, predictions),
  ],
  absoluteDifference: loss(tf.losses.absoluteDifference as Loss),
  hingeLoss: loss(tf.losses.hingeLoss as Loss),
  huberLoss: loss(tf.losses.huberLoss as Loss, 0.3),
  logLoss: loss(tf.losses.logLoss as Loss, 1e-3),
  meanSquaredError: loss(tf.losses.meanSquaredError as Loss),
  sigmoidCrossEntropy: loss(tf.losses.sigmoidCrossEntropy as Loss, 0.1),
  // tfjs' own derivative is right by the predictions, where the labels add up to 1.
  softmaxCrossEntropy: [
    smooth('plain', x => tf.losses.softmaxCrossEntropy(distribution, x), predictions),
    smooth('smoothed, weighted', x => tf.losses.softmaxCrossEntropy(distribution, x, reals(1, 0.5, 2, 1), 0.1), predictions),
  ],
  computeWeightedLoss: [smooth('a mean', x => tf.losses.computeWeightedLoss(x, weights), labels)],
  dot: [
    smooth('of vectors', (x, y) => tf.dot(x, y), ...randoms([[3], [3]])), smooth('of a matrix', (x, y) => tf.dot(x, y), ...randoms([[2, 3], [3]])),
    smooth('of matrices', (x, y) => tf.dot(x, y), ...randoms([[2, 3], [3, 2]])),
  ],
  outerProduct: [smooth('of vectors', (x, y) => tf.outerProduct(x, y), ...randoms([[3], [2]]))],
  euclideanNorm: reducing((x, axis, keep) => tf.euclideanNorm(x, axis, keep)),
  norm: [
    ...reducing((x, axis, keep) => tf.norm(x, 'euclidean', axis, keep)),
    ...[1, 2, Infinity, -Infinity].map(order => smooth(`of order ${order}`, x => tf.norm(x, order, 1), cube)),
    smooth('of a matrix, by columns', x => tf.norm(x, 1, [0, 1]), random([3, 4])),
  ],
  logSumExp: [...reducing((x, axis, keep) => tf.logSumExp(x, axis, keep)), plain('large', x => tf.logSumExp(x), reals(1000, 999, -Infinity))],
  moments: reducing((x, axis, keep) => Object.values(tf.moments(x, axis, keep)) as tf.Tensor[]),
  logSoftmax: [...[[5], [3, 4], [2, 1, 3, 2]].map(shape => smooth(`[${shape}]`, x => tf.logSoftmax(x), random(shape))), plain('large', x => tf.logSoftmax(x), reals(1000, 1001, -1000))],
  logSigmoid: [smooth('[2, 3]', x => tf.logSigmoid(x), random([2, 3])), plain('edges', x => tf.logSigmoid(x), reals(0, 30, -30, 1000, -1000, NaN))],
  logicalXor: [plain('pairs', (a, b) => tf.logicalXor(a, b), truths(0, 0, 1, 1), truths(0, 1, 0, 1))],
  divNoNan: [plain('by zero', (a, b) => tf.divNoNan(a, b), reals(1, 0, -3, NaN), reals(0, 0, 2, 0))],
  eye: [plain('3', () => tf.eye(3)), plain('3 by 2', () => tf.eye(3, 2)), plain('a batch', () => tf.eye(2, 2, [3]))],
  meshgrid: [plain('of range and linspace', () => tf.meshgrid(tf.range(0, 3), tf.linspace(0, 1, 2)))],
  bandPart: [smooth('lower', x => tf.linalg.bandPart(x, 1, 0), cube), smooth('upper', x => tf.linalg.bandPart(x, 0, -1), cube)],
  gramSchmidt: [smooth('of rows', x => tf.linalg.gramSchmidt(x as tf.Tensor2D), random([3, 4]))],
  qr: [
    ...[[3, 3], [4, 2], [2, 3]].map(shape => ({ ...smooth(`[${shape}]`, x => tf.linalg.qr(x), random(shape)), derivatives: 'rules' as const })),
    { ...smooth('full', x => tf.linalg.qr(x, true), random([4, 2])), derivatives: 'rules' as const },
  ],
  pool: [smooth('mean', x => tf.pool(x, 2, 'avg', 'valid', 1, 2), random([1, 4, 4, 2]))],
  grayscaleToRGB: [smooth('one image', x => tf.image.grayscaleToRGB(x as tf.Tensor3D), random([3, 4, 1]))],
  rgbToGrayscale: [{ ...smooth('one image', x => tf.image.rgbToGrayscale(x as tf.Tensor3D), random([3, 4, 3])), derivatives: 'rules' }],
  squeeze: [smooth('all', x => tf.squeeze(x), random([1, 3, 1]))],
  frame: [smooth('overlapping', x => tf.signal.frame(x, 4, 2), signal), smooth('padded', x => tf.signal.frame(x, 5, 3, true, 0.5), signal)],
  separableConv2d: [smooth('same', (x, w, v) => tf.separableConv2d(x, w, v, 1, 'same'), ...randoms([[1, 4, 4, 2], [2, 2, 2, 2], [1, 1, 4, 3]]))],
  threshold: [plain('binary', x => tf.image.threshold(x, 'binary', false, 0.4), random([4, 4, 1], 0, 1))],
  batchNorm2d: [smooth('of rows', (x, mean, variance) => tf.batchNorm2d(x, mean, variance, variance, mean), random([3, 2]), ...randoms([[2], [2]], 0.5, 2))],
  batchNorm3d: [smooth('of series', (x, mean, variance) => tf.batchNorm3d(x, mean, variance, variance, mean), random([2, 3, 2]), ...randoms([[2], [2]], 0.5, 2))],
  concat1d: [smooth('twice', x => tf.concat1d([x, x]), random([3]))],
  concat2d: [smooth('twice', x => tf.concat2d([x, x], 1), random([2, 3]))],
  concat3d: [smooth('twice', x => tf.concat3d([x, x], 1), cube)],
  concat4d: [smooth('twice', x => tf.concat4d([x, x], 1), random([2, 1, 3, 2]))],
  pad1d: [smooth('by 1', x => tf.pad1d(x, [1, 0]), random([3]))],
  pad2d: [smooth('by 1', x => tf.pad2d(x, [[1, 0], [0, 1]]), random([2, 3]))],
  pad3d: [smooth('by 1', x => tf.pad3d(x, [[1, 0], [0, 1], [0, 0]]), cube)],
  pad4d: [smooth('by 1', x => tf.pad4d(x, [[1, 0], [0, 1], [0, 0], [2, 0]]), random([2, 1, 3, 2]))],
  reverse1d: [smooth('all', x => tf.reverse1d(x), random([3]))],
  reverse2d: [smooth('an axis', x => tf.reverse2d(x, 1), random([2, 3]))],
  reverse3d: [smooth('an axis', x => tf.reverse3d(x, [0, 2]), cube)],
  reverse4d: [smooth('an axis', x => tf.reverse4d(x, 2), random([2, 1, 3, 2]))],
  slice1d: [smooth('inner', x => tf.slice1d(x, 1, 2), random([4]))],
  slice2d: [smooth('inner', x => tf.slice2d(x, [0, 1], [2, 1]), random([2, 3]))],
  slice3d: [smooth('inner', x => tf.slice3d(x, [0, 1, 1], [2, 1, 2]), cube)],
  slice4d: [smooth('inner', x => tf.slice4d(x, [0, 0, 1, 1], [2, 1, 2, 1]), random([2, 1, 3, 2]))],
} // biome-ignore format: a table
