import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { expectAgreement, runTraced, samples } from '../testing/agreement.ts'

const moves: Record<string, (x: tf.Tensor) => tf.Tensor | tf.Tensor[]> = {
  reshape: x => tf.reshape(x, [4, -1]),
  expandDims: x => tf.expandDims(x, -1),
  squeeze: x => tf.squeeze(tf.expandDims(x, 1)),
  flatten: x => tf.reshape(x, [-1]),
  transpose: x => tf.transpose(x),
  'transpose by a permutation': x => tf.transpose(x, [1, 2, 0]),
  slice: x => tf.slice(x, [0, 1, 1], [2, -1, 2]),
  stridedSlice: x => tf.stridedSlice(x, [0, 2, 3], [2, 0, 0], [1, -1, -2]),
  'stridedSlice with masks': x => tf.stridedSlice(x, [0, 1], [1, 3], [1, 1], 0, 0, 0, 0, 1),
  'stridedSlice with a new axis': x => tf.stridedSlice(x, [0, 0, 1], [0, 2, 3], [1, 1, 1], 0, 0, 0, 1),
  'split evenly': x => tf.split(x, 2, 2),
  'split by sizes': x => tf.split(x, [1, 2], 1),
  unstack: x => tf.unstack(x, 1),
  concat: x => tf.concat([x, tf.neg(x)], -1),
  stack: x => tf.stack([x, tf.neg(x)], 1),
  'stack behind': x => tf.stack([x, tf.neg(x)], -1),
  tile: x => tf.tile(x, [1, 2, 3]),
  broadcastTo: x => tf.broadcastTo(tf.slice(x, [0, 0, 0], [1, 3, 4]), [5, 3, 4]),
  'pad by zeros': x => tf.pad(x, [[1, 0], [0, 2], [1, 1]]),
  'pad by a constant': x => tf.pad(x, [[1, 0], [0, 2], [1, 1]], 7),
  'pad by reflection': x => tf.mirrorPad(x, [[1, 0], [0, 2], [2, 1]], 'reflect'),
  'pad symmetrically': x => tf.mirrorPad(x, [[1, 2], [0, 3], [0, 1]], 'symmetric'),
  reverse: x => tf.reverse(x, [0, -1]),
  gather: x => tf.gather(x, tf.tensor1d([2, 0, 0], 'int32'), 1),
  'gather by a matrix of indices': x => tf.gather(x, tf.tensor2d([[3, 0], [1, 1]], [2, 2], 'int32'), 2),
  'gather in batches': x => tf.gather(x, tf.tensor2d([[2, 0], [1, 1]], [2, 2], 'int32'), 1, 1),
  'gather in batches, behind other axes': x => tf.gather(x, tf.tensor3d([[[3, 0, 1]], [[1, 1, 2]]], [2, 1, 3], 'int32'), 2, 1),
  'gather in two batch axes': x => tf.gather(x, tf.tensor3d([0, 3, 1, 1, 2, 0], [2, 3, 1], 'int32'), 2, 2),
  gatherND: x => tf.gatherND(x, tf.tensor2d([[1, 2], [0, 1]], [2, 2], 'int32')),
  unsortedSegmentSum: x => tf.unsortedSegmentSum(x, tf.tensor1d([2, 2], 'int32'), 4),
  diag: x => tf.diag(tf.reshape(tf.slice(x, [0, 0, 0], [1, 1, 4]), [4])),
  'ones and zeros': x => [tf.onesLike(x), tf.zerosLike(x), tf.ones([2]), tf.zeros([2]), tf.fill([2], 3)],
  meshgrid: () => tf.meshgrid(tf.range(0, 3), tf.linspace(0, 1, 2)),
  bandPart: x => tf.linalg.bandPart(x, 1, 0),
} // biome-ignore format: a table

describe('kernels that move numbers agree with tfjs', () => {
  it.each(Object.entries(moves))('%s', (_, f) => expectAgreement(f as never, samples([[2, 3, 4]])))
  it('oneHot, range, linspace, eye', () => {
    expectAgreement(() => tf.oneHot(tf.tensor1d([2, 0, 5], 'int32'), 4, 2, -1), [])
    expectAgreement(() => tf.cast(tf.range(1, 6, 2, 'int32'), 'float32'), [])
    expectAgreement(() => tf.range(3, 0, -1), [])
    expectAgreement(() => tf.linspace(-1, 1, 5), [])
    expectAgreement(x => tf.matMul(tf.eye(3), x), samples([[3, 2]]))
  })
  it('linspace and range in double precision', () => {
    const [{ values }] = runTraced(() => tf.linspace(0, 0.3, 4), [])
    expect(values).toEqual([0, 0.3 / 3, 2 * (0.3 / 3), 3 * (0.3 / 3)])
  })
})
