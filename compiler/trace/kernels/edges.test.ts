/**
 * Every covered elementwise kernel and reduction at edge values, in float32, int32 and bool: value and type are those of
 * tfjs' eager cpu backend. (Which zero it is, +0 or −0, is not looked at.) Where it differs, the reason is in a table.
 */

import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { expectAgreement, runTraced } from '../testing/agreement.ts'

type Operation = (...x: tf.Tensor[]) => tf.Tensor
const operation = (name: string): Operation => (tf as unknown as Record<string, Operation>)[name]
const words = (text: string): string[] => text.trim().split(/\s+/)

/** Traced, the operation has eager's value and type. */
function expectSame(f: Operation, x: readonly tf.Tensor[]): void {
  const types: string[] = []
  // Constants keep their type in a trace; inputs are float32.
  const whole = () => {
    const result = f(...x)
    types.push(result.dtype)
    return result
  }
  expectAgreement(whole, [])
  expect(new Set(types).size, `types ${types}`).toBe(1)
}

const floats = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7.25, 1e-3, 40, -40, 80, -80, Infinity, -Infinity, NaN] // biome-ignore format: a list
const bounded = floats.filter(x => Math.abs(x) < 20 || !Number.isFinite(x))
const integers = [0, 1, -1, 2, -2, 3, -7, 8, 20]
const of = (values: readonly number[], dtype: 'float32' | 'int32' | 'bool') => tf.tensor1d([...values], dtype)
const pairs = (values: readonly number[], dtype: 'float32' | 'int32' | 'bool') => [
  of(values.flatMap(a => values.map(() => a)), dtype),
  of(values.flatMap(() => values), dtype),
] // biome-ignore format: the two alike
const without = (values: readonly number[], ...excluded: number[]) =>
  values.filter(value => !excluded.some(x => Object.is(x, value)))

describe('of one operand', () => {
  const unary =
    words(`abs acos acosh asin asinh atan atanh ceil clone cos cosh elu erf exp expm1 floor isFinite isInf isNaN
    leakyRelu log log1p logSigmoid neg onesLike reciprocal relu relu6 round rsqrt selu sigmoid sign sin sinh softplus sqrt
    square step tan tanh zerosLike`)
  /** tfjs says 0; NumPy and we say NaN. */
  const losesNaN = new Set(['sign'])
  it.each(unary)('%s of float32', name => {
    expectSame(operation(name), [of(losesNaN.has(name) ? without(floats, NaN) : floats, 'float32')])
  })
  // Others refuse integers in tfjs, or round their results to the operand's type there, where we give real numbers.
  const ofIntegers = words(
    'abs clone exp isFinite isInf isNaN leakyRelu neg onesLike relu relu6 round sign square step zerosLike',
  )
  it.each(ofIntegers)('%s of int32', name => expectSame(operation(name), [of(integers, 'int32')]))
  it.each(words('logicalNot clone isNaN onesLike zerosLike abs relu'))('%s of bool', name => {
    expectSame(operation(name), [of([0, 1], 'bool')])
  })
  const types = ['float32', 'int32', 'bool'] as const
  it.each(types.flatMap(from => types.map(to => [from, to] as const)))('cast from %s to %s', (from, to) => {
    const values = { float32: floats, int32: integers, bool: [0, 1] }[from]
    expectSame(x => tf.cast(x, to), [of(values, from)])
  })
  it.each([
    [-0.5, 0.7],
    [0, Infinity],
    [-Infinity, 1],
  ])('clipped to [%d, %d]', (low, high) => {
    expectSame(x => tf.clipByValue(x, low, high), [of(floats, 'float32')])
  })
  it('sign of NaN is NaN', () => {
    expect(runTraced(x => tf.sign(x), [tf.scalar(NaN)])[0].values).toEqual([NaN])
  })
})

