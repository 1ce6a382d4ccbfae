import { EigenvalueDecomposition, Matrix, QrDecomposition } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { largest, multiply, random, randomArray, residual, transpose } from '../dense/testing.ts'
import {
  emitLDLT,
  emitLDLTSolve,
  emitQR,
  emitQRGramSolve,
  emitQRLeastSquares,
  emitQRMinimumNorm,
  qrLength,
} from './index.ts'
import { run, sizes, withRoom } from './testing/run.ts'

const epsilon = Number.EPSILON

/** Symmetric, and its lower triangle alone with NaN above. */
function symmetric(n: number, next: () => number) {
  const full = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) full[i * n + j] = full[j * n + i] = next()
  }
  return full
}
const lowerOf = (a: Float64Array, n: number) =>
  a.map((entry, e) => (e % n > Math.floor(e / n) ? Number.NaN : entry))

describe('LDLᵀ', () => {
  const factor = (a: Float64Array, n: number) => {
    const { status, outputs } = run(m => emitLDLT(m, { n }), withRoom(lowerOf(a, n), n))
    return { status, packed: outputs[0] }
  }
  const solve = (packed: Float64Array, b: Float64Array, n: number, columns: number) =>
    run(m => emitLDLTSolve(m, { n, columns }), packed, b).outputs[1]

  test.each(sizes)('n = %i: solves random indefinite systems from the lower triangle alone', n => {
    const next = random(n)
    for (const columns of [1, 2, 5]) {
      const a = symmetric(n, next)
      const b = randomArray(n * columns, next)
      const { status, packed } = factor(a, n)
      expect(status).toBe(0)
      expect(residual(a, solve(packed, b, n, columns), b, n, columns)).toBeLessThan(8 * epsilon)
    }
  })

  test.each(sizes)('n = %i: D has the inertia of A', n => {
    const a = symmetric(n, random(n + 100))
    const { packed } = factor(a, n)
    let negative = 0
    for (let k = 0; k < n; k++) {
      const pair = packed[n * n + k] < 0
      const d = packed[k * n + k]
      if (!pair) negative += +(d < 0)
      else {
        const c = packed[k * n + k + 1]
        // A 2×2 block of Bunch and Kaufman is indefinite.
        expect(d * packed[(k + 1) * (n + 1)]).toBeLessThan(c * c)
        negative++
        k++
      }
    }
    const { realEigenvalues } = new EigenvalueDecomposition(Matrix.from1DArray(n, n, [...a]), {
      assumeSymmetric: true,
    })
    expect(negative).toBe(realEigenvalues.filter(value => value < 0).length)
  })

  test('zeros on the diagonal: [[0, 1], [1, 0]], saddle points, anti-diagonals', () => {
    expect([...solve(factor(Float64Array.of(0, 1, 1, 0), 2).packed, Float64Array.of(3, 7), 2, 1)]).toEqual([
      7, 3,
    ])
    for (const n of [3, 6, 17, 40]) {
      const a = Float64Array.from({ length: n * n }, (_, e) => +((e % n) + Math.floor(e / n) === n - 1))
      const b = Float64Array.from({ length: n }, (_, i) => i + 1)
      const { status, packed } = factor(a, n)
      expect(status).toBe(0)
      expect([...solve(packed, b, n, 1)]).toEqual([...b].reverse())
    }
  })

  test('graded matrices: the bound of the multipliers holds', () => {
    const n = 30
    const next = random(3)
    const a = symmetric(n, next).map((entry, e) => entry * 2 ** -(Math.floor(e / n) + (e % n)))
    const b = randomArray(n, next)
    const x = solve(factor(a, n).packed, b, n, 1)
    expect(residual(a, x, b, n, 1)).toBeLessThan(8 * epsilon)
  })

  test.each([1, 2, 5, 16, 33])('n = %i: a column without entries, NaN and infinity are named', n => {
    for (const bad of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const k of new Set([0, n >> 1, n - 1])) {
        const a = new Float64Array(n * n)
        for (let i = 0; i < n; i++) a[i * n + i] = i === k ? bad : -i - 1
        expect(factor(a, n).status).toBe(k + 1)
      }
    }
  })
})

