import { type Code, float64, signed, unsigned } from './encoding.ts'

/** The value types used here. */
export type ValueType = 'i32' | 'i64' | 'f64' | 'v128'

export const valueTypeCode = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const

/**
 * An expression of type T: the code that leaves it on the stack. It is emitted wherever it is consumed, so one that
 * is used twice is computed twice; `FunctionBody.let` puts it into a local first.
 */
export interface Value<out T extends ValueType = ValueType> {
  readonly type: T
  readonly code: Code
}

export type I32 = Value<'i32'>
export type I64 = Value<'i64'>
export type F64 = Value<'f64'>
export type V128 = Value<'v128'>

/** What an operand of type T may be written as: numbers (bigints for i64) are constants. */
export type Operand<T extends ValueType> =
  | Value<T>
  | (T extends 'i32' | 'f64' ? number : T extends 'i64' ? bigint : never)

/** Something executed for its effect: a store, a call without result. */
export interface Statement {
  readonly type: 'void'
  readonly code: Code
}

export const i32Constant = (value: number): I32 => {
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
    throw new RangeError(`${value} is no 32-bit integer; an address or a count was expected`)
  }
  return { type: 'i32', code: [0x41, signed(BigInt(value | 0))] }
}
export const i64Constant = (value: bigint): I64 => ({
  type: 'i64',
  code: [0x42, signed(BigInt.asIntN(64, value))],
})
export const f64Constant = (value: number): F64 => ({ type: 'f64', code: [0x44, float64(value)] })

/** The expression that an operand of type T stands for. */
export function toValue<T extends ValueType>(type: T, operand: Operand<T>): Value<T> {
  if (typeof operand === 'object') {
    if (operand.type !== type) {
      throw new TypeError(`an operand of type ${type} was expected, got one of type ${operand.type}`)
    }
    return operand
  }
  const constant =
    type === 'i32'
      ? i32Constant(operand as number)
      : type === 'i64'
        ? i64Constant(operand as bigint)
        : f64Constant(operand as number)
  return constant as unknown as Value<T>
}

/** The opcodes of the SIMD proposals: a prefix, then the number in LEB128. */
export const simd = (opcode: number): Code => [0xfd, unsigned(opcode)]

export type Unary<A extends ValueType, R extends ValueType> = (a: Operand<A>) => Value<R>
export type Binary<A extends ValueType, R extends ValueType> = (a: Operand<A>, b: Operand<A>) => Value<R>

export const unary =
  <A extends ValueType, R extends ValueType>(from: A, to: R, ...opcode: Code): Unary<A, R> =>
  a => ({ type: to, code: [toValue(from, a).code, opcode] })

export const binary =
  <A extends ValueType, R extends ValueType>(from: A, to: R, ...opcode: Code): Binary<A, R> =>
  (a, b) => ({ type: to, code: [toValue(from, a).code, toValue(from, b).code, opcode] })

/** A memory access: alignment 2^align is a hint, offset a constant number of bytes. */
export const memoryArgument = (align: number, offset: number): Code => [unsigned(align), unsigned(offset)]

/** A load: address and constant byte offset, giving R. */
export const loader =
  <R extends ValueType>(to: R, align: number, ...opcode: Code) =>
  (address: Operand<'i32'>, offset = 0): Value<R> => ({
    type: to,
    code: [toValue('i32', address).code, opcode, memoryArgument(align, offset)],
  })
