import fc from 'fast-check'
import { LuDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { emitCholesky, emitCholeskySolve, emitLU, emitLUSolve, instantiate } from './index.ts'
import { multiply, random, randomArray, residual, transpose } from './testing.ts'

const sizes = [...Array.from({ length: 40 }, (_, i) => i + 1), 47, 48, 49, 64, 100, 163, 200]

/** Factors a copy of A; the status and the packed factors. */
function factor(emit: typeof emitLU, a: Float64Array, n: number) {
  const { arrays, run } = instantiate(module => emit(module, { n }), [n * n + n, 8])
  arrays[0].set(a)
  arrays[1].fill(Math.PI)
  const status = run()
  expect([...arrays[1]]).toEqual(new Array(8).fill(Math.PI))
  return { status, packed: arrays[0] }
}

function solve(
  emit: typeof emitLUSolve,
  packed: Float64Array,
  b: Float64Array,
  shape: { n: number; columns: number; transposed?: boolean },
) {
  const { arrays, run } = instantiate(module => emit(module, shape), [packed.length, b.length, 8])
  arrays[0].set(packed)
  arrays[1].set(b)
  arrays[2].fill(Math.PI)
  run()
  expect([...arrays[2]]).toEqual(new Array(8).fill(Math.PI))
  return arrays[1]
}

/** M·Mᵀ + I with random M, and NaN above the diagonal, which must not be read. */
function positiveDefinite(n: number, next: () => number) {
  const m = randomArray(n * n, next)
  const full = multiply(m, transpose(m, n, n), n, n, n)
  for (let i = 0; i < n; i++) full[i * n + i] += 1
  return { full, lower: full.map((entry, e) => (e % n > Math.floor(e / n) ? Number.NaN : entry)) }
}

describe('LU', () => {
  test.each(sizes)('n = %i: P·A = L·U with |l| ≤ 1', n => {
    const a = randomArray(n * n, random(n))
    const { status, packed } = factor(emitLU, a, n)
    expect(status).toBe(0)
    const pa = a.slice()
    for (let k = 0; k < n; k++) {
      const p = packed[n * n + k]
      expect(p >= k && p < n).toBe(true)
      const row = pa.slice(k * n, (k + 1) * n)
      pa.copyWithin(k * n, p * n, (p + 1) * n)
      pa.set(row, p * n)
    }
    const l = packed
      .slice(0, n * n)
      .map((entry, e) => (e % n < Math.floor(e / n) ? entry : +(e % n === Math.floor(e / n))))
    const u = packed.slice(0, n * n).map((entry, e) => (e % n >= Math.floor(e / n) ? entry : 0))
    expect(Math.max(...l.map(Math.abs))).toBe(1)
    expect(residual(l, u, pa, n, n)).toBeLessThan(4 * Number.EPSILON)
  })

  test.each(sizes)('n = %i: solves A·X = B and Aᵀ·X = B for 1, 2, 3 and 7 columns', n => {
    const next = random(n)
    const a = randomArray(n * n, next)
    const { packed } = factor(emitLU, a, n)
    for (const columns of [1, 2, 3, 7]) {
      const b = randomArray(n * columns, next)
      for (const transposed of [false, true]) {
        const x = solve(emitLUSolve, packed, b, { n, columns, transposed })
        expect(residual(transposed ? transpose(a, n, n) : a, x, b, n, columns)).toBeLessThan(
          8 * Number.EPSILON,
        )
      }
    }
  })

  test('agrees with ml-matrix', () => {
    const n = 30
    const next = random(7)
    const a = randomArray(n * n, next)
    const b = randomArray(n, next)
    const x = solve(emitLUSolve, factor(emitLU, a, n).packed, b, { n, columns: 1 })
    const other = new LuDecomposition(Matrix.from1DArray(n, n, [...a])).solve(Matrix.columnVector([...b]))
    expect(Matrix.sub(other, Matrix.columnVector([...x])).norm() / other.norm()).toBeLessThan(1e-11)
  })

  test('needs its pivoting: a zero on the diagonal, any permutation matrix', () => {
    expect([
      ...solve(emitLUSolve, factor(emitLU, Float64Array.of(0, 2, 3, 0), 2).packed, Float64Array.of(4, 9), {
        n: 2,
        columns: 1,
      }),
    ]).toEqual([3, 2])
    const orders = fc
      .integer({ min: 2, max: 40 })
      .chain(n => fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }))
    fc.assert(
      fc.property(orders, order => {
        const n = order.length
        const a = new Float64Array(n * n)
        order.forEach((column, row) => {
          a[row * n + column] = 1
        })
        const x = Float64Array.from({ length: n }, (_, i) => i + 1)
        const b = multiply(a, x, n, n, 1)
        expect(solve(emitLUSolve, factor(emitLU, a, n).packed, b, { n, columns: 1 })).toEqual(x)
      }),
      { numRuns: 40 },
    )
  })

  test('a small pivot is exchanged: [[1e-20, 1], [1, 1]]', () => {
    const { packed } = factor(emitLU, Float64Array.of(1e-20, 1, 1, 1), 2)
    const x = solve(emitLUSolve, packed, Float64Array.of(1, 2), { n: 2, columns: 1 })
    expect([...x]).toEqual([1, 1])
  })

  test.each([1, 2, 5, 16, 17, 33, 40])(
    'n = %i: a column that is exactly dependent is the failing pivot',
    n => {
      // Diagonal but for column k, which is zero: elimination is exact, and stops there.
      for (const k of new Set([0, n >> 1, n - 1])) {
        const a = new Float64Array(n * n)
        for (let i = 0; i < n; i++) a[i * n + i] = i === k ? 0 : i + 1
        expect(factor(emitLU, a, n).status).toBe(k + 1)
      }
    },
  )

  test.each([1, 3, 10, 20, 40])('n = %i: a NaN or an infinite pivot anywhere is found', n => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const a = randomArray(n * n, random(n))
      for (const place of [0, n - 1, (n >> 1) * (n + 1), n * n - 1]) {
        const spoilt = a.slice()
        spoilt[place] = bad
        expect(factor(emitLU, spoilt, n).status).toBeGreaterThan(0)
      }
    }
  })
})

describe('Cholesky', () => {
  test.each(sizes)('n = %i: A = L·Lᵀ from the lower triangle alone', n => {
    const { full, lower } = positiveDefinite(n, random(n))
    const { status, packed } = factor(emitCholesky, lower, n)
    expect(status).toBe(0)
    const l = packed.slice(0, n * n).map((entry, e) => (e % n <= Math.floor(e / n) ? entry : 0))
    expect(residual(l, transpose(l, n, n), full, n, n)).toBeLessThan(8 * Number.EPSILON)
  })

  test.each(sizes)('n = %i: solves for 1, 2 and 5 columns', n => {
    const next = random(n)
    const { full, lower } = positiveDefinite(n, next)
    const { packed } = factor(emitCholesky, lower, n)
    for (const columns of [1, 2, 5]) {
      const b = randomArray(n * columns, next)
      const x = solve(emitCholeskySolve, packed, b, { n, columns })
      expect(residual(full, x, b, n, columns)).toBeLessThan(8 * Number.EPSILON)
    }
  })

  test.each([1, 2, 5, 16, 17, 33, 40])('n = %i: names the first pivot that is not positive', n => {
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const k of new Set([0, n >> 1, n - 1])) {
        const a = new Float64Array(n * n)
        for (let i = 0; i < n; i++) a[i * n + i] = i === k ? bad : i + 1
        expect(factor(emitCholesky, a, n).status).toBe(k + 1)
      }
    }
  })
})
