import type { Lane, Real } from '../wasm/index.ts'
import { atLeast, atMost, type DoubleDouble, fastTwoSum, polynomial, twoProduct } from './arithmetic.ts'
import { expOf, expOverflow, expUnderflow } from './exponential.ts'
import { normalizeAny } from './logarithm.ts'

/** ln 2 in two parts; the first has 42 bits, so that its product with an exponent is exact. */
const ln2High = 0.6931471805598903
const ln2Low = 5.497923018708371e-14

const thirdHigh = 1 / 3
const thirdLow = 1.850371707708594e-17

/** (atanh(s)/s − 1 − s²/3)/s⁴ in s², |s| ≤ 0.1716, minimax, error 2⁻⁶⁶ in the whole (reference/minimax.py). */
const atanhTail = [
  0.19999999999999998, 0.14285714285715934, 0.11111111110294113, 0.09090909258887389,
  0.07692289741783576, 0.06667749398011588, 0.05845242093289171, 0.05932869636513809,
] // biome-ignore format: a table

/**
 * log x to some 66 bits, x > 0: k·ln2 + 2·atanh s with s = (m − 1)/(m + 1), and
 * atanh s = s·(1 + s²/3 + s⁴·tail(s²)), in which all but the tail is double-double.
 */
function logDoubleDouble(lane: Lane, x: Real): DoubleDouble {
  const { k, m } = normalizeAny(lane, x)
  const f = lane.let('f', lane.sub(m, 1))
  const g = fastTwoSum(lane, 1, m)
  const s = lane.let('s', lane.div(f, g.high))
  const back = twoProduct(lane, s, g.high)
  const defect = lane.sub(lane.sub(lane.sub(f, back.high), back.low), lane.mul(s, g.low))
  const sLow = lane.let('sLow', lane.div(defect, g.high))

  const square = twoProduct(lane, s, s)
  const z = square.high
  const zLow = lane.let('zLow', lane.add(square.low, lane.mul(lane.mul(s, 2), sLow)))
  const third = twoProduct(lane, z, lane.let('third', lane.constant(thirdHigh)))
  const thirdError = lane.add(third.low, lane.add(lane.mul(z, thirdLow), lane.mul(zLow, thirdHigh)))
  const tail = lane.let('tail', lane.mul(lane.mul(z, z), polynomial(lane, z, atanhTail)))
  const rest = fastTwoSum(lane, third.high, tail)
  const restLow = lane.let('restLow', lane.add(rest.low, thirdError))

  const twice = lane.let('twice', lane.add(s, s))
  const twiceLow = lane.let('twiceLow', lane.add(sLow, sLow))
  const product = twoProduct(lane, twice, rest.high)
  const productLow = lane.add(product.low, lane.add(lane.mul(twice, restLow), lane.mul(twiceLow, rest.high)))
  const logM = fastTwoSum(lane, twice, product.high)
  const logMLow = lane.add(logM.low, lane.add(productLow, twiceLow))

  const sum = fastTwoSum(lane, lane.let('kLn2', lane.mul(k, ln2High)), logM.high)
  const low = lane.let('low', lane.add(sum.low, lane.add(logMLow, lane.mul(k, ln2Low))))
  return fastTwoSum(lane, sum.high, low)
}

/**
 * x^y = e^(y·log|x|), with the special cases of IEEE 754 (as in C and NumPy): x^0 = 1^y = 1, (−1)^±∞ = 1, NaN where x < 0
 * and y is no integer.
 */
export function power(lane: Lane, x: Real, y: Real): Real {
  const size = lane.let('size', lane.abs(x))
  const logarithm = logDoubleDouble(lane, size)
  // Beyond 2^65 the power of any other number than 1 is zero or infinite.
  const exponent = lane.let('exponent', atMost(lane, lane.let('y', atLeast(lane, y, -(2 ** 65))), 2 ** 65))
  const product = twoProduct(lane, exponent, logarithm.high)
  const low = lane.add(product.low, lane.mul(exponent, logarithm.low))
  const inside = lane.lt(lane.abs(product.high), 1000)
  const extra = lane.let('extra', lane.select(inside, low, 0))
  const clamped = atMost(lane, lane.let('product', atLeast(lane, product.high, expUnderflow)), expOverflow)
  const regular = expOf(lane, lane.let('clamped', clamped), extra)

  const isZero = lane.let('isZero', lane.eq(size, 0))
  const isInfinite = lane.let('isInfinite', lane.eq(size, Infinity))
  const grows = lane.gt(lane.select(isZero, lane.neg(y), y), 0)
  const edge = lane.select(grows, Infinity, 0)
  const magnitude = lane.let('magnitude', lane.select(lane.or(isZero, isInfinite), edge, regular))

  const half = lane.let('half', lane.mul(y, 0.5))
  const isInteger = lane.let('isInteger', lane.eq(lane.floor(y), y))
  const isOdd = lane.and(isInteger, lane.ne(lane.floor(half), half))
  const signed = lane.select(isOdd, lane.copysign(magnitude, x), magnitude)

  const rootOfNegative = lane.and(lane.lt(x, 0), lane.not(lane.or(isInteger, isInfinite)))
  const undefinedPower = lane.or(lane.or(lane.ne(x, x), lane.ne(y, y)), rootOfNegative)
  const isOne = lane.or(lane.eq(y, 0), lane.eq(x, 1))
  return lane.select(isOne, 1, lane.select(undefinedPower, Number.NaN, signed))
}
