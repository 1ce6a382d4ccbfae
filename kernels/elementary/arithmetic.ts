import type { Lane, Real, RealOperand } from '../wasm/index.ts'

/** An unevaluated sum high + low, |low| ≤ half a unit in the last place of high. */
export interface DoubleDouble {
  readonly high: Real
  readonly low: Real
}

/**
 * Σ coefficients[i]·xⁱ: even and odd powers by Horner's rule side by side, which halves the chain of dependent
 * operations for one more product. x is a variable, not an expression.
 */
export function polynomial(lane: Lane, x: Real, coefficients: readonly number[]): Real {
  const square = lane.let('square', lane.mul(x, x))
  const horner = (first: number): Real => {
    let i = first + 2 * Math.floor((coefficients.length - 1 - first) / 2)
    let sum: RealOperand = coefficients[i]
    for (i -= 2; i >= 0; i -= 2) sum = lane.add(lane.mul(sum, square), coefficients[i])
    return typeof sum === 'number' ? lane.constant(sum) : sum
  }
  return lane.add(horner(0), lane.mul(horner(1), x))
}

/** a + b exactly, where |a| ≥ |b| or a = 0 (Dekker 1971). */
export function fastTwoSum(lane: Lane, a: RealOperand, b: Real): DoubleDouble {
  const high = lane.let('sum', lane.add(a, b))
  return { high, low: lane.let('sumError', lane.sub(b, lane.sub(high, a))) }
}

/** a + b exactly (Knuth). */
export function twoSum(lane: Lane, a: RealOperand, b: Real): DoubleDouble {
  const high = lane.let('sum', lane.add(a, b))
  const part = lane.let('part', lane.sub(high, a))
  const low = lane.let('sumError', lane.add(lane.sub(a, lane.sub(high, part)), lane.sub(b, part)))
  return { high, low }
}

/** a in two halves of at most 26 bits (Veltkamp); |a| < 2^996. */
function split(lane: Lane, a: Real): [Real, Real] {
  const scaled = lane.let('scaled', lane.mul(a, 2 ** 27 + 1))
  const upper = lane.let('upper', lane.sub(scaled, lane.sub(scaled, a)))
  return [upper, lane.let('lower', lane.sub(a, upper))]
}

/** a·b exactly, barring overflow and underflow (Dekker 1971). */
export function twoProduct(lane: Lane, a: Real, b: Real): DoubleDouble {
  const high = lane.let('product', lane.mul(a, b))
  const [a1, a2] = split(lane, a)
  const [b1, b2] = a === b ? [a1, a2] : split(lane, b)
  let error = lane.sub(lane.mul(a1, b1), high)
  error = lane.add(error, lane.mul(a1, b2))
  error = lane.add(error, lane.mul(a2, b1))
  return { high, low: lane.let('productError', lane.add(error, lane.mul(a2, b2))) }
}

/** 2^k for an integer −1023 < k < 1024: k + 1023 is moved into the exponent's place. */
export function powerOfTwo(lane: Lane, k: Real): Real {
  return lane.fromBits(lane.shiftLeft(lane.bits(lane.add(k, 1.5 * 2 ** 52 + 1023)), 52))
}

/** a·2^k for any integer |k| ≤ 2045 that leaves 2^(k/2)·a normal: in two steps, so that only the last can round. */
export function scale(lane: Lane, a: Real, k: Real): Real {
  const half = lane.let('half', lane.floor(lane.mul(k, 0.5)))
  return lane.mul(lane.mul(a, powerOfTwo(lane, half)), powerOfTwo(lane, lane.sub(k, half)))
}

/** b < a ? b : a: the constant b, but NaN where a is NaN. */
export const atMost = (lane: Lane, a: Real, b: number): Real => lane.pseudoMin(a, b)
export const atLeast = (lane: Lane, a: Real, b: number): Real => lane.pseudoMax(a, b)
