import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import expected from './testing/bitPrograms.ts'
import { digest } from './testing/digest.ts'
import { chromium, type Engine, firefox, nodeWith, otherNode } from './testing/engines.ts'

/** V8 has two compilers for WebAssembly, which choose instructions in their own ways, as the processor allows. */
const engines: Engine[] = [
  nodeWith('by its baseline compiler alone', '--liftoff', '--no-wasm-tier-up'),
  nodeWith('by its optimising compiler alone', '--no-liftoff'),
  nodeWith('without AVX and fused multiply-add', '--no-enable-avx', '--no-enable-avx2', '--no-enable-fma3'),
  otherNode(24),
  chromium,
  firefox,
]

const programs = fileURLToPath(new URL('testing/bitPrograms.ts', import.meta.url))

describe('programs traced, differentiated, compiled and run have the same bits in', () => {
  for (const engine of engines) {
    it(engine.name, async context => {
      const missing = engine.missing()
      if (missing && !engine.required) return context.skip(`${engine.name} is not here: ${missing}`)
      expect(missing).toBeUndefined()
      expect(await engine.run(programs)).toEqual(expected)
    })
  }
})

it('a digest tells every bit, and nothing of a NaN but that it is one', () => {
  const payload = new Float64Array(BigUint64Array.of(0x7ff8000000000001n).buffer)
  expect(digest([payload])).toBe(digest([[Number.NaN]]))
  const different = [[0], [-0], [1], [1 + Number.EPSILON], [Infinity], [Number.NaN], [1, -2], [-1, 2], [2, 1]]
  expect(new Set(different.map(numbers => digest([numbers]))).size).toBe(different.length)
  expect(new Set(Object.values(expected)).size).toBeGreaterThan(50)
})
