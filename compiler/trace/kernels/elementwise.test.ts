import * as tf from '@tensorflow/tfjs'
import { describe, it } from 'vitest'
import { expectAgreement, samples } from '../testing/agreement.ts'

type Unary = (x: tf.Tensor) => tf.Tensor
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const everywhere: Record<string, Unary> = {
  abs: tf.abs, atan: tf.atan, asinh: tf.asinh, ceil: tf.ceil, cos: tf.cos, cosh: tf.cosh, elu: tf.elu, erf: tf.erf,
  exp: tf.exp, expm1: tf.expm1, floor: tf.floor, isFinite: tf.isFinite, isInf: tf.isInf, isNaN: tf.isNaN, neg: tf.neg,
  reciprocal: tf.reciprocal, relu: tf.relu, relu6: x => tf.relu6(tf.mul(x, 5)), round: tf.round, selu: tf.selu,
  sigmoid: tf.sigmoid, sign: tf.sign, sin: tf.sin, sinh: tf.sinh, softplus: tf.softplus, square: tf.square,
  step: x => tf.step(x, 0.3), tan: tf.tan, tanh: tf.tanh, leakyRelu: x => tf.leakyRelu(x, 0.1),
  clip: x => tf.clipByValue(x, -0.5, 0.7), int32: x => tf.cast(x, 'int32'), bool: x => tf.cast(tf.round(x), 'bool'),
  gelu: x => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))), clone: x => x.clone(),
  mish: x => tf.mul(x, tf.tanh(tf.softplus(x))), swish: x => tf.mul(x, tf.sigmoid(x)), logSigmoid: tf.logSigmoid,
} // biome-ignore format: a table

const onPositives: Record<string, Unary> = {
  log: tf.log, log1p: tf.log1p, rsqrt: tf.rsqrt, sqrt: tf.sqrt, acosh: x => tf.acosh(tf.add(x, 1)),
  asin: x => tf.asin(tf.div(x, 3)), acos: x => tf.acos(tf.div(x, 3)), atanh: x => tf.atanh(tf.div(x, 3)),
} // biome-ignore format: a table

const binary: Record<string, Binary> = {
  add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div, divNoNan: (a, b) => tf.divNoNan(a, tf.round(b)), mod: tf.mod,
  floorDiv: tf.floorDiv, maximum: tf.maximum, minimum: tf.minimum, atan2: tf.atan2,
  squaredDifference: tf.squaredDifference, prelu: tf.prelu, pow: (a, b) => tf.pow(tf.abs(a), b), equal: tf.equal,
  less: tf.less, lessEqual: tf.lessEqual, greater: tf.greater, greaterEqual: tf.greaterEqual, notEqual: tf.notEqual,
  and: (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)),
  or: (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)),
  xor: (a, b) => tf.logicalXor(tf.greater(a, 0), tf.greater(b, 0)),
  not: (a, b) => tf.logicalNot(tf.greater(a, b)),
  where: (a, b) => tf.where(tf.greater(a, 0), a, b),
  addN: (a, b) => tf.addN([a, tf.mul(a, 2), tf.broadcastTo(b, a.shape)]),
} // biome-ignore format: a table

describe('elementwise kernels agree with tfjs', () => {
  const special = tf.tensor1d([0, -0, 1, -1, 0.5, -0.5, 2.5, Number.NaN, Number.POSITIVE_INFINITY])
  const x = samples([[3, 4]])[0]
  // The sign of round's and sign's zeros, and step of NaN, are of no consequence.
  const withoutSpecial = new Set(['step', 'erf', 'int32', 'bool', 'mish', 'sign', 'relu6'])
  it.each(Object.entries(everywhere))('%s', (name, f) => {
    expectAgreement(f, [x])
    if (!withoutSpecial.has(name)) expectAgreement(f, [tf.slice(special, 0, 7)])
  })
  it.each(Object.entries(onPositives))('%s', (_, f) => expectAgreement(f, samples([[3, 4]], 0.1, 2)))
  it.each(['abs', 'neg', 'isNaN', 'isFinite', 'isInf', 'relu', 'tanh', 'square', 'clip'])(
    '%s of NaN, ∞',
    name => {
      expectAgreement(everywhere[name], [special])
    },
  )
  it.each(Object.entries(binary))('%s, with broadcasting', (_, f) => {
    expectAgreement(
      f,
      samples([
        [3, 4],
        [3, 4],
      ]),
    )
    expectAgreement(
      f,
      samples([
        [2, 3, 4],
        [3, 1],
      ]),
    )
  })
  it.each([2, 3, -1, 1, 0.5, 0])('x to the power %d', exponent => {
    expectAgreement(a => tf.pow(a, exponent), samples([[5]], 0.2, 2))
    if (Number.isInteger(exponent)) expectAgreement(a => tf.pow(a, exponent), samples([[5]]))
  })
  it('int32: division and casts truncate, comparisons give truth values', () => {
    const integers = tf.tensor1d([7, -7, 8, -1], 'int32')
    const divisors = tf.tensor1d([2, 2, -3, 5], 'int32')
    expectAgreement(() => tf.div(integers, divisors), [])
    expectAgreement(() => tf.mul(tf.cast(tf.div(integers, 2), 'int32'), divisors), [])
    expectAgreement(() => tf.mod(integers, divisors), [])
    expectAgreement(() => tf.pow(divisors, tf.scalar(2, 'int32')), [])
    expectAgreement(a => tf.sum(tf.cast(tf.greater(a, 0), 'int32')), samples([[9]]))
    expectAgreement(a => tf.cast(tf.mul(a, 3), 'int32'), samples([[9]]))
  })
  it('where with a condition of one value per row', () => {
    expectAgreement(
      (a, b) => tf.where(tf.tensor1d([true, false, true], 'bool').reshape([3, 1]), a, b),
      samples([
        [3, 4],
        [3, 4],
      ]),
    )
  })
})
