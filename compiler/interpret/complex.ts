/**
 * Complex numbers whose imaginary part may be as small as 1e-200 beside a real part of 1: each formula computes the
 * imaginary part by products and quotients of its own, never as a difference of large terms, so that Im f(x + ih)/h is
 * f′(x) to rounding. (Squire and Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review
 * 40, 1998; the inverse functions are Kahan's, Branch cuts for complex elementary functions, 1987.) None of them knows
 * the rules of `differentiate/`.
 */

import type { Arithmetic } from './arithmetic.ts'

export interface Complex {
  readonly re: number
  readonly im: number
}

const pair = (re: number, im: number): Complex => ({ re, im })
const of = (x: number): Complex => pair(x, 0)
const one = of(1)

const negate = (z: Complex): Complex => pair(-z.re, -z.im)
const add = (a: Complex, b: Complex): Complex => pair(a.re + b.re, a.im + b.im)
const subtract = (a: Complex, b: Complex): Complex => pair(a.re - b.re, a.im - b.im)
const multiply = (a: Complex, b: Complex): Complex =>
  pair(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
/** i·z. */
const turned = (z: Complex): Complex => pair(-z.im, z.re)

/** Smith's quotient, which squares no component. */
function divide(a: Complex, b: Complex): Complex {
  if (Math.abs(b.re) < Math.abs(b.im)) return divide(turned(negate(a)), turned(negate(b)))
  const ratio = b.im / b.re
  const denominator = b.re + b.im * ratio
  return pair((a.re + a.im * ratio) / denominator, (a.im - a.re * ratio) / denominator)
}

function squareRoot({ re, im }: Complex): Complex {
  if (re === 0 && im === 0) return of(0)
  const s = Math.sqrt((Math.hypot(re, im) + Math.abs(re)) / 2)
  return re >= 0 ? pair(s, im / (2 * s)) : pair(Math.abs(im) / (2 * s), im < 0 ? -s : s)
}

function exp({ re, im }: Complex): Complex {
  const modulus = Math.exp(re)
  return pair(modulus * Math.cos(im), modulus * Math.sin(im))
}

function expm1({ re, im }: Complex): Complex {
  const half = Math.sin(im / 2)
  return pair(Math.expm1(re) * Math.cos(im) - 2 * half * half, Math.exp(re) * Math.sin(im))
}

const log = ({ re, im }: Complex): Complex => pair(Math.log(Math.hypot(re, im)), Math.atan2(im, re))

const log1p = ({ re, im }: Complex): Complex =>
  pair(Math.log1p(re * (2 + re) + im * im) / 2, Math.atan2(im, 1 + re))

function logistic(z: Complex): Complex {
  if (z.re >= 0) return divide(one, add(one, exp(negate(z))))
  const e = exp(z)
  return divide(e, add(one, e))
}

const softplus = (z: Complex): Complex => (z.re <= 0 ? log1p(exp(z)) : add(z, log1p(exp(negate(z)))))

const sin = ({ re, im }: Complex): Complex => pair(Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im))
const cos = ({ re, im }: Complex): Complex =>
  pair(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im))
const sinh = ({ re, im }: Complex): Complex =>
  pair(Math.sinh(re) * Math.cos(im), Math.cosh(re) * Math.sin(im))
const cosh = ({ re, im }: Complex): Complex =>
  pair(Math.cosh(re) * Math.cos(im), Math.sinh(re) * Math.sin(im))

/** Kahan's: with t = tan y and s = sinh x, (β·cosh x·s + i·t)/(1 + β·s²), β = 1 + t². */
function tanh({ re, im }: Complex): Complex {
  if (Math.abs(re) > 300) return pair(Math.sign(re), 2 * Math.sin(2 * im) * Math.exp(-2 * Math.abs(re)))
  const t = Math.tan(im)
  const s = Math.sinh(re)
  const beta = 1 + t * t
  const denominator = 1 + beta * s * s
  return pair((beta * Math.cosh(re) * s) / denominator, t / denominator)
}