describe('of two operands, all pairs', () => {
  const arithmetic = words(
    `add sub mul div divNoNan mod floorDiv maximum minimum atan2 squaredDifference prelu pow`,
  )
  const comparisons = words('equal notEqual less lessEqual greater greaterEqual')
  it.each([...arithmetic, ...comparisons].filter(name => name !== 'pow'))('%s of float32', name => {
    expectSame(operation(name), pairs(floats, 'float32'))
  })
  it('pow of float32', () => {
    // JavaScript's 1^±∞ and 1^NaN are NaN; C's, TensorFlow's and ours are 1.
    expectSame(tf.pow as Operation, pairs(without(bounded, 1, -1), 'float32'))
    const one = of([1, 1, 1, -1, -1], 'float32')
    const exponents = of([Infinity, -Infinity, NaN, Infinity, -Infinity], 'float32')
    expect(runTraced((a, b) => tf.pow(a, b), [one, exponents])[0].values).toEqual([1, 1, 1, 1, 1])
  })
  // tfjs rounds atan2 of integers to integers.
  it.each([...arithmetic, ...comparisons].filter(name => name !== 'atan2'))('%s of int32', name => {
    expectSame(operation(name), pairs(integers.slice(0, 8), 'int32'))
  })
  // tfjs lets other arithmetic of truth values wrap around in bytes: false − true is 255.
  it.each(words('add mul maximum minimum logicalAnd logicalOr logicalXor').concat(comparisons))(
    '%s of bool',
    name => {
      expectSame(operation(name), pairs([0, 1], 'bool'))
    },
  )
  it.each(words('add sub mul div maximum less equal'))('%s of int32 and float32', name => {
    expectSame(operation(name), [pairs(integers, 'int32')[0], pairs(integers, 'float32')[1]])
  })
  it.each(arithmetic.filter(name => name !== 'pow').concat(comparisons))('%s of broadcast shapes', name => {
    for (const [a, b] of [
      [[], [3]],
      [[2, 1], [3]],
      [
        [2, 1, 4],
        [3, 1],
      ],
      [[1], [2, 2]],
      [[0, 3], [3]],
      [
        [2, 3, 1, 2],
        [3, 4, 1],
      ],
    ]) {
      const filled = (shape: number[], step: number) =>
        tf.tensor(
          Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => ((i * step) % 7) - 2.5),
          shape,
        )
      expectSame(operation(name), [filled(a, 3), filled(b, 5)])
    }
  })
  it.each(['float32', 'int32', 'bool'] as const)('where, of %s', dtype => {
    const [a, b] = pairs([0, 1, ...(dtype === 'float32' ? [NaN, Infinity] : [])], dtype)
    const condition = tf.tensor1d(
      Array.from({ length: a.size }, (_, i) => i % 3 === 0),
      'bool',
    )
    expectSame(() => tf.where(condition, a, b), [])
  })
})

describe('reductions', () => {
  const rows = [
    [1, 2, NaN], [NaN, 1, 5], [Infinity, 1, 2], [-Infinity, 1, 0], [Infinity, -Infinity, 1], [0, -0, 0], [3, 3, 1],
    [-Infinity, -Infinity, -Infinity], [1e10, 1, 2e10], [-3, -1, -2],
  ] // biome-ignore format: a table
  const numeric = words('sum mean max min prod argMax argMin cumsum cumprod')
  const perRow = (f: Operation, x: number[][]) =>
    x.forEach(row => {
      expectSame(f, [tf.tensor1d(row)])
    })
  // tfjs passes over a NaN that is not the first, where ours, as NumPy's, is the index of the first NaN.
  const hasNaN = (row: number[]) => row.some(Number.isNaN)
  it.each([...numeric, 'logSumExp', 'softmax', 'logSoftmax'])('%s of float32', name => {
    perRow(operation(name), name.startsWith('arg') ? rows.filter(row => !hasNaN(row)) : rows)
  })
  it('argMax and argMin of NaN', () => {
    const x = tf.tensor2d([[1, NaN, 5], [NaN, 1, NaN]]) // biome-ignore format: rows
    expect(runTraced(y => [tf.argMax(y, 1), tf.argMin(y, 1)], [x]).map(({ values }) => values)).toEqual([[1, 0], [1, 0]]) // biome-ignore format: rows
  })
  const table = tf.tensor2d([[1, -2], [3, 3], [0, 7]], [3, 2], 'int32') // biome-ignore format: rows
  const truths = tf.tensor2d([[1, 0], [1, 0], [1, 1]], [3, 2], 'bool') // biome-ignore format: rows
  it.each(numeric)('%s of int32', name => {
    const f = operation(name) as unknown as (x: tf.Tensor, axis: number) => tf.Tensor
    expectSame(x => f(x, 0), [table])
    expectSame(x => f(x, 1), [table])
  })
  it.each([...numeric.filter(name => name !== 'mean'), 'all', 'any'])('%s of bool', name => {
    const f = operation(name) as unknown as (x: tf.Tensor, axis: number) => tf.Tensor
    expectSame(x => f(x, 0), [truths])
    expectSame(x => f(x, 1), [truths])
  })
  it('of nothing: sum 0, product 1', () => {
    const empty = tf.zeros([2, 0])
    for (const f of [tf.sum, tf.prod]) expectSame(x => f(x, 1), [empty])
  })
})
