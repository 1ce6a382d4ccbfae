import { type Code, flatten, unsigned } from './encoding.ts'
import type { ModuleBuilder } from './module.ts'
import { f64, i32 } from './scalar.ts'
import {
  memoryArgument,
  type Operand,
  type Statement,
  simd,
  toValue,
  type V128,
  type Value,
  type ValueType,
  valueTypeCode,
} from './value.ts'

/** A parameter or local variable; as a value it reads the variable. */
export interface Local<T extends ValueType = ValueType> extends Value<T> {
  readonly index: number
  readonly name: string
}

/** A function of the module, callable from any body. */
export interface WasmFunction {
  readonly name: string
  readonly index: number
  readonly parameters: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** The target of a branch: the end of a block, or the start of a loop. */
export interface Label {
  readonly depth: number
}

type ResultOf<T> = T extends ValueType ? Value<T> : Statement

/** Statements of one function, appended in order. Values are built with `f64`, `i32`, `f64x2` … and given to these. */
export interface FunctionBody {
  /** The module that the function belongs to. */
  readonly module: ModuleBuilder
  /** A new variable, initially zero. */
  local<T extends ValueType>(type: T, name: string): Local<T>
  /** A new variable with this value: computed once, here. */
  let<T extends ValueType>(name: string, value: Value<T>): Local<T>
  set<T extends ValueType>(variable: Local<T>, value: Operand<T>): void
  /** Sets and also gives the value. */
  tee<T extends ValueType>(variable: Local<T>, value: Operand<T>): Value<T>
  /** Memory at address + offset bytes ← value; a number is a float64. */
  store(address: Operand<'i32'>, value: Value | number, offset?: number): void
  /** Memory ← one float64 lane of a vector. */
  store64Lane(address: Operand<'i32'>, value: V128, lane: number, offset?: number): void
  /** Copies bytes; the ranges may overlap. */
  copy(to: Operand<'i32'>, from: Operand<'i32'>, bytes: Operand<'i32'>): void
  /** Sets bytes. */
  fill(at: Operand<'i32'>, byte: Operand<'i32'>, bytes: Operand<'i32'>): void
  /** A value that is computed for its effect alone, or a call without result. */
  run(value: Value | Statement): void
  block(body: (end: Label) => void): void
  loop(body: (start: Label) => void): void
  if(condition: Operand<'i32'>, then: () => void, otherwise?: () => void): void
  /** for (variable = from; variable < to; variable += step): signed, step > 0; `to` is read at each turn. */
  for(
    variable: Local<'i32'>,
    from: Operand<'i32'>,
    to: Operand<'i32'>,
    step: number,
    body: (done: Label) => void,
  ): void
  branch(label: Label): void
  branchIf(label: Label, condition: Operand<'i32'>): void
  return(value?: Operand<ValueType>): void
  unreachable(): void
}

/** A call of a function with at most one result, as a value (or a statement for `FunctionBody.run`). */
export function call<T extends ValueType | 'void' = 'void'>(
  callee: WasmFunction,
  ...operands: Operand<ValueType>[]
): ResultOf<T> {
  if (operands.length !== callee.parameters.length) {
    throw new TypeError(
      `${callee.name} takes ${callee.parameters.length} operands, and was called with ${operands.length}`,
    )
  }
  const pushed = operands.map(
    (operand, i) => toValue(callee.parameters[i], operand as Operand<ValueType>).code,
  )
  return {
    type: callee.results[0] ?? 'void',
    code: [pushed, 0x10, unsigned(callee.index)],
  } as unknown as ResultOf<T>
}

/** A value chosen by branching: only the chosen side is computed. */
export function choose<T extends ValueType>(condition: Operand<'i32'>, a: Value<T>, b: Value<T>): Value<T> {
  const type = a.type
  return {
    type,
    code: [
      toValue('i32', condition).code,
      [0x04, valueTypeCode[type]],
      a.code,
      0x05,
      toValue(type, b).code,
      0x0b,
    ],
  }
}

const storeCode: Record<ValueType, { align: number; opcode: Code }> = {
  i32: { align: 2, opcode: [0x36] },
  i64: { align: 3, opcode: [0x37] },
  f64: { align: 3, opcode: [0x39] },
  v128: { align: 3, opcode: simd(0x0b) },
}

export interface FinishedBody {
  readonly code: Code
  /** Types of the variables that are not parameters. */
  readonly locals: readonly ValueType[]
  /** Of parameters and variables, in order of index. */
  readonly names: readonly string[]
}

/** An empty body whose first variables are the parameters; `finish` closes it. */
export function createBody(
  module: ModuleBuilder,
  name: string,
  parameters: readonly (readonly [string, ValueType])[],
  results: readonly ValueType[],
) {
  const code: (number | Code | Uint8Array)[] = []
  const names: string[] = []
  const types: ValueType[] = []
  let depth = 0

  const declare = <T extends ValueType>(type: T, variable: string): Local<T> => {
    const index = names.length
    names.push(variable)
    types.push(type)
    return { type, index, name: variable, code: [0x20, unsigned(index)] }
  }
  const parameterLocals = parameters.map(([parameter, type]) => declare(type, parameter))
  const emit = (...parts: Code) => {
    code.push(...parts)
  }
  const nested = (opening: Code, body: (label: Label) => void) => {
    emit(opening)
    body({ depth: ++depth })
    depth--
    emit(0x0b)
  }
  const jump = (opcode: number, label: Label) => {
    if (label.depth > depth) throw new Error(`${name}: a branch to a block that is already closed`)
    emit(opcode, unsigned(depth - label.depth))
  }
  const push = <T extends ValueType>(type: T, operand: Operand<T>) => emit(toValue(type, operand).code)

  const f: FunctionBody = {
    module,
    local: declare,
    let(variable, value) {
      const local = declare(value.type, variable)
      f.set(local, value as Operand<typeof value.type>)
      return local
    },
    set(variable, value) {
      emit(toValue(variable.type, value).code, 0x21, unsigned(variable.index))
    },
    tee: (variable, value) => ({
      type: variable.type,
      code: [toValue(variable.type, value).code, 0x22, unsigned(variable.index)],
    }),
    store(address, value, offset = 0) {
      const stored = typeof value === 'number' ? f64.const(value) : value
      const { align, opcode } = storeCode[stored.type]
      push('i32', address)
      emit(stored.code, opcode, memoryArgument(align, offset))
    },
    store64Lane(address, value, lane, offset = 0) {
      push('i32', address)
      emit(value.code, simd(0x5b), memoryArgument(3, offset), lane)
    },
    copy(to, from, bytes) {
      for (const operand of [to, from, bytes]) push('i32', operand)
      emit(0xfc, 0x0a, 0, 0)
    },
    fill(at, byte, bytes) {
      for (const operand of [at, byte, bytes]) push('i32', operand)
      emit(0xfc, 0x0b, 0)
    },
    run(value) {
      emit(value.code)
      if (value.type !== 'void') emit(0x1a)
    },
    block: body => nested([0x02, 0x40], body),
    loop: body => nested([0x03, 0x40], body),
    if(condition, then, otherwise) {
      push('i32', condition)
      nested([0x04, 0x40], () => {
        then()
        if (otherwise) {
          emit(0x05)
          otherwise()
        }
      })
    },
    for(variable, from, to, step, body) {
      f.set(variable, from)
      f.block(done => {
        const runsAtLeastOnce = typeof from === 'number' && typeof to === 'number' && from < to
        if (!runsAtLeastOnce) f.branchIf(done, i32.ge_s(variable, to))
        f.loop(next => {
          body(done)
          f.branchIf(next, i32.lt_s(f.tee(variable, i32.add(variable, step)), to))
        })
      })
    },
    branch: label => jump(0x0c, label),
    branchIf(label, condition) {
      push('i32', condition)
      jump(0x0d, label)
    },
    return(value) {
      if (value !== undefined) push(results[0], value as Operand<ValueType>)
      emit(0x0f)
    },
    unreachable: () => emit(0x00),
  }
  const finish = (): FinishedBody => ({
    code: [flatten(code), 0x0b],
    locals: types.slice(parameters.length),
    names,
  })
  return { f, parameterLocals, finish }
}
