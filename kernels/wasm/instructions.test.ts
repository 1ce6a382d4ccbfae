/** Each instruction is disassembled by wabt, and must come back under the name it has here. */
import { expect, test } from 'vitest'
import wabt from 'wabt'
import { createModule, f32x4, f64, f64x2, i8x16, i32, i32x4, i64, i64x2, v128 } from './index.ts'
import type { Value, ValueType } from './value.ts'

const { readWasm } = await wabt()

const groups = { i32, i64, f64, v128, i8x16, i32x4, i64x2, f64x2, f32x4 }
const operands: Record<ValueType, Value> = {
  i32: i32.const(1),
  i64: i64.const(1n),
  f64: f64.const(1),
  v128: f64x2.const(1),
}

/** Calls an instruction with operands of whichever types it accepts; lanes and offsets are 0. */
function apply(group: string, name: string, instruction: (...operands: never[]) => Value): Value {
  const any = instruction as (...operands: unknown[]) => Value
  const vector = operands.v128
  if (name.endsWith('const')) return any(group === 'i64' || group === 'i64x2' ? 1n : 1)
  if (name === 'load64_lane') return any(operands.i32, vector, 1)
  if (name.startsWith('load')) return any(operands.i32)
  if (name === 'shuffle')
    return group === 'f64x2' ? any(vector, vector, 0, 3) : any(vector, vector, new Array(16).fill(3))
  if (name === 'extract_lane') return any(vector, 1)
  if (name === 'replace_lane') return any(vector, 1, operands[group.slice(0, 3) as ValueType])
  if (name === 'splat') return any(operands[(group === 'i8x16' ? 'i32' : group.slice(0, 3)) as ValueType])
  if (group.includes('x') && /^sh[lr]/.test(name)) return any(vector, operands.i32)
  const from = /_(i32|i64|f64)(_[su])?$/.exec(name)?.[1] as ValueType | undefined
  const operand = group.includes('x') || group === 'v128' ? vector : operands[from ?? (group as ValueType)]
  const count = /^\(?a\)? =>/.test(any.toString()) ? 1 : any.length
  return any(...new Array(count).fill(operand))
}

const all = Object.entries(groups).flatMap(([group, instructions]) =>
  Object.entries(instructions).map(
    ([name, instruction]) => [group, name, instruction as (...operands: never[]) => Value] as const,
  ),
)

test.each(all)('%s.%s', (group, name, instruction) => {
  const module = createModule()
  module.memory({ pages: 1 })
  const value = apply(group, name, instruction)
  module.function('f', {}, [value.type], () => value)
  const bytes = module.build()
  const relaxed = name.startsWith('relaxed')
  if (!relaxed) expect(WebAssembly.validate(bytes)).toBe(true)
  const parsed = readWasm(bytes, { relaxed_simd: true } as never)
  parsed.validate()
  const written = `${name === 'shuffle' ? 'i8x16' : name === 'const' && group.includes('x') ? 'v128' : group}.${name}`
  const lines = parsed
    .toText({})
    .split('\n')
    .map(line => line.trim().split(' ')[0])
  expect(lines).toContain(written)
})
