import { createModule, scalarLane, vectorLane } from '../wasm/index.ts'
import { type ElementaryName, emitElementary, unaryFunctions } from './elementary.ts'

/** For tests and benchmarks: an elementary function over arrays, by the scalar or the two-lane form. */
export interface Evaluator {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Operand arrays of the length given; views into the memory. */
  readonly operands: readonly Float64Array[]
  readonly result: Float64Array
  run(): void
}

/** result[i] = function(operands[…][i]) for `length` elements (even), `width` at a time. */
export function createEvaluator(name: ElementaryName, width: 1 | 2, length: number): Evaluator {
  const arity = name in unaryFunctions ? 1 : 2
  const module = createModule()
  const bytesPerArray = 8 * length
  module.memory({ pages: Math.ceil(((arity + 1) * bytesPerArray) / 65536), export: 'memory' })
  const run = module.function('run', {}, [], f => {
    const lane = width === 1 ? scalarLane(f) : vectorLane(f)
    const i = f.local('i32', 'i')
    f.for(i, 0, bytesPerArray, 8 * width, () => {
      const operands = Array.from({ length: arity }, (_, k) => lane.load(i, k * bytesPerArray))
      lane.store(i, emitElementary(module, lane, name, ...operands), arity * bytesPerArray)
    })
  })
  module.export('run', run)
  const bytes = module.build()
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const { memory } = exports as { memory: WebAssembly.Memory }
  const view = (k: number) => new Float64Array(memory.buffer, k * bytesPerArray, length)
  return {
    bytes,
    operands: Array.from({ length: arity }, (_, k) => view(k)),
    result: view(arity),
    run: exports.run as () => void,
  }
}
