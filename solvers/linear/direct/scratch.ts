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

/** All of the memory: views are dear, and this one lives until it grows. */
let scratch = new Float64Array(memory.buffer)
const first = base / 8

/** Makes room for so many float64 from `base` on. */
function reserve(length: number): void {
  const missing = base + 8 * length - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  if (scratch.length === 0) scratch = new Float64Array(memory.buffer)
}

/** `set` and `subarray` have a fixed cost, above that of copying a few numbers one by one. */
const few = 64

function load(values: Float64Array, place: number): void {
  if (values.length > few) scratch.set(values, place)
  else for (let k = 0; k < values.length; k++) scratch[place + k] = values[k]
}

function store(place: number, out: Float64Array): void {
  if (out.length > few) out.set(scratch.subarray(place, place + out.length))
  else for (let k = 0; k < out.length; k++) out[k] = scratch[place + k]
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
  reserve(packed.length)
  load(packed, first)
  const status = kernel(base)
  store(first, packed)
  resident = packed
  return status
}

/**
 * Runs a kernel (factors, b) with packed factors and a copy of b, followed by `room` for more numbers, and writes as much of it
 * as `out` holds back there; b itself unless it is given. The factors must not have changed since `factorPacked`; they are
 * copied only when others came in between.
 */
export function solvePacked(
  key: string,
  emit: (module: ModuleBuilder) => WasmFunction,
  packed: Float64Array,
  b: Float64Array,
  out = b,
  room = 0,
): void {
  const kernel = kernelOf(key, emit)
  // On a boundary of 64 bytes.
  const start = 8 * Math.ceil(packed.length / 8)
  reserve(start + b.length + room)
  if (resident !== packed) {
    load(packed, first)
    resident = packed
  }
  load(b, first + start)
  kernel(base, base + 8 * start)
  store(first + start, out)
}
