/** Cases of kernels that scatter, sort and search. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, integers, type Operation, random, reals } from '../case.ts'

const places = (...rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, 'int32')
/** tfjs has no derivatives of these. */
const ruled = (name: string, f: Operation, ...inputs: tf.Tensor[]): Case => ({
  name,
  f,
  inputs,
  derivatives: 'rules',
})
const plain = (name: string, f: Operation, ...inputs: tf.Tensor[]): Case => ({ name, f, inputs })

const scatter =
  (where: tf.Tensor, shape: number[]): Operation =>
  x =>
    tf.scatterND(where, x, shape)
const update =
  (where: tf.Tensor): Operation =>
  (x, y) =>
    tf.tensorScatterUpdate(x, where, y)
const densify = (where: tf.Tensor, shape: number[], background: number): Operation => x =>
  tf.sparseToDense(where, x, shape, tf.scalar(background)) // biome-ignore format: one line each
const topK =
  (k: number): Operation =>
  x =>
    Object.values(tf.topk(x, k)) as tf.Tensor[]
const sorted = reals(0, 1, 1, 3, 4)

export const indexing: Cases = {
  ScatterNd: [
    ruled('rows', scatter(places([1], [3], [1]), [5, 4]), random([3, 4])),
    ruled('elements', scatter(places([1, 2], [0, 3], [1, 2]), [2, 4]), random([3])),
    ruled('slices', scatter(places([1, 0], [0, 1]), [2, 2, 3]), random([2, 3])),
    plain('int32', scatter(places([1], [0]), [3]), integers(7, 2 ** 24 + 1)),
  ],
  TensorScatterUpdate: [
    ruled('rows', update(places([1], [0], [2])), random([3, 4]), random([3, 4])),
    ruled('of equal indices the last one', update(places([1], [0], [1])), random([3, 4]), random([3, 4])),
    plain('infinities', update(places([0], [2])), reals(Infinity, -Infinity, 3), reals(1, -Infinity)),
  ],
  SparseToDense: [
    ruled('of a matrix', densify(places([0, 1], [2, 0]), [3, 2], 7), random([2])),
    ruled('of a vector', densify(integers(4, 1), [6], 0), random([2])),
    ruled('one number', densify(integers(4, 1), [6], 0), random([])),
  ],
  TopK: [
    ...[1, 3, 5].map(k => plain(`k = ${k}`, topK(k), random([2, 3, 5]))),
    plain('ties', x => topK(4)(tf.round(x) as never), random([4, 5])),
    plain('infinities', topK(3), reals(0, -Infinity, Infinity, 3, 3)),
    ruled('values', x => tf.topk(x, 2).values, random([3, 4])),
  ],
  SearchSorted: [
    plain('lower', x => tf.lowerBound(sorted, x), reals(-1, 0, 0.5, 1, 2, 3.5, 4, 9)),
    plain('upper', x => tf.upperBound(sorted, x), reals(-1, 0, 0.5, 1, 2, 3.5, 4, 9, Infinity)),
    plain('in rows', (x, y) => tf.searchSorted(x, y), tf.tensor2d([[1, 2, 3], [0, 0, 9]]), tf.tensor2d([[2, 5], [0, 1]])),
  ],
  Bincount: [
    ruled('weighted', w => tf.bincount(integers(1, 0, 4, 1, 9) as tf.Tensor1D, w, 5), random([5])),
    plain('counts', x => tf.bincount(x, tf.tensor1d([], 'int32'), 5), integers(1, 0, 4, 1, 9)),
  ],
  DenseBincount: [
    ruled('weighted', w => tf.denseBincount(places([1, 0, 2], [1, 1, 9]) as tf.Tensor2D, w, 4), random([2, 3])),
    plain('counts', x => tf.denseBincount(x, tf.tensor1d([]), 4), places([1, 0, 2], [1, 1, 9])),
    plain('whether', x => tf.denseBincount(x, tf.tensor1d([]), 4, true), places([1, 0, 2], [1, 1, 9])),
    plain('of a vector', x => tf.denseBincount(x, tf.tensor1d([]), 4), integers(3, 3, 0)),
  ],
  SparseSegmentSum: [
    ruled('rows', x => tf.sparse.sparseSegmentSum(x, integers(2, 0, 1, 1) as tf.Tensor1D, integers(0, 0, 1, 3) as tf.Tensor1D), random([3, 2])),
    ruled('numbers', x => tf.sparse.sparseSegmentSum(x, integers(2, 0) as tf.Tensor1D, integers(0, 1) as tf.Tensor1D), random([3])),
  ],
  SparseSegmentMean: [
    ruled('rows', x => tf.sparse.sparseSegmentMean(x, integers(2, 0, 1, 1) as tf.Tensor1D, integers(0, 0, 1, 3) as tf.Tensor1D), random([3, 2])),
  ],
} // biome-ignore format: a table
