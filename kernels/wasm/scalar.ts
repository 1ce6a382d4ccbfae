/** The scalar instructions, under the names of the specification: `f64.add(a, b)`, `i32.shl(a, 3)`, `i64.and(a, b)`. */

import {
  binary,
  f64Constant,
  type I32,
  i32Constant,
  i64Constant,
  loader,
  type Operand,
  toValue,
  unary,
  type Value,
  type ValueType,
} from './value.ts'

const i32Binary = (opcode: number) => binary('i32', 'i32', opcode)
const i64Binary = (opcode: number) => binary('i64', 'i64', opcode)
const i64Compare = (opcode: number) => binary('i64', 'i32', opcode)
const f64Unary = (opcode: number) => unary('f64', 'f64', opcode)
const f64Binary = (opcode: number) => binary('f64', 'f64', opcode)
const f64Compare = (opcode: number) => binary('f64', 'i32', opcode)

export const i32 = {
  const: i32Constant,
  load: loader('i32', 2, 0x28),
  load8_u: loader('i32', 0, 0x2d),
  eqz: unary('i32', 'i32', 0x45),
  eq: i32Binary(0x46),
  ne: i32Binary(0x47),
  lt_s: i32Binary(0x48),
  lt_u: i32Binary(0x49),
  gt_s: i32Binary(0x4a),
  gt_u: i32Binary(0x4b),
  le_s: i32Binary(0x4c),
  le_u: i32Binary(0x4d),
  ge_s: i32Binary(0x4e),
  ge_u: i32Binary(0x4f),
  add: i32Binary(0x6a),
  sub: i32Binary(0x6b),
  mul: i32Binary(0x6c),
  div_s: i32Binary(0x6d),
  div_u: i32Binary(0x6e),
  rem_s: i32Binary(0x6f),
  rem_u: i32Binary(0x70),
  and: i32Binary(0x71),
  or: i32Binary(0x72),
  xor: i32Binary(0x73),
  shl: i32Binary(0x74),
  shr_s: i32Binary(0x75),
  shr_u: i32Binary(0x76),
  wrap_i64: unary('i64', 'i32', 0xa7),
  trunc_f64_s: unary('f64', 'i32', 0xaa),
  trunc_sat_f64_s: unary('f64', 'i32', 0xfc, 0x02),
}

export const i64 = {
  const: i64Constant,
  load: loader('i64', 3, 0x29),
  eqz: unary('i64', 'i32', 0x50),
  eq: i64Compare(0x51),
  ne: i64Compare(0x52),
  lt_s: i64Compare(0x53),
  lt_u: i64Compare(0x54),
  gt_s: i64Compare(0x55),
  gt_u: i64Compare(0x56),
  le_s: i64Compare(0x57),
  le_u: i64Compare(0x58),
  ge_s: i64Compare(0x59),
  ge_u: i64Compare(0x5a),
  clz: unary('i64', 'i64', 0x79),
  ctz: unary('i64', 'i64', 0x7a),
  add: i64Binary(0x7c),
  sub: i64Binary(0x7d),
  mul: i64Binary(0x7e),
  and: i64Binary(0x83),
  or: i64Binary(0x84),
  xor: i64Binary(0x85),
  shl: i64Binary(0x86),
  shr_s: i64Binary(0x87),
  shr_u: i64Binary(0x88),
  extend_i32_s: unary('i32', 'i64', 0xac),
  extend_i32_u: unary('i32', 'i64', 0xad),
  trunc_sat_f64_s: unary('f64', 'i64', 0xfc, 0x06),
  reinterpret_f64: unary('f64', 'i64', 0xbd),
}

export const f64 = {
  const: f64Constant,
  load: loader('f64', 3, 0x2b),
  eq: f64Compare(0x61),
  ne: f64Compare(0x62),
  lt: f64Compare(0x63),
  gt: f64Compare(0x64),
  le: f64Compare(0x65),
  ge: f64Compare(0x66),
  abs: f64Unary(0x99),
  neg: f64Unary(0x9a),
  ceil: f64Unary(0x9b),
  floor: f64Unary(0x9c),
  trunc: f64Unary(0x9d),
  nearest: f64Unary(0x9e),
  sqrt: f64Unary(0x9f),
  add: f64Binary(0xa0),
  sub: f64Binary(0xa1),
  mul: f64Binary(0xa2),
  div: f64Binary(0xa3),
  min: f64Binary(0xa4),
  max: f64Binary(0xa5),
  copysign: f64Binary(0xa6),
  convert_i32_s: unary('i32', 'f64', 0xb7),
  convert_i32_u: unary('i32', 'f64', 0xb8),
  convert_i64_s: unary('i64', 'f64', 0xb9),
  reinterpret_i64: unary('i64', 'f64', 0xbf),
}

/** condition ≠ 0 ? a : b; both are computed. */
export function select<T extends ValueType>(a: Value<T>, b: Value<T>, condition: Operand<'i32'>): Value<T> {
  // v128 needs the typed form of the instruction in no engine that matters: the untyped one covers vectors.
  return { type: a.type, code: [a.code, toValue(a.type, b).code, toValue('i32', condition).code, 0x1b] }
}

/** base + a constant number of bytes; nothing is added where that is zero. */
export const advance = (base: I32, bytes: number): I32 => (bytes === 0 ? base : i32.add(base, bytes))
