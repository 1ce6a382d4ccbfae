import { type Code, flatten, section, text, unsigned, vector } from './encoding.ts'
import {
  createBody,
  type FinishedBody,
  type FunctionBody,
  type Local,
  type WasmFunction,
} from './functionBody.ts'
import {
  type I32,
  i32Constant,
  type Operand,
  type Statement,
  toValue,
  type Value,
  type ValueType,
  valueTypeCode,
} from './value.ts'

const pageBytes = 65536

export type Parameters = Record<string, ValueType>
export type ParameterLocals<P extends Parameters> = { [K in keyof P]: Local<P[K]> }

/** One memory, imported or owned; a page is 65536 bytes. */
export interface Memory {
  readonly pages: number
  /** Pages it may grow to. */
  readonly maximum?: number
  readonly import?: readonly [module: string, name: string]
  readonly export?: string
}

/** A mutable variable of the module. */
export interface Global<T extends ValueType = ValueType> extends Value<T> {
  /** The statement that sets it, for `FunctionBody.run`. */
  set(value: Operand<T>): Statement
}

export interface ModuleBuilder {
  /** Declares the memory; the last declaration counts, so that its size may be known late. */
  memory(memory: Memory): void
  /** A function from outside; all imports come before the first own function. */
  importFunction(
    from: readonly [module: string, name: string],
    parameters: readonly ValueType[],
    results: readonly ValueType[],
  ): WasmFunction
  /**
   * A function of the module, with at most one result: the value that `body` returns, or what `f.return` was given.
   * The name appears in stack traces and in the text form.
   */
  function<P extends Parameters>(
    name: string,
    parameters: P,
    results: readonly ValueType[],
    // biome-ignore lint/suspicious/noConfusingVoidType: a body may end in a value or in statements
    body: (f: FunctionBody, parameters: ParameterLocals<P>) => Value | void,
  ): WasmFunction
  /** The function made under this key before, or else made now: one copy of a kernel per shape. */
  once(key: string, make: () => WasmFunction): WasmFunction
  export(name: string, exported: WasmFunction): void
  global<T extends ValueType>(type: T, initial: Operand<T>): Global<T>
  /**
   * The address, a multiple of 64, of at least so many bytes behind the declared memory, for a function to work in: the
   * same for all, so nothing stays there from one call to the next. The module must own its memory.
   */
  scratch(bytes: number): I32
  /** The binary module. */
  build(): Uint8Array<ArrayBuffer>
}

interface DefinedFunction {
  readonly type: number
  body?: FinishedBody
  readonly function: WasmFunction
}

/**
 * A WebAssembly module under construction.
 *
 *     const module = createModule()
 *     const square = module.function('square', { x: 'f64' }, ['f64'], (_, { x }) => f64.mul(x, x))
 *     module.export('square', square)
 *     new WebAssembly.Instance(new WebAssembly.Module(module.build())).exports.square(3) // 9
 */
