import type { FunctionBody } from './functionBody.ts'
import { f64, i32, i64, select } from './scalar.ts'
import { f64x2, i64x2, v128 } from './simd.ts'
import type { F64, I32, I64, Operand, V128, Value } from './value.ts'

/** A float64, or two. */
export type Real = Value<'f64' | 'v128'>
/** The 64 bits of a float64, or of two. */
export type Bits = Value<'i64' | 'v128'>
/** A truth value, or two. */
export type Mask = Value<'i32' | 'v128'>

/** A real operand: a number is the constant in each lane. */
export type RealOperand = Real | number
export type BitsOperand = Bits | bigint

/**
 * Elementwise arithmetic on one float64 (`width` 1) or two (`width` 2), by the same instructions in the same order: a
 * function written once against this interface gives the same bits in both forms.
 *
 * Values are expressions: one that is used more than once belongs into `let` first.
 */
export interface Lane {
  /** Number of float64 values in a Real. */
  readonly width: 1 | 2
  readonly type: 'f64' | 'v128'
  readonly body: FunctionBody
  /** Computes a value once and names it. */
  let<V extends Value>(name: string, value: V): V

  constant(value: number): Real
  /** Reads `width` consecutive float64. */
  load(address: Operand<'i32'>, offset?: number): Real
  /** Reads one float64 into each lane. */
  loadSplat(address: Operand<'i32'>, offset?: number): Real
  /** Writes `width` consecutive float64. */
  store(address: Operand<'i32'>, value: RealOperand, offset?: number): void
  /** One float64 in each lane. */
  splat(value: F64): Real

  add(a: RealOperand, b: RealOperand): Real
  sub(a: RealOperand, b: RealOperand): Real
  mul(a: RealOperand, b: RealOperand): Real
  div(a: RealOperand, b: RealOperand): Real
  /** a·b + c: rounded twice, or, in a relaxed lane, as the machine likes. */
  mulAdd(a: RealOperand, b: RealOperand, c: RealOperand): Real
  /** IEEE minimum and maximum: NaN if either is NaN, −0 < +0. */
  min(a: RealOperand, b: RealOperand): Real
  max(a: RealOperand, b: RealOperand): Real
  /** b < a ? b : a, and a < b ? b : a: one instruction each, and a where either is NaN. */
  pseudoMin(a: RealOperand, b: RealOperand): Real
  pseudoMax(a: RealOperand, b: RealOperand): Real
  sqrt(a: RealOperand): Real
  abs(a: RealOperand): Real
  neg(a: RealOperand): Real
  floor(a: RealOperand): Real
  ceil(a: RealOperand): Real
  trunc(a: RealOperand): Real
  /** To the nearest integer, ties to even. */
  nearest(a: RealOperand): Real
  /** |a| with the sign of b. */
  copysign(a: RealOperand, b: RealOperand): Real

  eq(a: RealOperand, b: RealOperand): Mask
  ne(a: RealOperand, b: RealOperand): Mask
  lt(a: RealOperand, b: RealOperand): Mask
  le(a: RealOperand, b: RealOperand): Mask
  gt(a: RealOperand, b: RealOperand): Mask
  ge(a: RealOperand, b: RealOperand): Mask
  and(a: Mask, b: Mask): Mask
  or(a: Mask, b: Mask): Mask
  not(a: Mask): Mask
  /** 1 if some lane is true: the condition of a branch to a slow path. */
  any(mask: Mask): I32
  /** mask ? a : b, lane by lane; both are computed. */
  select(mask: Mask, a: RealOperand, b: RealOperand): Real
  selectBits(mask: Mask, a: BitsOperand, b: BitsOperand): Bits
  /** mask ? 1 : 0 */
  truth(mask: Mask): Real

  bits(a: RealOperand): Bits
  fromBits(a: BitsOperand): Real
  constantBits(value: bigint): Bits
  addBits(a: BitsOperand, b: BitsOperand): Bits
  subBits(a: BitsOperand, b: BitsOperand): Bits
  mulBits(a: BitsOperand, b: BitsOperand): Bits
  andBits(a: BitsOperand, b: BitsOperand): Bits
  orBits(a: BitsOperand, b: BitsOperand): Bits
  xorBits(a: BitsOperand, b: BitsOperand): Bits
  shiftLeft(a: BitsOperand, count: number): Bits
  /** Arithmetic: the sign is kept. */
  shiftRight(a: BitsOperand, count: number): Bits
  /** Logical: zeros enter. */
  shiftRightUnsigned(a: BitsOperand, count: number): Bits
  eqBits(a: BitsOperand, b: BitsOperand): Mask
  /** a < b as signed integers. */
  ltBits(a: BitsOperand, b: BitsOperand): Mask
  /** A float64 that holds an integer of magnitude at most 2^51, as an int64. */
  toInteger(a: RealOperand): Bits
  /** An int64 of magnitude at most 2^51, as a float64. */
  fromInteger(a: BitsOperand): Real

