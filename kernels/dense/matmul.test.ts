import fc from 'fast-check'
import { Matrix } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import wabt from 'wabt'
import { createModule } from '../wasm/index.ts'
import { emitCholesky, emitCholeskySolve, emitLU, emitLUSolve, emitMatmul, instantiate } from './index.ts'
import { multiply, random, randomArray, transpose } from './testing.ts'

interface Case {
  m: number
  k: number
  n: number
  transposeA: boolean
  transposeB: boolean
  accumulate: boolean
}

function check(shape: Case): void {
  const { m, k, n, transposeA, transposeB, accumulate } = shape
  const next = random(m + 100 * k + 10000 * n)
  const { arrays, run } = instantiate(module => emitMatmul(module, shape), [m * k, k * n, m * n, 8])
  const [a, b, c, guard] = arrays
  a.set(randomArray(m * k, next))
  b.set(randomArray(k * n, next))
  c.set(randomArray(m * n, next))
  guard.fill(Math.PI)
  const left = transposeA ? transpose(a, k, m) : a
  const right = transposeB ? transpose(b, n, k) : b
  const expected = multiply(left, right, m, k, n, accumulate ? c.slice() : undefined)
  run()
  for (let e = 0; e < m * n; e++) {
    if (c[e] !== expected[e]) {
      throw new Error(`entry ${e} of ${JSON.stringify(shape)}: ${c[e]}, expected ${expected[e]}`)
    }
  }
  expect([...guard]).toEqual(new Array(8).fill(Math.PI))
}

const flag = fc.boolean()

describe('matmul', () => {
  test('has the bits of the textbook loop, for every transpose and size', () => {
    const size = fc.integer({ min: 1, max: 40 })
    const shapes = fc.record({
      m: size,
      k: size,
      n: size,
      transposeA: flag,
      transposeB: flag,
      accumulate: flag,
    })
    fc.assert(fc.property(shapes, check), { numRuns: 300 })
  })

  test('likewise for every small size', () => {
    const sizes = [1, 2, 3, 4, 5]
    for (const m of sizes) {
      for (const k of [...sizes, 8, 9, 17]) {
        for (const n of sizes) {
          for (const transposeA of [false, true]) {
            for (const transposeB of [false, true])
              check({ m, k, n, transposeA, transposeB, accumulate: false })
          }
        }
      }
    }
  })

  test('with one row or column, and up to 200', () => {
    const long = fc.integer({ min: 1, max: 200 })
    const shapes = fc.record({
      m: fc.constantFrom(1, 64),
      k: long,
      n: fc.constantFrom(1, 33),
      transposeA: flag,
      transposeB: flag,
      accumulate: flag,
    })
    fc.assert(fc.property(shapes, check), { numRuns: 60 })
    check({ m: 200, k: 150, n: 187, transposeA: false, transposeB: false, accumulate: true })
  })

  test('the bits are the same where copies are made: panels of 256 terms and columns, and their rests', () => {
    const sizes = [
      { m: 33, k: 259, n: 35 },
      { m: 64, k: 513, n: 514 },
      { m: 66, k: 32, n: 262 },
    ]
    for (const size of sizes) {
      for (const transposeA of [false, true]) {
        for (const accumulate of [false, true]) {
          check({ ...size, transposeA, transposeB: true, accumulate })
          check({ ...size, transposeA, transposeB: false, accumulate })
        }
      }
    }
  })

  test('agrees with ml-matrix', () => {
    const [m, k, n] = [23, 31, 18]
    const next = random(1)
    const { arrays, run } = instantiate(module => emitMatmul(module, { m, k, n }), [m * k, k * n, m * n])
    const [a, b, c] = arrays
    a.set(randomArray(m * k, next))
    b.set(randomArray(k * n, next))
    run()
    const product = Matrix.from1DArray(m, k, [...a]).mmul(Matrix.from1DArray(k, n, [...b]))
    expect(Matrix.sub(product, Matrix.from1DArray(m, n, [...c])).norm()).toBeLessThan(1e-13)
  })

  test('an empty sum is zero, and an empty product nothing', () => {
    for (const [m, n] of [
      [2, 3],
      [1, 40],
      [40, 1],
      [12, 4],
      [9, 21],
      [40, 40],
    ]) {
      const { arrays, run } = instantiate(module => emitMatmul(module, { m, k: 0, n }), [0, 0, m * n])
      arrays[2].fill(7)
      run()
      expect([...arrays[2]]).toEqual(new Array(m * n).fill(0))
    }
    instantiate(module => emitMatmul(module, { m: 0, k: 2, n: 3 }), [0, 6, 0]).run()
  })

  test('is emitted once per shape', () => {
    const module = createModule()
    const shape = { m: 4, k: 4, n: 4 }
    expect(emitMatmul(module, shape)).toBe(emitMatmul(module, { ...shape, transposeA: false }))
    expect(emitMatmul(module, { ...shape, relaxed: true })).not.toBe(emitMatmul(module, shape))
  })

  test('fuses its multiply-adds only where it is asked to', async () => {
    const { readWasm } = await wabt()
    for (const relaxed of [false, true]) {
      const module = createModule()
      module.memory({ pages: 1 })
      emitMatmul(module, { m: 7, k: 9, n: 6, relaxed })
      emitMatmul(module, { m: 7, k: 9, n: 6, transposeB: true, relaxed })
      emitLU(module, { n: 40, relaxed })
      emitLUSolve(module, { n: 40, columns: 3, relaxed })
      emitCholesky(module, { n: 40, relaxed })
      emitCholeskySolve(module, { n: 40, columns: 1, relaxed })
      const parsed = readWasm(module.build(), { relaxed_simd: true } as never)
      parsed.validate()
      expect(parsed.toText({}).includes('relaxed_madd')).toBe(relaxed)
    }
  })
})
