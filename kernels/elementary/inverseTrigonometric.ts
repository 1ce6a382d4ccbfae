import type { Lane, Mask, Real } from '../wasm/index.ts'
import { atLeast, polynomial } from './arithmetic.ts'

const halfPi = Math.PI / 2
const halfPiLow = 6.123233995736766e-17

/** (t − atan t)/t³ in t², |t| ≤ 7/16: the coefficients of fdlibm (Sun Microsystems 1993), s_atan.c. */
const atanTail = [
  0.3333333333333293, -0.19999999999876483, 0.14285714272503466, -0.11111110405462356,
  0.09090887133436507, -0.0769187620504483, 0.06661073137387531, -0.058335701337905735,
  0.049768779946159324, -0.036531572744216916, 0.016285820115365782,
] // biome-ignore format: a table

/** tan(π/8): up to it atan is taken as it is, beyond tan(3π/8) from π/2, between from π/4. */
const tanPi8 = Math.SQRT2 - 1

/** The angle of the point (x, y) with x, y ≥ 0, finite and not both zero. */
function firstQuadrant(lane: Lane, y: Real, x: Real): { high: Real; low: Real } {
  const shallow = lane.let('shallow', lane.le(y, lane.mul(x, tanPi8)))
  const steep = lane.let('steep', lane.gt(lane.mul(y, tanPi8), x))
  const over = <A>(pick: (mask: Mask, a: A, b: A) => A, a: A, b: A, c: A) =>
    pick(shallow, a, pick(steep, b, c))
  const numerator = over<Real | number>(lane.select, y, lane.neg(x), lane.sub(y, x))
  const denominator = over<Real | number>(lane.select, x, y, lane.add(y, x))
  const t = lane.let('t', lane.div(numerator, denominator))
  const base = over<Real | number>(lane.select, 0, halfPi, halfPi / 2)
  const baseLow = over<Real | number>(lane.select, 0, halfPiLow, halfPiLow / 2)
  const z = lane.let('z', lane.mul(t, t))
  const tail = lane.mul(lane.mul(t, z), polynomial(lane, z, atanTail))
  const low = lane.let('low', lane.sub(baseLow, tail))
  const start = lane.let('base', base as Real)
  const high = lane.let('high', lane.add(start, t))
  return { high, low: lane.add(lane.sub(t, lane.sub(high, start)), low) }
}

export function atan(lane: Lane, x: Real): Real {
  const { high, low } = firstQuadrant(lane, lane.let('size', lane.abs(x)), lane.constant(1))
  const value = lane.select(lane.eq(lane.abs(x), Infinity), halfPi, lane.add(high, low))
  return lane.copysign(value, x)
}

/** The angle of the point (x, y) in (−π, π], with the sign of y; of the origin 0 or ±π as by IEEE 754. */
export function atan2(lane: Lane, y: Real, x: Real): Real {
  const sizeY = lane.let('sizeY', lane.abs(y))
  const sizeX = lane.let('sizeX', lane.abs(x))
  const largest = lane.let('largest', lane.max(sizeX, sizeY))
  const infinite = lane.let('infinite', lane.eq(largest, Infinity))
  const zero = lane.let('zero', lane.eq(largest, 0))
  const factor = lane.let(
    'factor',
    lane.select(
      lane.gt(largest, 2 ** 1000),
      2 ** -100,
      lane.select(lane.lt(largest, 2 ** -900), 2 ** 100, 1),
    ),
  )
  const finite = (size: Real) =>
    lane.select(infinite, lane.truth(lane.eq(size, Infinity)), lane.mul(size, factor))
  const { high, low } = firstQuadrant(
    lane,
    lane.let('y', finite(sizeY)),
    lane.let('x', lane.select(zero, 1, finite(sizeX))),
  )
  const tail = lane.let('tail', low)
  const left = lane.ltBits(lane.bits(x), 0n)
  const obtuse = lane.sub(Math.PI, lane.sub(high, lane.sub(2 * halfPiLow, tail)))
  const value = lane.copysign(lane.select(left, obtuse, lane.add(high, tail)), y)
  return lane.select(lane.eq(largest, largest), value, largest)
}

/** (asin x − x)/x³ = P/Q in x², |x| ≤ ½: the coefficients of fdlibm (Sun Microsystems 1993), e_asin.c. */
const asinNumerator = [
  0.16666666666666666, -0.3255658186224009, 0.20121253213486293, -0.04005553450067941,
  0.0007915349942898145, 3.479331075960212e-5,
] // biome-ignore format: a table
const asinDenominator = [
  1, -2.403394911734414, 2.0209457602335057, -0.6882839716054533, 0.07703815055590194,
] // biome-ignore format: a table

/** With z = x², or z = (1 − |x|)/2 and √z in two parts for |x| ≥ ½: what asin and acos share. */
function arcParts(lane: Lane, x: Real) {
  const size = lane.let('size', lane.abs(x))
  const near = lane.let('near', lane.lt(size, 0.5))
  const z = lane.let('z', lane.select(near, lane.mul(x, x), lane.mul(lane.sub(1, size), 0.5)))
  const quotient = lane.div(polynomial(lane, z, asinNumerator), polynomial(lane, z, asinDenominator))
  const ratio = lane.let('ratio', lane.mul(z, quotient))
  const root = lane.let('root', lane.sqrt(z))
  const upper = lane.let('upper', lane.fromBits(lane.andBits(lane.bits(root), -(1n << 32n))))
  const defect = lane.sub(z, lane.mul(upper, upper))
  const lower = lane.let('lower', lane.div(defect, atLeast(lane, lane.add(root, upper), 2 ** -1022)))
  return { size, near, ratio, root, upper, lower }
}

/** asin x = x + x·R(x²), or π/2 − 2·asin √((1 − x)/2). */
export function asin(lane: Lane, x: Real): Real {
  const { size, near, ratio, root, upper, lower } = arcParts(lane, x)
  const tail = lane.sub(lane.mul(lane.mul(root, 2), ratio), lane.sub(halfPiLow, lane.mul(lower, 2)))
  const far = lane.sub(halfPi / 2, lane.sub(tail, lane.sub(halfPi / 2, lane.mul(upper, 2))))
  return lane.copysign(lane.select(near, lane.add(size, lane.mul(size, ratio)), far), x)
}

/** acos x = π/2 − asin x, or 2·asin √((1 − x)/2), or π − 2·asin √((1 + x)/2). */
export function acos(lane: Lane, x: Real): Real {
  const { near, ratio, root, upper, lower } = arcParts(lane, x)
  const middle = lane.sub(halfPi, lane.sub(x, lane.sub(halfPiLow, lane.mul(x, ratio))))
  const product = lane.let('product', lane.mul(root, ratio))
  const right = lane.mul(lane.add(upper, lane.add(product, lower)), 2)
  const left = lane.sub(Math.PI, lane.mul(lane.add(root, lane.sub(product, halfPiLow)), 2))
  return lane.select(near, middle, lane.select(lane.gt(x, 0), right, left))
}
