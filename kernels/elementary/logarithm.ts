import type { Lane, Real } from '../wasm/index.ts'
import { polynomial, twoProduct, twoSum } from './arithmetic.ts'
import { expOfNegative } from './exponential.ts'

const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10

/** log((1 + s)/(1 − s))/s − 2 in s², |s| ≤ 0.1716: the coefficients of fdlibm (Sun Microsystems 1993), e_log.c. */
const logTail = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784,
  0.1818357216161805, 0.15313837699209373, 0.14798198605116586,
] // biome-ignore format: a table

const bitsOfOne = 0x3ff0000000000000n
const bitsOfRootHalf = 0x3fe6a09e667f3bcdn
const significandBits = 0x000fffffffffffffn

/** x = 2^k·m with √½ ≤ m < √2, for positive normal x. */
export function normalize(lane: Lane, x: Real): { k: Real; m: Real } {
  const shifted = lane.let('shifted', lane.addBits(lane.bits(x), bitsOfOne - bitsOfRootHalf))
  const biased = lane.fromBits(lane.orBits(lane.shiftRightUnsigned(shifted, 52), 0x4330000000000000n))
  const k = lane.let('k', lane.sub(biased, 2 ** 52 + 1023))
  const m = lane.fromBits(lane.addBits(lane.andBits(shifted, significandBits), bitsOfRootHalf))
  return { k, m: lane.let('m', m) }
}

/** The same for subnormal x too. */
export function normalizeAny(lane: Lane, x: Real): { k: Real; m: Real } {
  const tiny = lane.let('tiny', lane.lt(x, 2 ** -1022))
  const { k, m } = normalize(lane, lane.let('x', lane.select(tiny, lane.mul(x, 2 ** 54), x)))
  return { k: lane.let('k', lane.sub(k, lane.select(tiny, 54, 0))), m }
}

/** k·ln2 + log(1 + f) + correction, √½ ≤ 1 + f < √2. With s = f/(2 + f): log(1 + f) = f − f²/2 + s·(f²/2 + R(s²)). */
function assemble(lane: Lane, k: Real, f: Real, correction?: Real): Real {
  const s = lane.let('s', lane.div(f, lane.add(f, 2)))
  const z = lane.let('z', lane.mul(s, s))
  const r = lane.mul(z, polynomial(lane, z, logTail))
  const halfSquare = lane.let('halfSquare', lane.mul(f, lane.mul(f, 0.5)))
  const product = lane.mul(k, ln2Low)
  const low = lane.add(
    lane.mul(s, lane.add(halfSquare, r)),
    correction ? lane.add(product, correction) : product,
  )
  return lane.sub(lane.mul(k, ln2High), lane.sub(lane.sub(halfSquare, low), f))
}

/** The value for 0 < x < ∞; log 0 = −∞, log ∞ = ∞, else NaN. */
function guard(lane: Lane, x: Real, value: Real): Real {
  const special = lane.select(lane.eq(x, 0), -Infinity, lane.select(lane.lt(x, 0), Number.NaN, x))
  return lane.select(lane.and(lane.gt(x, 0), lane.lt(x, Infinity)), value, special)
}

export function log(lane: Lane, x: Real): Real {
  const { k, m } = normalizeAny(lane, x)
  return guard(lane, x, assemble(lane, k, lane.let('f', lane.sub(m, 1))))
}

/** log(1 + f + low) + doublings·ln2, f > −1 and |low| below half a unit in the last place of f. */
function log1pOf(lane: Lane, f: Real, low?: Real, doublings?: Real): Real {
  const { high: u, low: error } = twoSum(lane, 1, f)
  const { k, m } = normalize(lane, u)
  const near = lane.let('near', lane.eq(k, 0))
  const lost = low ? lane.select(near, low, lane.add(error, low)) : lane.select(near, 0, error)
  const correction = lane.div(lost, u)
  const fraction = lane.let('f', lane.select(near, f, lane.sub(m, 1)))
  const exponent = doublings ? lane.let('k', lane.add(k, doublings)) : k
  return guard(lane, u, assemble(lane, exponent, fraction, correction))
}

export function log1p(lane: Lane, x: Real): Real {
  return lane.select(lane.lt(lane.abs(x), 2 ** -54), x, log1pOf(lane, x))
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|)). */
export function softplus(lane: Lane, x: Real): Real {
  return lane.add(lane.max(x, 0), log1pOf(lane, lane.let('e', expOfNegative(lane, x))))
}

/** Beyond it √(x² ± 1) = x. */
const large = 2 ** 60

/** log(1 + f + low), or log 2x where x is large. */
function log1pOrLog2x(lane: Lane, x: Real, f: Real, low: Real): Real {
  const isLarge = lane.let('large', lane.gt(x, large))
  return log1pOf(
    lane,
    lane.let('f', lane.select(isLarge, x, f)),
    lane.let('low', lane.select(isLarge, 0, low)),
    lane.truth(isLarge),
  )
}

/** asinh x = log(1 + x + x²/(1 + √(1 + x²))), x ≥ 0. */
export function asinh(lane: Lane, x: Real): Real {
  const size = lane.let('size', lane.abs(x))
  const square = lane.let('square', lane.mul(size, size))
  const rest = lane.let('rest', lane.div(square, lane.add(lane.sqrt(lane.add(square, 1)), 1)))
  const f = lane.let('f', lane.add(size, rest))
  const value = log1pOrLog2x(lane, size, f, lane.sub(rest, lane.sub(f, size)))
  return lane.select(lane.lt(size, 2 ** -28), x, lane.copysign(value, x))
}

/** acosh x = log(1 + t + √(t·(2 + t))), t = x − 1; the root with its error. */
export function acosh(lane: Lane, x: Real): Real {
  const t = lane.let('t', lane.sub(x, 1))
  const square = twoProduct(lane, t, t)
  const radicand = twoSum(lane, lane.mul(t, 2), square.high)
  const root = lane.let('root', lane.sqrt(radicand.high))
  const back = twoProduct(lane, root, root)
  const defect = lane.sub(lane.sub(radicand.high, back.high), back.low)
  const residual = lane.add(defect, lane.add(radicand.low, square.low))
  const rootLow = lane.div(residual, lane.max(lane.mul(root, 2), 2 ** -1022))
  const f = twoSum(lane, t, root)
  const value = log1pOrLog2x(lane, x, f.high, lane.let('low', lane.add(f.low, rootLow)))
  return lane.select(lane.lt(x, 1), Number.NaN, value)
}

/** atanh x = ½·log(1 + 2x/(1 − x)), x ≥ 0; the quotient with its error. */
export function atanh(lane: Lane, x: Real): Real {
  const size = lane.let('size', lane.abs(x))
  const twice = lane.let('twice', lane.add(size, size))
  const under = lane.let('under', lane.sub(1, size))
  const underLow = lane.let('underLow', lane.sub(lane.sub(1, under), size))
  const f = lane.let('f', lane.div(twice, under))
  const back = twoProduct(lane, f, under)
  const residual = lane.sub(lane.sub(lane.sub(twice, back.high), back.low), lane.mul(f, underLow))
  const low = lane.let('low', lane.select(lane.lt(size, 1), lane.div(residual, under), 0))
  const value = lane.copysign(lane.mul(log1pOf(lane, f, low), 0.5), x)
  return lane.select(lane.lt(size, 2 ** -28), x, value)
}
