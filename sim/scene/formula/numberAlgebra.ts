import * as numbers from '../../../kernels/elementary/numbers.ts'
import type { Algebra } from './evaluate.ts'

/** Formulas on numbers: initial values, the points that a viewer draws. */
export const numberAlgebra: Algebra<number> = {
  number: value => value,
  negate: a => -a,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: numbers.power,
  functions: {
    sin: numbers.sin,
    cos: numbers.cos,
    tan: numbers.tan,
    asin: numbers.asin,
    acos: numbers.acos,
    atan: numbers.atan,
    atan2: numbers.atan2,
    sinh: numbers.sinh,
    cosh: numbers.cosh,
    tanh: numbers.tanh,
    asinh: numbers.asinh,
    acosh: numbers.acosh,
    atanh: numbers.atanh,
    exp: numbers.exp,
    log: numbers.log,
    sqrt: Math.sqrt,
    abs: Math.abs,
    sign: Math.sign,
    min: Math.min,
    max: Math.max,
  },
}