export function createModule(): ModuleBuilder {
  const types: Code[] = []
  const typeIndices = new Map<string, number>()
  const imports: { entry: Code; function: WasmFunction }[] = []
  const functions: DefinedFunction[] = []
  const kernels = new Map<string, WasmFunction>()
  const exported = new Map<string, WasmFunction>()
  const globals: (() => Code)[] = []
  let memory: Memory | undefined
  let scratchBytes = 0
  let scratchAddress: Value<'i32'> | undefined

  const codes = (list: readonly ValueType[]) => vector(list.map(type => [valueTypeCode[type]]))
  const typeIndex = (parameters: readonly ValueType[], results: readonly ValueType[]): number => {
    const key = `${parameters}->${results}`
    let index = typeIndices.get(key)
    if (index === undefined) {
      index = types.length
      types.push([0x60, codes(parameters), codes(results)])
      typeIndices.set(key, index)
    }
    return index
  }
  const scratchPages = () => Math.ceil(scratchBytes / pageBytes)
  const limits = ({ pages, maximum }: Memory): Code => {
    const least = unsigned(pages + scratchPages())
    return maximum === undefined ? [0x00, least] : [0x01, least, unsigned(maximum + scratchPages())]
  }

  const builder: ModuleBuilder = {
    memory(declared) {
      memory = declared
    },
    importFunction([from, name], parameters, results) {
      if (functions.length > 0) {
        throw new Error(
          `import ${from}.${name} before the first function is made: imports are numbered first`,
        )
      }
      const type = typeIndex(parameters, results)
      const imported = { name, index: imports.length, parameters, results }
      imports.push({ entry: [text(from), text(name), 0x00, unsigned(type)], function: imported })
      return imported
    },
    function(name, parameters, results, build) {
      if (results.length > 1) throw new Error(`${name}: a function here has at most one result`)
      const entries = Object.entries(parameters)
      const parameterTypes = entries.map(([, type]) => type)
      const defined: DefinedFunction = {
        type: typeIndex(parameterTypes, results),
        function: { name, index: imports.length + functions.length, parameters: parameterTypes, results },
      }
      functions.push(defined)
      const { f, parameterLocals, finish } = createBody(builder, name, entries, results)
      const locals = Object.fromEntries(parameterLocals.map(local => [local.name, local]))
      const result = build(f, locals as ParameterLocals<typeof parameters>)
      if (result) f.return(result as Operand<ValueType>)
      // A body that ends by `f.return` leaves nothing on the stack: what follows is dead, and says so.
      else if (results.length > 0) f.unreachable()
      defined.body = finish()
      return defined.function
    },
    once(key, make) {
      let kernel = kernels.get(key)
      if (!kernel) {
        kernel = make()
        kernels.set(key, kernel)
      }
      return kernel
    },
    export(name, fn) {
      if (exported.has(name)) throw new Error(`two functions are exported under the name ${name}`)
      exported.set(name, fn)
    },
    global(type, initial) {
      const index = globals.length
      globals.push(() => [valueTypeCode[type], 0x01, toValue(type, initial).code, 0x0b])
      return {
        type,
        code: [0x23, unsigned(index)],
        set: value => ({ type: 'void', code: [toValue(type, value).code, 0x24, unsigned(index)] }),
      }
    },
    scratch(bytes) {
      scratchBytes = Math.max(scratchBytes, bytes)
      if (!scratchAddress) {
        // A constant of the module, whose value the end of the declared memory decides, when it is built.
        const index = globals.length
        globals.push(() => [
          valueTypeCode.i32,
          0x00,
          i32Constant((memory?.pages ?? 0) * pageBytes).code,
          0x0b,
        ])
        scratchAddress = { type: 'i32', code: [0x23, unsigned(index)] }
      }
      return scratchAddress
    },
    build() {
      if (scratchBytes > 0 && memory?.import) {
        throw new Error(
          'scratch memory lies behind a memory of known size, and this module imports its memory',
        )
      }
      const importEntries = imports.map(({ entry }) => entry)
      if (memory?.import)
        importEntries.push([text(memory.import[0]), text(memory.import[1]), 0x02, limits(memory)])
      const exports: Code[] = [...exported].map(([name, fn]) => [text(name), 0x00, unsigned(fn.index)])
      if (memory?.export) exports.push([text(memory.export), 0x02, 0x00])
      return flatten([
        [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
        section(1, vector(types)),
        section(2, vector(importEntries)),
        section(3, vector(functions.map(({ type }) => unsigned(type)))),
        memory && !memory.import ? section(5, vector([limits(memory)])) : [],
        section(6, vector(globals.map(code => code()))),
        section(7, vector(exports)),
        section(10, vector(functions.map(bodyCode))),
        nameSection([...imports, ...functions]),
      ])
    },
  }
  return builder
}

/** A body's size, its variables in runs of one type, its code. */
function bodyCode({ body, function: { name } }: DefinedFunction): Code {
  if (!body) throw new Error(`${name} is not finished`)
  const runs: { count: number; type: ValueType }[] = []
  for (const type of body.locals) {
    const last = runs.at(-1)
    if (last?.type === type) last.count++
    else runs.push({ count: 1, type })
  }
  const locals = vector(runs.map(({ count, type }) => [unsigned(count), valueTypeCode[type]]))
  const code = flatten([locals, body.code])
  return [unsigned(code.length), code]
}

/** The custom section "name": functions and their variables, for stack traces and the text form. */
function nameSection(all: readonly { function: WasmFunction; body?: FinishedBody }[]): Code {
  const functionNames = unique(all.map(({ function: { name } }) => name)).map((name, index) => [
    unsigned(index),
    text(name),
  ])
  const localNames = all
    .filter(({ body }) => body)
    .map(({ function: { index }, body }) => [
      unsigned(index),
      vector(unique(body!.names).map((name, local) => [unsigned(local), text(name)])),
    ])
  return section(0, [text('name'), section(1, vector(functionNames)), section(2, vector(localNames))])
}

/** Names made distinct by a number, as the text form needs them. */
function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map(name => {
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return count === 0 ? name : `${name}.${count}`
  })
}
