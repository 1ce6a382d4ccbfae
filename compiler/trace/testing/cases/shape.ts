/** Cases of kernels that move numbers, and of those that make constants. */

import * as tf from '@tensorflow/tfjs'
import {
  type Case,
  type Cases,
  indices,
  integers,
  type Operation,
  operation,
  random,
  reals,
  truths,
} from '../case.ts'

/** On [2, 3, 4], unless `inputs` says otherwise; derivatives by both. */
const moving = (name: string, f: Operation, ...inputs: tf.Tensor[]): Case => ({
  name,
  f,
  inputs: inputs.length > 0 ? inputs : [random([2, 3, 4])],
  derivatives: 'tape',
})
/** Without derivatives: constants, and other types. */
const making = (name: string, f: Operation, ...inputs: tf.Tensor[]): Case => ({ name, f, inputs })
/** tfjs has no derivative. */
const ruled = (name: string, f: Operation, ...inputs: tf.Tensor[]): Case => ({
  ...moving(name, f, ...inputs),
  derivatives: 'rules',
})
const empty = tf.zeros([2, 0, 4])
const wholes = integers(7, -2, 2 ** 24 + 1, 0)
const special = reals(NaN, Infinity, -0, 1e-40)
/** Numbers of every type pass as they are. */
const passing = (f: Operation): Case[] =>
  [wholes, special, truths(1, 0, 1, 1)].map(x => making(`${x.dtype}`, f, x))

const slicing: [name: string, begin: number[], end: number[], strides: number[], ...masks: number[]][] = [
  ['backwards', [0, 2, 3], [2, 0, 0], [1, -1, -2]],
  ['with masks', [0, 1], [1, 3], [1, 1], 0, 0, 0, 0, 1],
  ['with a new axis', [0, 0, 1], [0, 2, 3], [1, 1, 1], 0, 0, 0, 1],
  ['by twos', [0, 0, 1], [2, 3, 4], [1, 2, 2]],
  ['with an ellipsis', [0, 1], [0, 3], [1, 1], 0, 0, 1],
  ['from begin to end masked', [1, 1, 1], [1, 2, 3], [1, 1, 1], 1, 2],
] // biome-ignore format: a table