  /** Reads table[index], lane by lane, where `table` is the address of float64 values. */
  lookup(table: Operand<'i32'>, index: Bits, offset?: number): Real
  /** A function of one float64 applied to each lane in turn: for slow paths. */
  each(a: RealOperand, apply: (a: F64) => F64): Real
  /** The same for a function of two float64. */
  each2(a: RealOperand, b: RealOperand, apply: (a: F64, b: F64) => F64): Real
}

/** 2^52 + 2^51: adding it moves an integer's bits to the bottom of the significand, negative ones included. */
const integerShift = 2 ** 52 + 2 ** 51
const integerShiftBits = 0x4338000000000000n

export interface LaneOptions {
  /** `mulAdd` by the relaxed fused instruction: faster, and other bits on other machines. */
  readonly relaxed?: boolean
}

/** The lane of one float64. */
export function scalarLane(f: FunctionBody, { relaxed = false }: LaneOptions = {}): Lane {
  const real = (a: RealOperand): F64 => (typeof a === 'number' ? f64.const(a) : (a as F64))
  const bits = (a: BitsOperand): I64 => (typeof a === 'bigint' ? i64.const(a) : (a as I64))
  const mask = (a: Mask): I32 => a as I32
  const unary = (op: (a: F64) => F64) => (a: RealOperand) => op(real(a))
  const binary =
    <R>(op: (a: F64, b: F64) => R) =>
    (a: RealOperand, b: RealOperand) =>
      op(real(a), real(b))
  const bitwise =
    <R>(op: (a: I64, b: I64) => R) =>
    (a: BitsOperand, b: BitsOperand) =>
      op(bits(a), bits(b))
  const shift = (op: (a: I64, count: I64) => I64) => (a: BitsOperand, count: number) =>
    op(bits(a), i64.const(BigInt(count)))
  const fused = (a: F64, b: F64, c: F64): F64 =>
    f64x2.extract_lane(f64x2.relaxed_madd(f64x2.splat(a), f64x2.splat(b), f64x2.splat(c)), 0)

  const lane: Lane = {
    width: 1,
    type: 'f64',
    body: f,
    let: bind(f),
    constant: f64.const,
    load: f64.load,
    loadSplat: f64.load,
    store: (address, value, offset) => f.store(address, value, offset),
    splat: value => value,
    add: binary(f64.add),
    sub: binary(f64.sub),
    mul: binary(f64.mul),
    div: binary(f64.div),
    mulAdd: (a, b, c) => (relaxed ? fused(real(a), real(b), real(c)) : lane.add(lane.mul(a, b), c)),
    min: binary(f64.min),
    max: binary(f64.max),
    pseudoMin: (a, b) => lane.select(lane.lt(b, a), b, a),
    pseudoMax: (a, b) => lane.select(lane.lt(a, b), b, a),
    sqrt: unary(f64.sqrt),
    abs: unary(f64.abs),
    neg: unary(f64.neg),
    floor: unary(f64.floor),
    ceil: unary(f64.ceil),
    trunc: unary(f64.trunc),
    nearest: unary(f64.nearest),
    copysign: binary(f64.copysign),
    eq: binary(f64.eq),
    ne: binary(f64.ne),
    lt: binary(f64.lt),
    le: binary(f64.le),
    gt: binary(f64.gt),
    ge: binary(f64.ge),
    and: (a, b) => i32.and(mask(a), mask(b)),
    or: (a, b) => i32.or(mask(a), mask(b)),
    not: a => i32.eqz(mask(a)),
    any: mask,
    select: (m, a, b) => select(real(a), real(b), mask(m)),
    selectBits: (m, a, b) => select(bits(a), bits(b), mask(m)),
    truth: m => f64.convert_i32_s(mask(m)),
    bits: a => i64.reinterpret_f64(real(a)),
    fromBits: a => f64.reinterpret_i64(bits(a)),
    constantBits: i64.const,
    addBits: bitwise(i64.add),
    subBits: bitwise(i64.sub),
    mulBits: bitwise(i64.mul),
    andBits: bitwise(i64.and),
    orBits: bitwise(i64.or),
    xorBits: bitwise(i64.xor),
    shiftLeft: shift(i64.shl),
    shiftRight: shift(i64.shr_s),
    shiftRightUnsigned: shift(i64.shr_u),
    eqBits: bitwise(i64.eq),
    ltBits: bitwise(i64.lt_s),
    toInteger: a => lane.subBits(lane.bits(lane.add(a, integerShift)), integerShiftBits),
    fromInteger: a => lane.sub(lane.fromBits(lane.addBits(a, integerShiftBits)), integerShift),
    lookup: (table, index, offset) => f64.load(i32.add(table, i32.shl(i32.wrap_i64(bits(index)), 3)), offset),
    each: (a, apply) => apply(real(a)),
    each2: (a, b, apply) => apply(real(a), real(b)),
  }
  return lane
}

