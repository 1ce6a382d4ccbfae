import {
  call,
  type F64,
  type FunctionBody,
  f64,
  type I64,
  i32,
  i64,
  type Lane,
  type Local,
  type ModuleBuilder,
  type Real,
  scalarLane,
  select,
  unlikely,
} from '../wasm/index.ts'
import { scale, twoProduct } from './arithmetic.ts'

/**
 * a − b·floor(a/b) without rounding error: the remainder with the sign of b, as Python's `%`. NaN where b = 0 or a is
 * infinite.
 */
export function remainder(lane: Lane, a: Real, b: Real, module: ModuleBuilder): Real {
  const anyRemainder = module.once('elementary.longRemainder', () =>
    module.function('longRemainder', { a: 'f64', b: 'f64' }, ['f64'], (f, { a, b }) =>
      longRemainder(f, a, b),
    ),
  )
  const size = lane.let('size', lane.abs(b))
  const quotient = lane.let('quotient', lane.floor(lane.div(a, b)))
  const product = twoProduct(lane, quotient, b)
  const rest = lane.let('rest', lane.sub(lane.sub(a, product.high), product.low))
  // A quotient that was rounded up to an integer is one too many.
  const isOver = lane.lt(lane.mul(lane.copysign(1, b), rest), 0)
  const quick = lane.add(rest, lane.select(isOver, b, 0))
  const easy = lane.and(
    lane.lt(lane.abs(quotient), 2 ** 52),
    lane.and(lane.gt(size, 2 ** -900), lane.and(lane.lt(size, 2 ** 900), lane.lt(lane.abs(a), 2 ** 900))),
  )
  const slow = () => lane.each2(a, b, (a, b) => call<'f64'>(anyRemainder, a, b))
  return unlikely(lane, lane.not(easy), slow, quick)
}

/** The remainder by long division, bit by bit: for quotients of more than 52 bits, and near the ends of the range. */
function longRemainder(f: FunctionBody, a: F64, b: F64): void {
  const lane = scalarLane(f)
  const dividend = f.let('dividend', f64.abs(a))
  const divisor = f.let('divisor', f64.abs(b))
  const rest = f.let('rest', dividend)
  f.if(i32.or(i32.or(f64.ne(b, b), f64.eq(b, 0)), i32.eqz(f64.lt(dividend, Infinity))), () =>
    f.return(Number.NaN),
  )
  f.if(i32.and(f64.lt(divisor, Infinity), f64.ge(dividend, divisor)), () => {
    const [m, exponent] = integerAndExponent(f, dividend)
    const [n, divisorExponent] = integerAndExponent(f, divisor)
    const places = f.let('places', i64.sub(exponent, divisorExponent))
    f.block(done => {
      f.loop(next => {
        f.set(m, select(i64.sub(m, n), m, i64.ge_s(m, n)))
        f.branchIf(done, i64.eqz(places))
        f.set(m, i64.shl(m, 1n))
        f.set(places, i64.sub(places, 1n))
        f.branch(next)
      })
    })
    const k = f.let('k', f64.convert_i64_s(i64.sub(divisorExponent, 1075n)))
    f.set(rest, scale(lane, f64.convert_i64_s(m), k) as F64)
  })
  f.set(rest, f64.copysign(rest, a))
  f.if(f64.lt(f64.mul(f64.copysign(1, b), rest), 0), () => f.set(rest, f64.add(rest, b)))
  f.return(f64.add(rest, 0))
}

/** x = m·2^(exponent − 1075) with 2^52 ≤ m < 2^53, for x > 0. */
function integerAndExponent(f: FunctionBody, x: F64): [m: Local<'i64'>, exponent: I64] {
  const tiny = f.let('tiny', f64.lt(x, 2 ** -1022))
  const bits = f.let('bits', i64.reinterpret_f64(select(f64.mul(x, 2 ** 54), x, tiny)))
  const m = f.let('m', i64.or(i64.and(bits, 0xfffffffffffffn), 0x10000000000000n))
  const biased = i64.sub(i64.shr_u(bits, 52n), select(i64.const(54n), i64.const(0n), tiny))
  return [m, f.let('exponent', biased)]
}
