/** Cases of kernels that reduce or scan axes. */

import * as tf from '@tensorflow/tfjs'
import { type Case, type Cases, type Operation, operation, random } from '../case.ts'

type Axis = number | number[] | undefined
const axes: readonly Axis[] = [undefined, 0, 1, -1, [0, 2], [], [0, 1, 2]]
const axisName = (axis: Axis): string => (axis === undefined ? 'all axes' : `axis ${JSON.stringify(axis)}`)

/** One row each, so that an extreme or a NaN of one hides nothing in another. */
const rows = tf.tensor2d([
  [1, 2, NaN], [NaN, 1, 5], [Infinity, 1, 2], [-Infinity, 1, 0], [Infinity, -Infinity, 1], [0, -0, 0], [3, 3, 1],
  [-Infinity, -Infinity, -Infinity], [1e10, 1, 2e10], [-3, -1, -2], [1e-40, 2e-40, -1e-40], [2 ** 24, 1, 1],
  [1000, 1001, -1000],
]) // biome-ignore format: a table
const withoutNaN = tf.slice(rows, [2, 0], [-1, 3])
const counts = tf.tensor3d([1, -2, 3, 3, 0, 7, -1, 0, 4, 2, 2, 5], [2, 3, 2], 'int32')
const truths = tf.tensor3d([1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0], [2, 3, 2], 'bool')

interface Reduction {
  readonly derivatives?: Case['derivatives']
  readonly ofNothing?: false
  readonly float?: false
  readonly types?: readonly tf.Tensor[]
  readonly low?: number
  readonly empty?: Case['differs']
}

function reduction(name: string, options: Reduction): Case[] {
  const { derivatives, float, types = [counts, truths], low = -2, ofNothing, empty } = options
  const reduce = operation(name) as (x: tf.Tensor, axis?: Axis, keep?: boolean) => tf.Tensor
  const along =
    (axis: Axis, keep?: boolean): Operation =>
    x =>
      reduce(x, axis, keep)
  const cases: Case[] = types.flatMap(x =>
    [undefined, 0, -1].map(axis => ({ name: `${x.dtype}, ${axisName(axis)}`, f: along(axis), inputs: [x] })),
  )
  if (float === false) return cases
  for (const keep of [false, true]) {
    for (const axis of axes) {
      // tfjs' tape of a product knows no axis −1, and takes no axis at all for every axis.
      const untaped = (Array.isArray(axis) && axis.length === 0) || (name === 'prod' && axis === -1)
      const kind = derivatives && untaped ? 'rules' : derivatives
      cases.push({
        name: `[2,3,4], ${axisName(axis)}${keep ? ', kept' : ''}`,
        f: along(axis, keep),
        inputs: [random([2, 3, 4], low)],
        derivatives: kind,
        scale: 1,
      })
    }
  }
  for (const shape of [[], [1], [5, 1], [2, 1, 3, 2], [40]]) {
    cases.push({
      name: `[${shape}]`,
      f: along(undefined),
      inputs: [random(shape, low)],
      derivatives,
      scale: 1,
    })
  }
  if (ofNothing !== false) {
    cases.push({ name: 'of nothing', f: along(1), inputs: [tf.zeros([2, 0, 3])], differs: empty })
    cases.push({ name: 'nothing, of something', f: along(0), inputs: [tf.zeros([2, 0, 3])] })
  }
  cases.push({ name: 'edges', f: along(-1), inputs: [rows] })
  return cases
}

/** tfjs passes over a NaN that is not the first; ours, as NumPy's, is the index of the first NaN. */
const extreme = (name: 'argMax' | 'argMin'): Case[] => {
  const find = operation(name) as typeof tf.argMax
  const firstNaN: Operation = x =>
    tf.where(
      tf.any(tf.isNaN(x), -1),
      tf.argMax(tf.cast(tf.isNaN(x), 'int32'), -1),
      find(tf.where(tf.isNaN(x), tf.zerosLike(x), x), -1),
    )
  return [
    ...[0, 1, -1].map(
      (axis): Case => ({ name: `axis ${axis}`, f: x => find(x, axis), inputs: [random([2, 3, 4])] }),
    ),
    ...[counts, truths].map((x): Case => ({ name: x.dtype, f: y => find(y, 1), inputs: [x] })),
    { name: 'of a vector', f: x => find(x), inputs: [random([7])] },
    { name: 'ties', f: x => find(tf.round(x), 0), inputs: [random([9, 4], -1, 1)] },
    { name: 'edges', f: x => find(x, -1), inputs: [withoutNaN] },
    {
      name: 'NaN',
      f: x => find(x, -1),
      inputs: [rows],
      differs: { because: 'the index of the first NaN, as in NumPy', like: firstNaN },
    },
  ]
}

const scan = (name: 'cumsum' | 'cumprod'): Case[] => {
  const run = operation(name) as typeof tf.cumsum
  // tfjs has no derivative of cumprod.
  const derivatives = name === 'cumsum' ? 'tape' : 'rules'
  return [
    ...[0, 1, 2].flatMap(axis =>
      [false, true].flatMap(exclusive =>
        [false, true].map((reverse): Case => ({
          name: `axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`,
          f: x => run(x, axis, exclusive, reverse), inputs: [random([2, 3, 4])], derivatives, scale: 1,
        })),
      ),
    ),
    ...[counts, truths].map((x): Case => ({ name: x.dtype, f: y => run(y, 1), inputs: [x] })),
    {
      name: 'axis −1', f: x => run(x, -1), inputs: [random([3, 4])], derivatives: 'rules', scale: 1,
      differs: { because: 'tfjs makes the shape [undefined, 3]', like: x => run(x, 1) },
    },
    { name: 'of nothing', f: x => run(x, 1), inputs: [tf.zeros([2, 0])] },
    { name: 'of one', f: x => run(x, 0), inputs: [random([1, 3])], derivatives },
    { name: 'edges', f: x => run(x, 1), inputs: [rows] },
  ] // biome-ignore format: a table
}

const softmax: Case[] = [
  ...[[5], [1], [3, 4], [2, 1, 3, 2], [0, 3]].map((shape): Case => ({
    name: `[${shape}]`, f: x => tf.softmax(x), inputs: [random(shape)], derivatives: 'tape', scale: 1,
  })),
  { name: 'edges', f: x => tf.softmax(x), inputs: [rows] },
] // biome-ignore format: a table

const truthOf = (name: string): Case[] => reduction(name, { float: false, types: [truths] })

export const reductions: Cases = {
  Sum: reduction('sum', { derivatives: 'tape' }),
  Mean: reduction('mean', {
    derivatives: 'tape',
    types: [counts],
    empty: { because: 'the mean of nothing is no number; tfjs says 0', like: () => tf.fill([2, 3], NaN) },
  }),
  Prod: reduction('prod', { derivatives: 'tape', low: 0.5 }),
  Max: reduction('max', { derivatives: 'tape', ofNothing: false }),
  Min: reduction('min', { derivatives: 'tape', ofNothing: false }),
  All: truthOf('all'),
  Any: truthOf('any'),
  ArgMax: extreme('argMax'),
  ArgMin: extreme('argMin'),
  Cumsum: scan('cumsum'),
  Cumprod: scan('cumprod'),
  Softmax: softmax,
}