describe('QR', () => {
  const shapes = [
    [1, 1],
    [2, 2],
    [3, 1],
    [5, 3],
    [7, 7],
    [16, 5],
    [33, 17],
    [40, 40],
    [101, 30],
  ]
  const factor = (a: Float64Array, m: number, n: number, pivoting: boolean) => {
    const { status, outputs } = run(
      module => emitQR(module, { m, n, pivoting }),
      withRoom(a, qrLength(m, n) - m * n),
    )
    return { status, packed: outputs[0] }
  }

  for (const pivoting of [false, true]) {
    describe(pivoting ? 'with column pivoting' : 'without pivoting', () => {
      test.each(shapes)(
        '%i×%i: least squares leaves a residual that is orthogonal to the columns',
        (m, n) => {
          const next = random(m + n)
          const a = randomArray(m * n, next)
          const { status, packed } = factor(a, m, n, pivoting)
          expect(status).toBe(0)
          for (const columns of [1, 3]) {
            const b = randomArray(m * columns, next)
            const solved = run(
              module => emitQRLeastSquares(module, { m, n, columns }),
              packed,
              withRoom(b, columns),
            ).outputs[1]
            const x = solved.slice(0, n * columns)
            const r = multiply(a, x, m, n, columns).map((entry, e) => b[e] - entry)
            const gradient = multiply(transpose(a, m, n), r, n, m, columns)
            expect(largest(gradient)).toBeLessThan(20 * m * epsilon * (1 + largest(x)))
            const rest = solved.slice(n * columns, m * columns)
            const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, entry) => sum + entry * entry, 0))
            expect(norm(rest)).toBeCloseTo(norm(r), 11)
          }
        },
      )

      test.each(shapes)('%i×%i: the smallest solution of Aᵀx = b lies in the range of A', (m, n) => {
        const next = random(m * n)
        const a = randomArray(m * n, next)
        const { packed } = factor(a, m, n, pivoting)
        const columns = 2
        const b = randomArray(n * columns, next)
        const x = run(
          module => emitQRMinimumNorm(module, { m, n, columns }),
          packed,
          withRoom(b, (m - n) * columns + columns),
        ).outputs[1].slice(0, m * columns)
        const back = multiply(transpose(a, m, n), x, n, m, columns)
        expect(largest(back.map((entry, e) => entry - b[e]))).toBeLessThan(
          40 * m * epsilon * (1 + largest(x)),
        )
        // x = A·z with AᵀA·z = b.
        const z = run(module => emitQRGramSolve(module, { m, n, columns }), packed, b).outputs[1]
        const inRange = multiply(a, z, m, n, columns)
        expect(largest(inRange.map((entry, e) => entry - x[e]))).toBeLessThan(
          1000 * m * epsilon * (largest(x) + largest(z)),
        )
      })
    })
  }

  test('|rₖₖ| decreases with pivoting, and shows the rank', () => {
    const [m, n, rank] = [20, 12, 5]
    const next = random(9)
    const a = multiply(randomArray(m * rank, next), randomArray(rank * n, next), m, rank, n)
    const { packed } = factor(a, m, n, true)
    const diagonal = Array.from({ length: n }, (_, k) => Math.abs(packed[k * (n + 1)]))
    for (let k = 1; k < n; k++) expect(diagonal[k]).toBeLessThanOrEqual(diagonal[k - 1] * (1 + 1e-12))
    expect(diagonal[rank - 1]).toBeGreaterThan(1e-3)
    expect(diagonal[rank]).toBeLessThan(1e-13)
  })

  test('the Kahan matrix: norms are formed anew where reducing them would lose every digit', () => {
    const n = 40
    const [s, c] = [Math.sqrt(1 - 0.2 ** 2), 0.2]
    const a = Float64Array.from({ length: n * n }, (_, e) => {
      const [i, j] = [Math.floor(e / n), e % n]
      return s ** i * (i === j ? 1 : j > i ? -c : 0)
    })
    const { packed } = factor(a, n, n, true)
    const diagonal = Array.from({ length: n }, (_, k) => Math.abs(packed[k * (n + 1)]))
    for (let k = 1; k < n; k++) expect(diagonal[k]).toBeLessThanOrEqual(diagonal[k - 1] * (1 + 1e-10))
  })

  test('neither overflows nor underflows', () => {
    for (const scale of [1e200, 1e-200]) {
      const a = Float64Array.of(3 * scale, 1 * scale, 4 * scale, 2 * scale)
      const { status, packed } = factor(a, 2, 2, true)
      expect(status).toBe(0)
      expect(Math.abs(packed[0]) / scale).toBeCloseTo(5, 12)
    }
  })

  test('agrees with ml-matrix; NaN and infinity are named', () => {
    const [m, n] = [20, 8]
    const next = random(2)
    const a = randomArray(m * n, next)
    const b = randomArray(m, next)
    const { packed } = factor(a, m, n, false)
    const x = run(module => emitQRLeastSquares(module, { m, n, columns: 1 }), packed, withRoom(b, 1))
      .outputs[1]
    const other = new QrDecomposition(Matrix.from1DArray(m, n, [...a])).solve(Matrix.columnVector([...b]))
    other.to1DArray().forEach((entry, j) => {
      expect(x[j]).toBeCloseTo(entry, 12)
    })
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const spoilt = a.slice()
      spoilt[3 * n + 2] = bad
      expect(factor(spoilt, m, n, false).status).toBe(3)
      expect(factor(spoilt, m, n, true).status).toBeGreaterThan(0)
    }
  })
})
