import {
  type Bits,
  choose,
  type F64,
  f64,
  type I64,
  i64,
  type Lane,
  type Mask,
  type Real,
} from '../wasm/index.ts'
import { fastTwoSum, twoProduct } from './arithmetic.ts'

/** x − quadrant·π/2 = high + low, |high| ≤ π/4; only the last two bits of the quadrant matter. */
export interface ReducedAngle {
  readonly high: Real
  readonly low: Real
  readonly quadrant: Bits
}

/** π/2 in three parts (Cody and Waite): 33 bits, 33 bits and the rest. */
const halfPi1 = 1.5707963267341256
const halfPi2 = 6.077100506303966e-11
const halfPi3 = 2.0222662487959506e-21

const halfPiLow = 6.123233995736766e-17

const integerShift = 1.5 * 2 ** 52

/**
 * The reduced angle where |x| < 2^20 and x is not too near to a multiple of π/2, with an error below 2⁻⁸⁵ of it;
 * `hard` is where that fails, NaN and infinities included.
 *
 * The quadrant has 20 bits, so that its products with the first two parts are exact, and so is the first difference.
 * Where that is at least four times the second product, the second difference loses nothing either.
 */
export function reduceAngle(lane: Lane, x: Real): ReducedAngle & { hard: Mask } {
  const shifted = lane.let('shifted', lane.add(lane.mul(x, 2 / Math.PI), integerShift))
  const n = lane.let('n', lane.sub(shifted, integerShift))
  const first = lane.let('first', lane.sub(x, lane.mul(n, halfPi1)))
  const product = lane.let('product', lane.mul(n, halfPi2))
  const second = lane.let('second', lane.sub(first, product))
  const error = lane.sub(lane.sub(first, second), product)
  const rest = lane.let('rest', lane.sub(lane.mul(n, halfPi3), error))
  const high = lane.let('high', lane.sub(second, rest))
  const low = lane.let('low', lane.sub(lane.sub(second, high), rest))
  const easy = lane.and(
    lane.lt(lane.abs(x), 2 ** 20),
    lane.ge(lane.abs(first), lane.abs(lane.mul(product, 4))),
  )
  return { high, low, quadrant: lane.bits(shifted), hard: lane.not(easy) }
}

/** 64 zeros, then the binary digits of 2/π. */
const twoOverPi = [
  0x0000000000000000n, 0xa2f9836e4e441529n, 0xfc2757d1f534ddc0n, 0xdb6295993c439041n, 0xfe5163abdebbc561n,
  0xb7246e3a424dd2e0n, 0x06492eea09d1921cn, 0xfe1deb1cb129a73en, 0xe88235f52ebb4484n, 0xe99c7026b45f7e41n,
  0x3991d639835339f4n, 0x9c845f8bbdf9283bn, 0x1ff897ffde05980fn, 0xef2f118b5a0a6d1fn, 0x6d367ecf27cb09b7n,
  0x4f463f669e5fea2dn, 0x7527bac7ebe5f17bn, 0x3d0739f78a5292ean, 0x6bfb5fb11f8d5d08n, 0x56033046fc7b6babn,
] // biome-ignore format: a table

/** twoOverPi[index], as a tree of branches: it needs no memory. */
function digits(index: I64, from = 0, to = twoOverPi.length): I64 {
  if (to - from === 1) return i64.const(twoOverPi[from])
  const middle = (from + to) >> 1
  return choose(i64.lt_s(index, BigInt(middle)), digits(index, from, middle), digits(index, middle, to))
}

/**
 * The reduced angle of any finite x with |x| > ½ (Payne and Hanek 1983); NaN of others.
 * It comes no nearer to zero than 2⁻⁶² (Muller, Elementary Functions, 11.3).
 *
 * With x = m·2^e, the digits of 2/π that matter are the 192 from weight 2^(1 − e): those before give multiples of 4, those
 * after less than 2⁻¹³⁷ in x·2/π. The product mod 4 is a 192-bit integer; the two leading bits are the quadrant.
 */
