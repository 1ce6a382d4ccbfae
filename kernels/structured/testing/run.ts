import { expect } from 'vitest'
import { instantiate } from '../../dense/index.ts'
import type { ModuleBuilder, WasmFunction } from '../../wasm/index.ts'

type Emit = (module: ModuleBuilder) => WasmFunction
const sentinels = new Array(8).fill(Math.PI)

/** Runs the kernel on copies of its arrays, and sees that nothing behind them is touched. */
export function run(emit: Emit, ...inputs: Float64Array[]) {
  const kernel = instantiate(
    emit,
    inputs.map(({ length }) => length + 8),
  )
  inputs.forEach((input, i) => {
    kernel.arrays[i].fill(Math.PI)
    kernel.arrays[i].set(input)
  })
  const status = kernel.run()
  const outputs = kernel.arrays.map((array, i) => {
    expect([...array.subarray(inputs[i].length)]).toEqual(sentinels)
    return array.subarray(0, inputs[i].length)
  })
  return { status, outputs }
}

/** A, followed by `extra` numbers that say nothing. */
export function withRoom(a: Float64Array, extra: number): Float64Array {
  const packed = new Float64Array(a.length + extra).fill(Number.NaN)
  packed.set(a)
  return packed
}

export const sizes = [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 40, 64, 101]