/** The lane of two float64. */
export function vectorLane(f: FunctionBody, { relaxed = false }: LaneOptions = {}): Lane {
  const real = (a: RealOperand): V128 => (typeof a === 'number' ? f64x2.const(a) : (a as V128))
  const bits = (a: BitsOperand): V128 => (typeof a === 'bigint' ? i64x2.const(a) : (a as V128))
  const mask = (a: Mask): V128 => a as V128
  const unary = (op: (a: V128) => V128) => (a: RealOperand) => op(real(a))
  const binary = (op: (a: V128, b: V128) => V128) => (a: RealOperand, b: RealOperand) => op(real(a), real(b))
  const bitwise = (op: (a: V128, b: V128) => V128) => (a: BitsOperand, b: BitsOperand) => op(bits(a), bits(b))
  const shift = (op: (a: V128, count: number) => V128) => (a: BitsOperand, count: number) =>
    op(bits(a), count)
  const signBit = i64x2.const(1n << 63n)

  const lane: Lane = {
    width: 2,
    type: 'v128',
    body: f,
    let: bind(f),
    constant: value => f64x2.const(value),
    load: v128.load,
    loadSplat: v128.load64_splat,
    store: (address, value, offset) => f.store(address, real(value), offset),
    splat: f64x2.splat,
    add: binary(f64x2.add),
    sub: binary(f64x2.sub),
    mul: binary(f64x2.mul),
    div: binary(f64x2.div),
    mulAdd: (a, b, c) =>
      relaxed ? f64x2.relaxed_madd(real(a), real(b), real(c)) : lane.add(lane.mul(a, b), c),
    min: binary(f64x2.min),
    max: binary(f64x2.max),
    pseudoMin: binary(f64x2.pmin),
    pseudoMax: binary(f64x2.pmax),
    sqrt: unary(f64x2.sqrt),
    abs: unary(f64x2.abs),
    neg: unary(f64x2.neg),
    floor: unary(f64x2.floor),
    ceil: unary(f64x2.ceil),
    trunc: unary(f64x2.trunc),
    nearest: unary(f64x2.nearest),
    copysign: (a, b) => v128.bitselect(real(b), real(a), signBit),
    eq: binary(f64x2.eq),
    ne: binary(f64x2.ne),
    lt: binary(f64x2.lt),
    le: binary(f64x2.le),
    gt: binary(f64x2.gt),
    ge: binary(f64x2.ge),
    and: (a, b) => v128.and(mask(a), mask(b)),
    or: (a, b) => v128.or(mask(a), mask(b)),
    not: a => v128.not(mask(a)),
    any: a => v128.any_true(mask(a)),
    select: (m, a, b) => v128.bitselect(real(a), real(b), mask(m)),
    selectBits: (m, a, b) => v128.bitselect(bits(a), bits(b), mask(m)),
    truth: m => v128.and(mask(m), f64x2.const(1)),
    bits: real,
    fromBits: bits,
    constantBits: value => i64x2.const(value),
    addBits: bitwise(i64x2.add),
    subBits: bitwise(i64x2.sub),
    mulBits: bitwise(i64x2.mul),
    andBits: bitwise(v128.and),
    orBits: bitwise(v128.or),
    xorBits: bitwise(v128.xor),
    shiftLeft: shift(i64x2.shl),
    shiftRight: shift(i64x2.shr_s),
    shiftRightUnsigned: shift(i64x2.shr_u),
    eqBits: bitwise(i64x2.eq),
    ltBits: bitwise(i64x2.lt_s),
    toInteger: a => lane.subBits(lane.bits(lane.add(a, integerShift)), integerShiftBits),
    fromInteger: a => lane.sub(lane.fromBits(lane.addBits(a, integerShiftBits)), integerShift),
    lookup(table, index, offset) {
      const start = f.let('table', typeof table === 'number' ? i32.const(table) : table)
      const at = f.let('index', i64x2.shl(bits(index), 3))
      const address = (i: 0 | 1) => i32.add(start, i32.wrap_i64(i64x2.extract_lane(at, i)))
      return v128.load64_lane(address(1), v128.load64_zero(address(0), offset), 1, offset)
    },
    each: (a, apply) => lane.each2(a, a, first => apply(first)),
    each2(a, b, apply) {
      const left = f.let('each', real(a))
      const right = a === b ? left : f.let('each', real(b))
      const at = (i: 0 | 1) => apply(f64x2.extract_lane(left, i), f64x2.extract_lane(right, i))
      return f64x2.replace_lane(f64x2.splat(at(0)), 1, at(1))
    },
  }
  return lane
}

const bind =
  (f: FunctionBody) =>
  <V extends Value>(name: string, value: V): V =>
    f.let(name, value) as unknown as V

/**
 * mask ? slow() : fast, where the code of `slow` runs only if some lane asks for it. A lane that did not ask keeps
 * `fast`, so the bits do not depend on its neighbour.
 */
export function unlikely(lane: Lane, mask: Mask, slow: () => Real, fast: Real): Real {
  const f = lane.body
  const asked = f.let('asked', mask)
  const result = f.let('result', fast)
  f.if(lane.any(asked), () => f.set(result, lane.select(asked, slow(), result)))
  return result
}