/** Im(sin z/cos z) adds two terms of one sign, so the quotient cancels nothing. */
const tan = (z: Complex): Complex => divide(sin(z), cos(z))

/** √(1 − z) and √(1 + z). */
const roots = (z: Complex): [Complex, Complex] => [squareRoot(subtract(one, z)), squareRoot(add(one, z))]
/** Im(ā·b) and Re(ā·b). */
const cross = (a: Complex, b: Complex): number => a.re * b.im - a.im * b.re
const dot = (a: Complex, b: Complex): number => a.re * b.re + a.im * b.im

function asin(z: Complex): Complex {
  const [minus, plus] = roots(z)
  return pair(Math.atan2(z.re, minus.re * plus.re - minus.im * plus.im), Math.asinh(cross(minus, plus)))
}

function acos(z: Complex): Complex {
  const [minus, plus] = roots(z)
  return pair(2 * Math.atan2(minus.re, plus.re), Math.asinh(cross(plus, minus)))
}

function acosh(z: Complex): Complex {
  const minus = squareRoot(subtract(z, one))
  const plus = squareRoot(add(z, one))
  return pair(Math.asinh(dot(minus, plus)), 2 * Math.atan2(minus.im, plus.re))
}

function atan({ re, im }: Complex): Complex {
  const angle = Math.atan2(2 * re, (1 - re) * (1 + re) - im * im) / 2
  return pair(angle, Math.log1p((4 * im) / (re * re + (1 - im) * (1 - im))) / 4)
}

function atanh(z: Complex): Complex {
  const twice = subtract(log1p(z), log1p(negate(z)))
  return pair(twice.re / 2, twice.im / 2)
}

/** −i·asin(iz). */
const asinh = (z: Complex): Complex => negate(turned(asin(turned(z))))

/** The angle of the real parts, and the small angle from there. */
function atan2(y: Complex, x: Complex): Complex {
  const along = add(multiply(x, of(x.re)), multiply(y, of(y.re)))
  const across = subtract(multiply(y, of(x.re)), multiply(x, of(y.re)))
  return add(of(Math.atan2(y.re, x.re)), atan(divide(across, along)))
}

/** zᵏ for a whole k ≥ 0, by squaring: also right where z is negative or zero. */
function wholePower(z: Complex, k: number): Complex {
  if (k === 0) return one
  const half = wholePower(z, Math.floor(k / 2))
  const square = multiply(half, half)
  return k % 2 === 0 ? square : multiply(square, z)
}

function power(z: Complex, w: Complex): Complex {
  if (w.im === 0 && Number.isInteger(w.re) && Math.abs(w.re) <= 2 ** 20) {
    const result = wholePower(z, Math.abs(w.re))
    return w.re < 0 ? divide(one, result) : result
  }
  if (z.re === 0 && z.im === 0 && w.re > 0) return of(0)
  return exp(multiply(w, log(z)))
}

/** The one whose real part wins; a NaN if there is one; the mean of two with the same real part. */
const better =
  (wins: (a: number, b: number) => boolean) =>
  (a: Complex, b: Complex): Complex => {
    if (Number.isNaN(a.re) || wins(a.re, b.re)) return a
    if (Number.isNaN(b.re) || wins(b.re, a.re)) return b
    return pair(a.re, (a.im + b.im) / 2)
  }

/** Complex numbers, branching as the principal values do. */
export const complex: Arithmetic<Complex> = {
  of,
  re: z => z.re,
  add,
  subtract,
  multiply,
  divide,
  power,
  atan2,
  maximum: better((a, b) => a > b),
  minimum: better((a, b) => a < b),
  negate,
  reciprocal: z => divide(one, z),
  squareRoot,
  exp,
  expm1,
  log,
  log1p,
  logistic,
  softplus,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
}
