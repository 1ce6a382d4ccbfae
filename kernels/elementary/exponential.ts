import type { Lane, Real } from '../wasm/index.ts'
import { atLeast, atMost, polynomial, powerOfTwo, scale } from './arithmetic.ts'

/** ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact. */
const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10

/** (eʳ − 1 − r)/r² on |r| ≤ ln2/2, minimax, relative error 2⁻⁵⁹ (reference/minimax.py). */
const expTail = [
  0.5, 0.16666666666666674, 0.0416666666666667, 0.00833333333332282, 0.0013888888888868975,
  0.0001984126988335947, 2.4801587357093838e-5, 2.7557246804793477e-6, 2.755724528201288e-7,
  2.510818540198248e-8, 2.0923761687388315e-9,
] // biome-ignore format: a table

/** Above the one eˣ is infinite, below the other zero. */
export const expOverflow = 710
export const expUnderflow = -746

/** e^(x + extra) = 2^k·(1 + high + tail) with k the integer nearest to x/ln2; `extra` is far smaller than x. */
function expParts(lane: Lane, x: Real, extra?: Real): { k: Real; high: Real; tail: Real } {
  const k = lane.let('k', lane.nearest(lane.mul(x, Math.LOG2E)))
  const high = lane.let('high', lane.sub(x, lane.mul(k, ln2High)))
  const product = lane.mul(k, ln2Low)
  const low = lane.let('low', extra ? lane.sub(product, extra) : product)
  const r = lane.let('r', lane.sub(high, low))
  const tail = lane.sub(lane.mul(lane.mul(r, r), polynomial(lane, r, expTail)), low)
  return { k, high, tail: lane.let('tail', tail) }
}

/** e^(x + extra)·2^shift for −746 ≤ x ≤ 711. */
export function expOf(lane: Lane, x: Real, extra?: Real, shift = 0): Real {
  const { k, high, tail } = expParts(lane, x, extra)
  const mantissa = lane.add(lane.add(high, tail), 1)
  return scale(lane, mantissa, shift === 0 ? k : lane.let('shifted', lane.add(k, shift)))
}

/** e^(−|x|). */
export function expOfNegative(lane: Lane, x: Real): Real {
  return expOf(lane, lane.let('x', atLeast(lane, lane.neg(lane.abs(x)), expUnderflow)))
}

export function exp(lane: Lane, x: Real): Real {
  return expOf(lane, lane.let('x', atMost(lane, lane.let('x', atLeast(lane, x, expUnderflow)), expOverflow)))
}

/** eˣ − 1 = (2^k − 1) + 2^k·high + 2^k·tail, the first sum with its error; scaled by `half` against overflow. */
function expm1Of(lane: Lane, x: Real, half: 1 | 0.5): Real {
  const { k, high, tail } = expParts(lane, x)
  const power = lane.let('power', powerOfTwo(lane, half === 1 ? k : lane.sub(k, 1)))
  const whole = lane.let('whole', lane.sub(power, half))
  const part = lane.let('part', lane.mul(power, high))
  const sum = lane.let('sum', lane.add(whole, part))
  const error = lane.sub(part, lane.sub(sum, whole))
  return lane.add(sum, lane.add(error, lane.mul(power, tail)))
}

export function expm1(lane: Lane, x: Real): Real {
  const clamped = lane.let('x', atMost(lane, lane.let('x', atLeast(lane, x, -40)), expOverflow))
  const value = lane.mul(expm1Of(lane, clamped, 0.5), 2)
  return lane.select(lane.lt(lane.abs(x), 2 ** -54), x, value)
}

/** With E = e^(2|x|) − 1: tanh|x| = E/(E + 2). */
export function tanh(lane: Lane, x: Real): Real {
  const twice = lane.let('twice', atMost(lane, lane.mul(lane.abs(x), 2), 44))
  const e = lane.let('e', expm1Of(lane, twice, 1))
  return lane.copysign(lane.div(e, lane.add(e, 2)), x)
}

/** With e = e^(−|x|): e/(1 + e) or 1/(1 + e). */
export function logistic(lane: Lane, x: Real): Real {
  const e = lane.let('e', expOfNegative(lane, x))
  return lane.div(lane.select(lane.lt(x, 0), e, 1), lane.add(e, 1))
}

/** (sinh x/x − 1)/x² as a polynomial in x², |x| ≤ 1, minimax, relative error 2⁻⁵⁶ (reference/minimax.py). */
const sinhTail = [
  0.16666666666666666, 0.008333333333333333, 0.00019841269841269679, 2.7557319224086473e-6,
  2.5052108352634725e-8, 1.6059049901569016e-10, 7.646524671562585e-13, 2.8472161430625506e-15,
] // biome-ignore format: a table

/** e^|x|/2, infinite no sooner than sinh and cosh. */
const halfExp = (lane: Lane, size: Real): Real =>
  lane.let('e', expOf(lane, lane.let('x', atMost(lane, size, 711)), undefined, -1))

export function sinh(lane: Lane, x: Real): Real {
  const size = lane.let('size', lane.abs(x))
  const e = halfExp(lane, size)
  const z = lane.let('z', lane.mul(size, size))
  const near = lane.add(size, lane.mul(lane.mul(size, z), polynomial(lane, z, sinhTail)))
  const far = lane.sub(e, lane.div(0.25, e))
  return lane.copysign(lane.select(lane.lt(size, 1), near, far), x)
}

export function cosh(lane: Lane, x: Real): Real {
  const e = halfExp(lane, lane.let('size', lane.abs(x)))
  return lane.add(e, lane.div(0.25, e))
}