export function reduceAnyAngle(lane: Lane, x: F64): ReducedAngle {
  const f = lane.body
  const word = (name: string, value: I64) => f.let(name, value)
  const bits = word('bits', i64.reinterpret_f64(x))
  const exponent = i64.and(i64.shr_u(bits, 52n), 0x7ffn)
  const m = word('m', i64.or(i64.and(bits, 0xfffffffffffffn), 0x10000000000000n))
  // e = exponent − 1075; the first digit wanted is number e − 1, counted from 1, and 64 zeros come before.
  const start = word('start', i64.sub(exponent, BigInt(1075 + 2 - 64)))
  const index = word('index', i64.shr_u(start, 6n))
  const shift = word('shift', i64.and(start, 63n))
  const words = [0n, 1n, 2n, 3n].map(i => word('digits', digits(f.let('index', i64.add(index, i)))))
  const joined = (a: I64, b: I64) =>
    i64.or(i64.shl(a, shift), i64.shr_u(i64.shr_u(b, 1n), i64.sub(63n, shift)))
  const [w0, w1, w2] = [0, 1, 2].map(i => word('window', joined(words[i], words[i + 1])))

  const highProduct = (a: I64, b: I64): I64 => {
    const [a1, a0] = [word('a1', i64.shr_u(a, 32n)), word('a0', i64.and(a, 0xffffffffn))]
    const [b1, b0] = [word('b1', i64.shr_u(b, 32n)), word('b0', i64.and(b, 0xffffffffn))]
    const low = i64.shr_u(i64.mul(a0, b0), 32n)
    const middle = word('middle', i64.add(i64.mul(a1, b0), low))
    const other = i64.add(i64.mul(a0, b1), i64.and(middle, 0xffffffffn))
    return i64.add(i64.mul(a1, b1), i64.add(i64.shr_u(middle, 32n), i64.shr_u(other, 32n)))
  }
  const bottom = word('bottom', i64.mul(m, w2))
  const upper = word('upper', highProduct(m, w2))
  const centre = word('centre', i64.add(i64.mul(m, w1), upper))
  const carry = i64.extend_i32_u(i64.lt_u(centre, upper))
  const top = word('top', i64.add(i64.add(i64.mul(m, w0), highProduct(m, w1)), carry))

  // The fraction, as a signed 128-bit integer over 2^128: in [−½, ½) by rounding the quadrant to the nearest.
  const high = word('high', i64.or(i64.shl(top, 2n), i64.shr_u(centre, 62n)))
  const low = word('low', i64.or(i64.shl(centre, 2n), i64.shr_u(bottom, 62n)))
  const sign = word('sign', i64.shr_s(high, 63n))
  const quadrant = word('quadrant', i64.sub(i64.shr_u(top, 62n), sign))
  // Its size, shifted up by the number of leading zeros.
  const sizeLow = word('sizeLow', i64.sub(i64.xor(low, sign), sign))
  const borrow = i64.and(sign, i64.extend_i32_u(i64.eqz(sizeLow)))
  const sizeHigh = word('sizeHigh', i64.add(i64.xor(high, sign), borrow))
  const zeros = word('zeros', i64.clz(sizeHigh))
  const moved = i64.or(i64.shl(sizeHigh, zeros), i64.shr_u(i64.shr_u(sizeLow, 1n), i64.sub(63n, zeros)))
  const leading = word('leading', moved)
  const trailing = i64.or(i64.shl(leading, 52n), i64.shr_u(i64.shl(sizeLow, zeros), 12n))

  const unit = f64.reinterpret_i64(i64.shl(i64.sub(BigInt(1023 - 53), zeros), 52n))
  // The sign of the fraction times that of x; and a NaN where x is not finite.
  const signOfX = word('signOfX', i64.shr_s(bits, 63n))
  const signed = f64.convert_i64_s(i64.or(i64.xor(sign, signOfX), 1n))
  const scale = f.let('scale', f64.add(f64.mul(unit, signed), f64.mul(x, 0)))
  const a = f.let('fraction', f64.mul(f64.convert_i64_s(i64.shr_u(leading, 11n)), scale))
  const tailBits = i64.and(trailing, 0x7fffffffffffffffn)
  const b = f64.mul(f64.mul(f64.convert_i64_s(tailBits), 2 ** -63), scale)
  const product = twoProduct(lane, a, f.let('halfPi', f64.const(Math.PI / 2)))
  const error = lane.add(product.low, lane.add(lane.mul(a, halfPiLow), lane.mul(b, Math.PI / 2)))
  const angle = fastTwoSum(lane, product.high, lane.let('error', error))
  return { ...angle, quadrant: f.let('quadrant', i64.sub(i64.xor(quadrant, signOfX), signOfX)) }
}
