/** The 128-bit SIMD instructions and the relaxed fused ones, under the names of the specification. */

import { float64, int64 } from './encoding.ts'
import {
  binary,
  loader,
  memoryArgument,
  type Operand,
  simd,
  toValue,
  unary,
  type V128,
  type Value,
  type ValueType,
} from './value.ts'

const vUnary = (opcode: number) => unary('v128', 'v128', simd(opcode))
const vBinary = (opcode: number) => binary('v128', 'v128', simd(opcode))
const vTest = (opcode: number) => unary('v128', 'i32', simd(opcode))
const splat = <T extends ValueType>(from: T, opcode: number) => unary(from, 'v128', simd(opcode))

const ternary =
  (opcode: number) =>
  (a: V128, b: V128, c: V128): V128 => ({ type: 'v128', code: [a.code, b.code, c.code, simd(opcode)] })

const shift =
  (opcode: number) =>
  (a: V128, count: Operand<'i32'>): V128 => ({
    type: 'v128',
    code: [a.code, toValue('i32', count).code, simd(opcode)],
  })

function checkLane(lane: number, lanes: number): void {
  if (!Number.isInteger(lane) || lane < 0 || lane >= lanes) {
    throw new RangeError(`there is no lane ${lane} in a vector of ${lanes}`)
  }
}

const extract =
  <T extends ValueType>(to: T, lanes: number, opcode: number) =>
  (a: V128, lane: number): Value<T> => {
    checkLane(lane, lanes)
    return { type: to, code: [a.code, simd(opcode), lane] }
  }

const replace =
  <T extends ValueType>(from: T, lanes: number, opcode: number) =>
  (a: V128, lane: number, value: Operand<T>): V128 => {
    checkLane(lane, lanes)
    return { type: 'v128', code: [a.code, toValue(from, value).code, simd(opcode), lane] }
  }

/** The 16 bytes at the given positions of a (0…15) and b (16…31). */
function shuffleBytes(a: V128, b: V128, positions: readonly number[]): V128 {
  for (const position of positions) checkLane(position, 32)
  return { type: 'v128', code: [a.code, b.code, simd(0x0d), positions] }
}

export const v128 = {
  load: loader('v128', 3, simd(0x00)),
  load64_splat: loader('v128', 3, simd(0x0a)),
  load64_zero: loader('v128', 3, simd(0x5d)),
  /** `vector` with one float64 lane replaced from memory. */
  load64_lane: (address: Operand<'i32'>, vector: V128, lane: number, offset = 0): V128 => {
    checkLane(lane, 2)
    const operands = [toValue('i32', address).code, vector.code]
    return { type: 'v128', code: [operands, simd(0x57), memoryArgument(3, offset), lane] }
  },
  not: vUnary(0x4d),
  and: vBinary(0x4e),
  /** a and not b */
  andnot: vBinary(0x4f),
  or: vBinary(0x50),
  xor: vBinary(0x51),
  /** Bit by bit: mask ? a : b. */
  bitselect: ternary(0x52),
  any_true: vTest(0x53),
}

export const i8x16 = { shuffle: shuffleBytes, swizzle: vBinary(0x0e), splat: splat('i32', 0x0f) }

export const i32x4 = {
  splat: splat('i32', 0x11),
  extract_lane: extract('i32', 4, 0x1b),
  replace_lane: replace('i32', 4, 0x1c),
  eq: vBinary(0x37),
  ne: vBinary(0x38),
  lt_s: vBinary(0x39),
  lt_u: vBinary(0x3a),
  gt_s: vBinary(0x3b),
  gt_u: vBinary(0x3c),
  le_s: vBinary(0x3d),
  ge_s: vBinary(0x3f),
  abs: vUnary(0xa0),
  neg: vUnary(0xa1),
  all_true: vTest(0xa3),
  bitmask: vTest(0xa4),
  shl: shift(0xab),
  shr_s: shift(0xac),
  shr_u: shift(0xad),
  add: vBinary(0xae),
  sub: vBinary(0xb1),
  mul: vBinary(0xb5),
  min_s: vBinary(0xb6),
  max_s: vBinary(0xb8),
  trunc_sat_f64x2_s_zero: vUnary(0xfc),
}

export const i64x2 = {
  const: (a: bigint, b = a): V128 => ({ type: 'v128', code: [simd(0x0c), int64(a), int64(b)] }),
  splat: splat('i64', 0x12),
  extract_lane: extract('i64', 2, 0x1d),
  replace_lane: replace('i64', 2, 0x1e),
  abs: vUnary(0xc0),
  neg: vUnary(0xc1),
  all_true: vTest(0xc3),
  bitmask: vTest(0xc4),
  extend_low_i32x4_s: vUnary(0xc7),
  extend_low_i32x4_u: vUnary(0xc9),
  shl: shift(0xcb),
  shr_s: shift(0xcc),
  shr_u: shift(0xcd),
  add: vBinary(0xce),
  sub: vBinary(0xd1),
  mul: vBinary(0xd5),
  eq: vBinary(0xd6),
  ne: vBinary(0xd7),
  lt_s: vBinary(0xd8),
  gt_s: vBinary(0xd9),
  le_s: vBinary(0xda),
  ge_s: vBinary(0xdb),
}

export const f64x2 = {
  const: (a: number, b = a): V128 => ({ type: 'v128', code: [simd(0x0c), float64(a), float64(b)] }),
  splat: splat('f64', 0x14),
  extract_lane: extract('f64', 2, 0x21),
  replace_lane: replace('f64', 2, 0x22),
  /** The two lanes numbered i and j of (a₀, a₁, b₀, b₁). */
  shuffle: (a: V128, b: V128, i: number, j: number): V128 =>
    shuffleBytes(
      a,
      b,
      [i, j].flatMap(lane => Array.from({ length: 8 }, (_, byte) => 8 * lane + byte)),
    ),
  eq: vBinary(0x47),
  ne: vBinary(0x48),
  lt: vBinary(0x49),
  gt: vBinary(0x4a),
  le: vBinary(0x4b),
  ge: vBinary(0x4c),
  ceil: vUnary(0x74),
  floor: vUnary(0x75),
  trunc: vUnary(0x7a),
  nearest: vUnary(0x94),
  abs: vUnary(0xec),
  neg: vUnary(0xed),
  sqrt: vUnary(0xef),
  add: vBinary(0xf0),
  sub: vBinary(0xf1),
  mul: vBinary(0xf2),
  div: vBinary(0xf3),
  min: vBinary(0xf4),
  max: vBinary(0xf5),
  /** b < a ? b : a */
  pmin: vBinary(0xf6),
  /** a < b ? b : a */
  pmax: vBinary(0xf7),
  convert_low_i32x4_s: vUnary(0xfe),
  convert_low_i32x4_u: vUnary(0xff),
  /** a·b + c, rounded once or twice as the machine likes: other bits on other machines. */
  relaxed_madd: ternary(0x107),
  /** −(a·b) + c, likewise. */
  relaxed_nmadd: ternary(0x108),
}

/** The relaxed operations on four float32 lanes, for completeness of the pair. */
export const f32x4 = { relaxed_madd: ternary(0x105), relaxed_nmadd: ternary(0x106) }
