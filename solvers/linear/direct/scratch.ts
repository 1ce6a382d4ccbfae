import { createModule, type ModuleBuilder, type WasmFunction } from '../../../kernels/wasm/index.ts'

/** Where the arrays of a call begin. */
const base = 64

export type Kernel = (...addresses: number[]) => number

const memory = new WebAssembly.Memory({ initial: 1 })
/** The packed factors that lie at `base` now. */
let resident: Float64Array | null = null

/**
 * A kernel for each shape, compiled when it is first asked for.
 *
 *     const lu = kernels((module, n) => emitLU(module, { n }))
 *     factorPacked(lu(4), packed)
 */
export function kernels<Shape extends number[]>(
  emit: (module: ModuleBuilder, ...shape: Shape) => WasmFunction,
): (...shape: Shape) => Kernel {
  /** Maps of maps, by one number of the shape after the other: a key of text would cost more than a small kernel. */
  const root = new Map<number, unknown>()
  return (...shape) => {
    let level = root
    for (let k = 0; k < shape.length - 1; k++) {
      let next = level.get(shape[k]) as Map<number, unknown> | undefined
      if (!next) {
        next = new Map()
        level.set(shape[k], next)
      }
      level = next
    }
    const last = shape[shape.length - 1]
    let kernel = level.get(last) as Kernel | undefined
    if (!kernel) {
      const module = createModule()
      module.memory({ pages: 1, import: ['scratch', 'memory'] })
      module.export('run', emit(module, ...shape))
      const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), {
        scratch: { memory },
      })
      kernel = instance.exports.run as Kernel
      level.set(last, kernel)
    }
    return kernel
  }
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

/** Small arrays are cut from a common one: an array of its own takes longer than a small factorisation. */
let chunk = new ArrayBuffer(0)
let used = 0

function allocate(length: number): Float64Array {
  if (length > 512) return new Float64Array(length)
  if (used + 8 * length > chunk.byteLength) {
    chunk = new ArrayBuffer(65536)
    used = 0
  }
  const array = new Float64Array(chunk, used, length)
  used += 8 * length
  return array
}

/** A copy of the numbers with room for `more` behind them. */
export function copyWithRoom(values: Float64Array, more: number): Float64Array {
  const copy = allocate(values.length + more)
  if (values.length > few) copy.set(values)
  else for (let k = 0; k < values.length; k++) copy[k] = values[k]
  return copy
}

/** Runs a kernel (a) → status on a copy of the packed matrix, and writes the result back to it. */
export function factorPacked(kernel: Kernel, packed: Float64Array): number {
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
export function solvePacked(kernel: Kernel, packed: Float64Array, b: Float64Array, out = b, room = 0): void {
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