export const shape: Cases = {
  BroadcastArgs: [
    making('shapes', (a, b) => tf.broadcastArgs(a, b), integers(2, 1, 3), integers(4, 3)),
    making('of nothing', (a, b) => tf.broadcastArgs(a, b), integers(), integers(4, 3)),
  ],
  Concat: [
    ...[0, 1, -1].map(axis => moving(`axis ${axis}`, x => tf.concat([x, tf.neg(x), x], axis))),
    moving('unequal', (x, y) => tf.concat([x, y], 1), random([2, 3]), random([2, 1])),
    moving('with nothing', (x, y) => tf.concat([x, y], 1), random([2, 3]), tf.zeros([2, 0])),
    ...passing(x => tf.concat([x, x])),
  ],
  Diag: [
    moving('of a vector', operation('diag'), random([3])),
    moving('of a matrix', operation('diag'), random([2, 3])),
    making('int32', operation('diag'), wholes),
  ].map(each => (each.derivatives ? { ...each, derivatives: 'rules' } : each)),
  ExpandDims: [
    ...[0, 1, 3, -1, -2].map(axis => moving(`axis ${axis}`, x => tf.expandDims(x, axis))),
    moving('a number', x => tf.expandDims(x), random([])),
    ...passing(x => tf.expandDims(x)),
  ],
  Fill: [
    making('float32', () => tf.fill([2, 3], 0.1)),
    making('int32', () => tf.fill([2], 3, 'int32')),
    making('nothing', () => tf.fill([0, 2], 3)),
    making('one', () => tf.fill([], NaN)),
  ],
  GatherNd: [
    ruled('elements', (x, i) => tf.gatherND(x, i), random([2, 3, 4]), tf.tensor2d([[1, 2, 3], [0, 1, 0]], [2, 3], 'int32')),
    ruled('slices', (x, i) => tf.gatherND(x, i), random([2, 3, 4]), tf.tensor2d([[1, 2], [0, 1], [1, 2]], [3, 2], 'int32')),
    ruled('rows of a table of indices', (x, i) => tf.gatherND(x, i), random([3, 2]), indices([2, 2, 1], 3)),
  ].map(constantIndices),
  GatherV2: [
    ...[0, 1, 2, -1].map(axis => indexed(`axis ${axis}`, (x, i) => tf.gather(x, i, axis), random([2, 3, 4]), indices([5], 2))),
    indexed('one', (x, i) => tf.gather(x, i, 1), random([2, 3, 4]), indices([], 3)),
    indexed('by a matrix of indices', (x, i) => tf.gather(x, i, 2), random([2, 3, 4]), indices([2, 3], 4)),
    indexed('nothing', (x, i) => tf.gather(x, i, 1), random([2, 3]), indices([0], 1)),
    { ...indexed('in batches', (x, i) => tf.gather(x, i, 1, 1), random([2, 3, 4]), indices([2, 2], 3)), derivatives: 'rules' },
    { ...indexed('in batches, behind other axes', (x, i) => tf.gather(x, i, 2, 1), random([2, 3, 4]), indices([2, 1, 3], 4)), derivatives: 'rules' },
    { ...indexed('in two batch axes', (x, i) => tf.gather(x, i, 2, 2), random([2, 3, 4]), indices([2, 3, 1], 4)), derivatives: 'rules' },
    ...passing(x => tf.gather(x, tf.tensor1d([3, 0, 0], 'int32'))),
  ],
  LinSpace: [making('five', () => tf.linspace(-1, 1, 5)), making('one', () => tf.linspace(3, 9, 1)), making('down', () => tf.linspace(1, 0, 3))],
  MirrorPad: [
    moving('by reflection', x => tf.mirrorPad(x, [[1, 0], [0, 2], [2, 1]], 'reflect')),
    moving('symmetrically', x => tf.mirrorPad(x, [[1, 2], [0, 3], [0, 1]], 'symmetric')),
    moving('a vector', x => tf.mirrorPad(x, [[2, 2]], 'reflect'), random([3])),
  ].map(each => ({ ...each, derivatives: 'rules' })),
  OneHot: [
    making('out of range', i => tf.oneHot(i, 4, 2, -1), integers(2, 0, 5, -1)),
    making('of a matrix', i => tf.oneHot(i, 3), indices([2, 2], 3)),
    making('float32', i => tf.oneHot(i, 3, 1, 0, 'float32'), indices([4], 3)),
  ],
  Pack: [
    ...[0, 1, -1].map(axis => moving(`axis ${axis}`, x => tf.stack([x, tf.neg(x)], axis))),
    moving('numbers', (x, y) => tf.stack([x, y]), random([]), random([])),
    making('int32', x => tf.stack([x, x]), wholes),
  ],
  PadV2: [
    moving('by zeros', x => tf.pad(x, [[1, 0], [0, 2], [1, 1]])),
    moving('by a constant', x => tf.pad(x, [[1, 0], [0, 2], [1, 1]], 7)),
    making('nothing', x => tf.pad(x, [[0, 0], [1, 1], [0, 0]], 2), empty),
    ...[wholes, special].map(x => making(x.dtype, y => tf.pad(y, [[1, 2]], 3), x)),
  ],
  Range: [
    making('up', () => tf.range(1, 6, 2, 'int32')), making('down', () => tf.range(3, 0, -1)),
    making('by halves', () => tf.range(0, 2, 0.5)), making('nothing', () => tf.range(3, 3)),
  ],
  Reshape: [
    moving('[4, −1]', x => tf.reshape(x, [4, -1])), moving('flat', x => tf.reshape(x, [-1])),
    moving('to a number', x => tf.reshape(x, []), random([1, 1])), moving('squeezed', x => tf.squeeze(x), random([1, 3, 1])),
    making('nothing', x => tf.reshape(x, [4, 0]), empty), ...passing(x => tf.reshape(x, [2, 2])),
  ],
  Reverse: [
    ...[0, [0, -1], [0, 1, 2], undefined].map(axis => moving(`axes ${JSON.stringify(axis)}`, x => tf.reverse(x, axis))),
    making('nothing', x => tf.reverse(x, 0), empty), ...passing(x => tf.reverse(x)),
  ],
  Slice: [
    moving('inner', x => tf.slice(x, [0, 1, 1], [2, -1, 2])), moving('first axis', x => tf.slice(x, 1)),
    moving('to nothing', x => tf.slice(x, [0, 3, 0], [2, 0, 4])), ...passing(x => tf.slice(x, 1, 2)),
  ],
  SplitV: [
    moving('evenly', x => tf.split(x, 2, 2)), moving('by sizes', x => tf.split(x, [1, 2], 1)),
    moving('the rest', x => tf.split(x, [1, -1], -1)), making('int32', x => tf.split(x, 2), wholes),
  ],
  StridedSlice: slicing.map(([name, begin, end, strides, ...masks]) =>
    ruled(name, x => tf.stridedSlice(x, begin, end, strides, ...masks)),
  ),
  Tile: [
    moving('[1, 2, 3]', x => tf.tile(x, [1, 2, 3])), moving('a vector', x => tf.tile(x, [3]), random([2])),
    moving('broadcast', x => tf.broadcastTo(x, [5, 3, 4]), random([3, 1])), making('to nothing', x => tf.tile(x, [0]), wholes),
    ...passing(x => tf.tile(x, [2])),
  ],
  Transpose: [
    moving('reversed', x => tf.transpose(x)), moving('[1, 2, 0]', x => tf.transpose(x, [1, 2, 0])),
    moving('rank 4', x => tf.transpose(x, [0, 3, 1, 2]), random([2, 3, 1, 4])), making('nothing', x => tf.transpose(x), empty),
    making('int32', x => tf.transpose(tf.reshape(x, [2, 2])), wholes),
  ],
  Unpack: [
    ...[0, 1, -1].map(axis => moving(`axis ${axis}`, x => tf.unstack(x, axis))), making('int32', x => tf.unstack(x), wholes),
  ],
  UnsortedSegmentSum: [
    indexed('rows', (x, i) => tf.unsortedSegmentSum(x, i, 4), random([5, 3]), integers(2, 0, 2, 3, 2)),
    indexed('numbers', (x, i) => tf.unsortedSegmentSum(x, i, 3), random([4]), integers(1, 1, 1, 1)),
    indexed('of no segment', (x, i) => tf.unsortedSegmentSum(x, i, 2), random([3]), integers(0, -1, 1)),
  ],
} // biome-ignore format: a table

/** Indices are constants of the function: derivatives are by the first operand alone. */
function constantIndices(judged: Case): Case {
  const [x, ...rest] = judged.inputs
  return { ...judged, inputs: [x], f: (y: never) => judged.f(y, ...(rest as never[])) }
}
function indexed(name: string, f: Operation, ...inputs: tf.Tensor[]): Case {
  return constantIndices(moving(name, f, ...inputs))
}
