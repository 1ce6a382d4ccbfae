import { createModule, type ModuleBuilder, type WasmFunction } from '../wasm/index.ts'

const pageBytes = 65536

/** A region of bytes in the memory of a kernel: where it begins, and how long it is. */
export interface Region {
  readonly address: number
  readonly bytes: number
}

/** Regions one after another, each on a boundary of 64 bytes, and the bytes of all. */
export function layOut<Name extends string>(sizes: Readonly<Record<Name, number>>) {
  const regions = {} as Record<Name, Region>
  let end = 64
  for (const [name, bytes] of Object.entries<number>(sizes)) {
    regions[name as Name] = { address: end, bytes }
    end += 64 * Math.ceil(bytes / 64)
  }
  return { regions, bytes: end }
}

const compiled = new Map<string, WebAssembly.Module>()

/**
 * Functions of a module, in a memory of their own; a module of one key is compiled once.
 * @throws RangeError where a WebAssembly memory cannot be as large
 */
export function instantiate<Name extends string>(
  key: string,
  emit: (module: ModuleBuilder) => Record<Name, WasmFunction>,
  bytes: number,
): { readonly buffer: ArrayBuffer; readonly functions: Record<Name, (...operands: number[]) => number> } {
  let code = compiled.get(key)
  if (!code) {
    const module = createModule()
    module.memory({ pages: 1, import: ['kernel', 'memory'] })
    for (const [name, made] of Object.entries<WasmFunction>(emit(module))) module.export(name, made)
    code = new WebAssembly.Module(module.build())
    compiled.set(key, code)
  }
  const pages = Math.ceil(bytes / pageBytes)
  if (pages > 65535) {
    throw new RangeError(
      `the factors need ${(bytes / 2 ** 30).toFixed(1)} GiB; a WebAssembly memory holds 4 GiB`,
    )
  }
  const memory = new WebAssembly.Memory({ initial: pages })
  const { exports } = new WebAssembly.Instance(code, { kernel: { memory } })
  return { buffer: memory.buffer, functions: exports as Record<Name, (...operands: number[]) => number> }
}
