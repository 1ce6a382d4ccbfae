import { EigenvalueDecomposition, Matrix, QrDecomposition } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { instantiate } from '../dense/index.ts'
import { largest, multiply, random, randomArray, residual, transpose } from '../dense/testing.ts'
import type { ModuleBuilder, WasmFunction } from '../wasm/index.ts'
import {
  bandWidth,
  emitBandCholesky,
  emitBandCholeskySolve,
  emitBandLU,
  emitBandSolve,
  emitLDLT,
  emitLDLTSolve,
  emitQR,
  emitQRGramSolve,
  emitQRLeastSquares,
  emitQRMinimumNorm,
  emitTridiagonalLU,
  emitTridiagonalSolve,
  qrLength,
  tridiagonalLength,
} from './index.ts'

type Emit = (module: ModuleBuilder) => WasmFunction
const sentinels = new Array(8).fill(Math.PI)

/** Runs the kernel on copies of its arrays, and sees that nothing behind them is touched. */
function run(emit: Emit, ...inputs: Float64Array[]) {
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
function withRoom(a: Float64Array, extra: number): Float64Array {
  const packed = new Float64Array(a.length + extra).fill(Number.NaN)
  packed.set(a)
  return packed
}

const sizes = [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 40, 64, 101]
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
