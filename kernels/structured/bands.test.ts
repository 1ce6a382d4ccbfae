import { describe, expect, test } from 'vitest'
import { multiply, random, randomArray, residual, transpose } from '../dense/testing.ts'
import {
  bandWidth,
  emitBandCholesky,
  emitBandCholeskySolve,
  emitBandLU,
  emitBandSolve,
  emitTridiagonalLU,
  emitTridiagonalSolve,
  tridiagonalLength,
} from './index.ts'
import { run, sizes } from './testing/run.ts'

const epsilon = Number.EPSILON

describe('tridiagonal', () => {
  const dense = (packed: Float64Array, n: number) => {
    const a = new Float64Array(n * n)
    for (let k = 0; k < n; k++) {
      a[k * (n + 1)] = packed[n + k]
      if (k + 1 < n) {
        a[(k + 1) * n + k] = packed[k]
        a[k * n + k + 1] = packed[2 * n + k]
      }
    }
    return a
  }
  const random3 = (n: number, next: () => number, diagonal: number) => {
    const packed = new Float64Array(tridiagonalLength(n)).fill(Number.NaN)
    for (let k = 0; k < 3 * n; k++) packed[k] = next()
    for (let k = 0; k < n; k++) packed[n + k] = diagonal + next()
    packed[n - 1] = packed[3 * n - 1] = Number.NaN
    return packed
  }

  for (const pivoting of [false, true]) {
    test.each(sizes)(`n = %i, ${pivoting ? 'pivoting' : 'Thomas'}: solves A·X = B and Aᵀ·X = B`, n => {
      const next = random(n)
      const packed = random3(n, next, pivoting ? 0 : 3)
      const a = dense(packed, n)
      const { status, outputs } = run(m => emitTridiagonalLU(m, { n, pivoting }), packed)
      expect(status).toBe(0)
      for (const columns of [1, 2, 5]) {
        const b = randomArray(n * columns, next)
        for (const transposed of [false, true]) {
          const shape = { n, pivoting, columns, transposed }
          const x = run(m => emitTridiagonalSolve(m, shape), outputs[0], b).outputs[1]
          expect(residual(transposed ? transpose(a, n, n) : a, x, b, n, columns)).toBeLessThan(8 * epsilon)
        }
      }
    })
  }

  test('tridiag(−1, 5/2, −1): (A⁻¹)ᵢⱼ = (2/3)·2^−|i−j| far from the ends', () => {
    const n = 201
    const packed = new Float64Array(tridiagonalLength(n)).map(
      (_, k) => [-1, 2.5, -1, 0, 0][Math.floor(k / n)],
    )
    const b = new Float64Array(n)
    b[100] = 1
    const { outputs } = run(m => emitTridiagonalLU(m, { n, pivoting: true }), packed)
    const x = run(m => emitTridiagonalSolve(m, { n, pivoting: true, columns: 1 }), outputs[0], b).outputs[1]
    for (let d = -40; d <= 40; d++) {
      expect(Math.abs(x[100 + d] * 1.5 * 2 ** Math.abs(d) - 1)).toBeLessThan(1e-14)
    }
  })

  test('a pivot that vanishes is named', () => {
    const singular = Float64Array.from({ length: 20 }, (_, k) => +(k >= 4 && k < 8 && k !== 6))
    for (const pivoting of [false, true])
      expect(run(m => emitTridiagonalLU(m, { n: 4, pivoting }), singular).status).toBe(3)
  })
})

const bands = [
  [1, 0, 0],
  [5, 0, 0],
  [2, 1, 1],
  [6, 1, 0],
  [6, 0, 2],
  [12, 2, 3],
  [17, 5, 1],
  [40, 4, 4],
  [7, 6, 6],
  [5, 8, 7],
  [101, 9, 3],
]

describe('banded', () => {
  const pack = (a: Float64Array, n: number, lower: number, upper: number, extra: number) => {
    const width = bandWidth({ lower, upper })
    const packed = new Float64Array(n * width + extra).fill(Number.NaN)
    for (let i = 0; i < n; i++) {
      for (let t = 0; t <= lower + upper; t++) {
        const j = i - lower + t
        packed[i * width + t] = j >= 0 && j < n ? a[i * n + j] : 0
      }
    }
    return packed
  }
  const banded = (n: number, lower: number, upper: number, next: () => number) =>
    Float64Array.from({ length: n * n }, (_, e) => {
      const distance = (e % n) - Math.floor(e / n)
      return distance >= -lower && distance <= upper ? next() : 0
    })

  test.each(bands)('LU, n = %i, %i below and %i above: solves A·X = B and Aᵀ·X = B', (n, lower, upper) => {
    const next = random(n + lower)
    const a = banded(n, lower, upper, next)
    const { status, outputs } = run(m => emitBandLU(m, { n, lower, upper }), pack(a, n, lower, upper, n))
    expect(status).toBe(0)
    for (const columns of [1, 2, 5]) {
      const b = randomArray(n * columns, next)
      for (const transposed of [false, true]) {
        const shape = { n, lower, upper, columns, transposed }
        const x = run(m => emitBandSolve(m, shape), outputs[0], b).outputs[1]
        expect(residual(transposed ? transpose(a, n, n) : a, x, b, n, columns)).toBeLessThan(16 * epsilon)
      }
    }
  })

  test.each(bands)('Cholesky, n = %i, %i below: solves A·X = B', (n, lower) => {
    const next = random(n)
    const l = banded(n, lower, 0, next)
    for (let i = 0; i < n; i++) l[i * (n + 1)] = 2 + next()
    const a = multiply(l, transpose(l, n, n), n, n, n)
    const packed = new Float64Array(n * (lower + 1))
    for (let i = 0; i < n; i++) {
      for (let t = 0; t <= lower; t++)
        if (i - lower + t >= 0) packed[i * (lower + 1) + t] = a[i * n + i - lower + t]
    }
    const { status, outputs } = run(m => emitBandCholesky(m, { n, lower }), packed)
    expect(status).toBe(0)
    for (const columns of [1, 3]) {
      const b = randomArray(n * columns, next)
      const x = run(m => emitBandCholeskySolve(m, { n, lower, columns }), outputs[0], b).outputs[1]
      expect(residual(a, x, b, n, columns)).toBeLessThan(8 * epsilon)
    }
  })

  test('a pivot that vanishes, is negative or not a number is named', () => {
    for (const [bad, choleskyStatus] of [
      [0, 3],
      [-1, 3],
      [Number.NaN, 3],
    ]) {
      const diagonal = Float64Array.of(1, 2, bad, 4)
      const a = Float64Array.from({ length: 16 }, (_, e) => (e % 5 === 0 ? diagonal[e / 5] : 0))
      const lu = run(m => emitBandLU(m, { n: 4, lower: 1, upper: 1 }), pack(a, 4, 1, 1, 4)).status
      expect(lu).toBe(bad === -1 ? 0 : 3)
      const packed = Float64Array.of(0, 1, 0, 2, 0, bad, 0, 4)
      expect(run(m => emitBandCholesky(m, { n: 4, lower: 1 }), packed).status).toBe(choleskyStatus)
    }
  })
})
