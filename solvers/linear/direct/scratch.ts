import { createModule, type ModuleBuilder, type WasmFunction } from '../../../kernels/wasm/index.ts'

/** Where the arrays of a call begin. */
const base = 64

type Kernel = (...addresses: number[]) => number

const memory = new WebAssembly.Memory({ initial: 1 })
const kernels = new Map<string, Kernel>()
/** The packed factors that lie at `base` now. */
let resident: Float64Array | null = null

function kernelOf(key: string, emit: (module: ModuleBuilder) => WasmFunction): Kernel {
  let kernel = kernels.get(key)
  if (!kernel) {
    const module = createModule()
    module.memory({ pages: 1, import: ['scratch', 'memory'] })
    module.export('run', emit(module))
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { scratch: { memory } })
    kernel = instance.exports.run as Kernel
    kernels.set(key, kernel)
  }
  return kernel
}

/** Room for so many float64 from `base` on. */
function view(length: number): Float64Array {
  const missing = base + 8 * length - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  return new Float64Array(memory.buffer, base, length)
}

/**
 * Runs a kernel (a) → status on a copy of the packed matrix, and writes the result back to it.
 * @param key names the kernel and its shape
 */
export function factorPacked(
  key: string,
  emit: (module: ModuleBuilder) => WasmFunction,
  packed: Float64Array,
): number {
  const kernel = kernelOf(key, emit)
  const scratch = view(packed.length)
  scratch.set(packed)
  const status = kernel(base)
  packed.set(scratch)
  resident = packed
  return status
}

/**
 * Runs a kernel (factors, b) with packed factors and a copy of b, followed by room for `work` more numbers; gives all of it.
 * The factors must not have changed since `factorPacked`; they are copied only when others came in between.
 */
export function solvePacked(
  key: string,
  emit: (module: ModuleBuilder) => WasmFunction,
  packed: Float64Array,
  b: Float64Array,
  work = 0,
): Float64Array {
  const kernel = kernelOf(key, emit)
  // On a boundary of 64 bytes.
  const start = 8 * Math.ceil(packed.length / 8)
  const scratch = view(start + b.length + work)
  if (resident !== packed) {
    scratch.set(packed)
    resident = packed
  }
  scratch.set(b, start)
  kernel(base, base + 8 * start)
  return scratch.subarray(start)
}
