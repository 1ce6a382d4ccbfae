import * as tf from '@tensorflow/tfjs-core'
import type { Algebra } from './evaluate.ts'

/**
 * Formulas on tensors, elementwise; names may be scalars or arrays of one shape. Inside a trace every number keeps
 * its full double precision; eagerly, tfjs rounds to float32.
 */
export const tensorAlgebra: Algebra<tf.Tensor> = {
  number: value => tf.scalar(value),
  negate: tf.neg,
  add: tf.add,
  subtract: tf.sub,
  multiply: tf.mul,
  divide: tf.div,
  power: tf.pow,
  functions: {
    sin: tf.sin,
    cos: tf.cos,
    tan: tf.tan,
    asin: tf.asin,
    acos: tf.acos,
    atan: tf.atan,
    atan2: tf.atan2,
    sinh: tf.sinh,
    cosh: tf.cosh,
    tanh: tf.tanh,
    asinh: tf.asinh,
    acosh: tf.acosh,
    atanh: tf.atanh,
    exp: tf.exp,
    log: tf.log,
    sqrt: tf.sqrt,
    abs: tf.abs,
    sign: tf.sign,
    min: tf.minimum,
    max: tf.maximum,
  },
}
