import { createModule, type ModuleBuilder, type WasmFunction } from '../wasm/index.ts'

/** A kernel on its own: its arrays are views into its memory, in the order of its parameters. */
export interface KernelInstance {
  readonly arrays: readonly Float64Array[]
  /** Calls the kernel on the arrays; the status, if it has one. */
  run(): number | undefined
}

/**
 * Compiles one kernel with arrays of the given lengths: for tests and benchmarks.
 *
 *     const { arrays: [a, b, c], run } = instantiate(module => emitMatmul(module, { m: 2, k: 3, n: 2 }), [6, 6, 4])
 */
export function instantiate(
  emit: (module: ModuleBuilder) => WasmFunction,
  lengths: readonly number[],
): KernelInstance {
  const module = createModule()
  const addresses: number[] = []
  let bytes = 64
  for (const length of lengths) {
    addresses.push(bytes)
    bytes += 64 * Math.ceil(length / 8)
  }
  module.memory({ pages: Math.ceil(bytes / 65536), export: 'memory' })
  module.export('run', emit(module))
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()))
  const { buffer } = exports.memory as WebAssembly.Memory
  const kernel = exports.run as (...addresses: number[]) => number | undefined
  return {
    arrays: lengths.map((length, i) => new Float64Array(buffer, addresses[i], length)),
    run: () => kernel(...addresses),
  }
}
