import type { Arithmetic } from './arithmetic.ts'

/** e^−|x|, which does not overflow. */
const decay = (x: number): number => Math.exp(-Math.abs(x))

/** Real numbers, by the functions of Math. */
export const real: Arithmetic<number> = {
  of: x => x,
  re: x => x,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  // In JavaScript (±1)^±∞ and 1^NaN are NaN; in C and in IEEE 754, hence in compiled programs, they are 1.
  power: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  atan2: Math.atan2,
  maximum: Math.max,
  minimum: Math.min,
  negate: x => -x,
  reciprocal: x => 1 / x,
  squareRoot: Math.sqrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  logistic: x => (x >= 0 ? 1 / (1 + decay(x)) : decay(x) / (1 + decay(x))),
  softplus: x => Math.max(x, 0) + Math.log1p(decay(x)),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
}
