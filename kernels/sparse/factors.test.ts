import fc from 'fast-check'
import { determinant, Matrix } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import {
  applyCsr,
  applyCsrTransposed,
  type CsrMatrix,
  csrFromTriplets,
  csrToDense,
  type Triplet,
} from '../../solvers/linear/csr.ts'
import {
  convection,
  diffusion,
  poisson,
  randomDominant,
  saddlePoint,
} from '../../solvers/linear/testing/matrices.ts'
import { random, randomVector } from '../../solvers/linear/testing/random.ts'
import { createSparseCholesky, createSparseLDLT, createSparseLU, type SparseFactors } from './index.ts'

/** ‖b − Ax‖∞ / (‖A‖·‖x‖∞ + ‖b‖∞): a few units of rounding for a backward stable solve. */
function backwardError(A: CsrMatrix, x: Float64Array, b: Float64Array, transposed = false): number {
  const r = new Float64Array(A.rows)
  const apply = transposed ? applyCsrTransposed : applyCsr
  apply(A, x, r)
  const absolute = new Float64Array(A.rows)
  apply({ ...A, values: A.values.map(Math.abs) }, new Float64Array(A.rows).fill(1), absolute)
  const largest = (v: Float64Array) => v.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  return largest(r.map((entry, i) => entry - b[i])) / (largest(absolute) * largest(x) + largest(b))
}

function checkSolves(A: CsrMatrix, factors: SparseFactors, bound = 1e-15): void {
  factors.values.set(A.values)
  expect(factors.factor()).toBe(-1)
  const b = randomVector(A.rows, 5)
  const x = b.slice()
  factors.solve(x)
  expect(backwardError(A, x, b)).toBeLessThan(bound)
  const y = b.slice()
  factors.solveTransposed(y)
  expect(backwardError(A, y, b, true)).toBeLessThan(bound)
}

/** A random symmetric pattern, positive definite by dominance. */
function randomPositiveDefinite(n: number, perRow: number, seed: number): CsrMatrix {
  const uniform = random(seed)
  const triplets: Triplet[] = []
  const sums = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < perRow; k++) {
      const j = Math.floor(uniform() * n)
      const value = 2 * uniform() - 1
      if (j === i) continue
      triplets.push([i, j, value], [j, i, value])
      sums[i] += Math.abs(value)
      sums[j] += Math.abs(value)
    }
  }
  for (let i = 0; i < n; i++) triplets.push([i, i, sums[i] + 0.1])
  return csrFromTriplets(n, n, triplets)
}

const orderings = ['minimum degree', 'nested dissection', 'natural'] as const
const laplacian3 = (m: number) => {
  const triplets: Triplet[] = []
  for (let i = 0; i < m ** 3; i++) {
    triplets.push([i, i, 6])
    for (const stride of [1, m, m * m]) {
      if (Math.floor(i / stride) % m < m - 1) triplets.push([i, i + stride, -1], [i + stride, i, -1])
    }
  }
  return csrFromTriplets(m ** 3, m ** 3, triplets)
}

const symmetricSystems: [string, CsrMatrix][] = [
  ['1×1', csrFromTriplets(1, 1, [[0, 0, 3]])],
  [
    'diagonal',
    csrFromTriplets(
      9,
      9,
      Array.from({ length: 9 }, (_, i): Triplet => [i, i, i + 1]),
    ),
  ],
  ['plane grid', poisson(23)],
  ['space grid', laplacian3(9)],
  ['jumping coefficients', diffusion(20, 1e6, 1)],
  ...[2, 3, 5, 17, 64, 150, 333].map((n): [string, CsrMatrix] => [
    `random, n = ${n}`,
    randomPositiveDefinite(n, 2, n),
  ]),
  ['dense', randomPositiveDefinite(150, 150, 1)],
]

describe('sparse Cholesky', () => {
  for (const ordering of orderings) {
    test.each(symmetricSystems)(`${ordering}: %s`, (_, A) => {
      checkSolves(A, createSparseCholesky(A, { ordering }))
    })
  }

  test('reads the lower triangle alone', () => {
    const A = poisson(6)
    const triplets: Triplet[] = []
    for (let i = 0; i < A.rows; i++) {
      for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
        const j = A.columnIndices[p]
        triplets.push([i, j, j <= i ? A.values[p] : Number.NaN])
      }
    }
    const spoilt = csrFromTriplets(36, 36, triplets)
    const lower = csrFromTriplets(
      36,
      36,
      triplets.filter(([i, j]) => j <= i),
    )
    for (const matrix of [spoilt, lower]) {
      const factors = createSparseCholesky(matrix)
      factors.values.set(matrix.values)
      expect(factors.factor()).toBe(-1)
      const b = randomVector(36, 1)
      const x = b.slice()
      factors.solve(x)
      expect(backwardError(A, x, b)).toBeLessThan(1e-15)
    }
  })

  test('the determinant of the Laplacian is the product of its known eigenvalues', () => {
    const m = 31
    const A = poisson(m)
    const factors = createSparseCholesky(A)
    factors.values.set(A.values)
    factors.factor()
    let expected = 0
    const c = (i: number) => 2 * Math.cos((i * Math.PI) / (m + 1))
    for (let i = 1; i <= m; i++) for (let j = 1; j <= m; j++) expected += Math.log(4 - c(i) - c(j))
    expect(factors.logDeterminant().logarithm / expected).toBeCloseTo(1, 13)
  })

  test('the values may change; a matrix that is not positive definite, or not a number, is named by its row', () => {
    const A = poisson(15)
    const factors = createSparseCholesky(A)
    const diagonal = (i: number) => A.columnIndices.indexOf(i, A.rowPointers[i])
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      factors.values.set(A.values)
      factors.values[diagonal(100)] = bad
      const row = factors.factor()
      expect(row).toBeGreaterThanOrEqual(0)
      factors.values.set(A.values.map(value => 2 * value))
      expect(factors.factor()).toBe(-1)
    }
    const D = csrFromTriplets(
      5,
      5,
      Array.from({ length: 5 }, (_, i): Triplet => [i, i, i === 3 ? -1 : 1]),
    )
    const single = createSparseCholesky(D)
    single.values.set(D.values)
    expect(single.factor()).toBe(3)
  })

  test('the same bits each time', () => {
    const A = diffusion(25, 100, 3)
    const solutions = [0, 1].map(() => {
      const factors = createSparseCholesky(A)
      factors.values.set(A.values)
      factors.factor()
      factors.factor()
      const x = randomVector(A.rows, 1)
      factors.solve(x)
      return x
    })
    expect(solutions[0]).toEqual(solutions[1])
  })
})

describe('sparse LDLᵀ', () => {
  for (const ordering of orderings) {
    test.each([...symmetricSystems, ['saddle point', saddlePoint(60)], ['shifted', poisson(20, -2.1)]] as [
      string,
      CsrMatrix,
    ][])(`${ordering}: %s`, (_, A) => {
      checkSolves(A, createSparseLDLT(A, { ordering }, A.values), 1e-13)
    })
  }

  test('counts the eigenvalues of a shifted Laplacian below zero', () => {
    const m = 20
    for (const shift of [-0.5, -2.1, -4.05, -7.9, -8.1]) {
      const A = poisson(m, shift)
      const factors = createSparseLDLT(A, {}, A.values)
      factors.values.set(A.values)
      expect(factors.factor()).toBe(-1)
      let negative = 0
      const c = (i: number) => 2 * Math.cos((i * Math.PI) / (m + 1))
      let logarithm = 0
      for (let i = 1; i <= m; i++) {
        for (let j = 1; j <= m; j++) {
          const eigenvalue = 4 + shift - c(i) - c(j)
          if (eigenvalue < 0) negative++
          logarithm += Math.log(Math.abs(eigenvalue))
        }
      }
      expect(factors.negativeEigenvalues()).toBe(negative)
      const found = factors.logDeterminant()
      expect(found.sign).toBe(negative % 2 ? -1 : 1)
      expect(found.logarithm / logarithm).toBeCloseTo(1, 11)
    }
  })

  test('a saddle point has as many negative eigenvalues as constraints; without a diagonal, pairs are the pivots', () => {
    const A = saddlePoint(40)
    const factors = createSparseLDLT(A, {}, A.values)
    factors.values.set(A.values)
    expect(factors.factor()).toBe(-1)
    expect(factors.negativeEigenvalues()).toBe(20)
    // [[0, c], [c, 0]] blocks, joined weakly.
    const n = 50
    const triplets: Triplet[] = []
    for (let i = 0; i < n; i += 2) {
      triplets.push([i, i + 1, 1 + i], [i + 1, i, 1 + i])
      if (i > 0) triplets.push([i, i - 2, 0.5], [i - 2, i, 0.5])
    }
    const B = csrFromTriplets(n, n, triplets)
    checkSolves(B, createSparseLDLT(B, {}, B.values), 1e-14)
  })

  test('a row without entries is named', () => {
    const A = csrFromTriplets(4, 4, [
      [0, 0, 1],
      [1, 1, -1],
      [2, 2, 0],
      [3, 3, 2],
    ])
    const factors = createSparseLDLT(A)
    factors.values.set(A.values)
    expect(factors.factor()).toBe(2)
  })
})

function randomMatrix(n: number, perRow: number, seed: number): CsrMatrix {
  const uniform = random(seed)
  const triplets: Triplet[] = []
  // A random permutation makes it regular; the diagonal is mostly empty.
  const order = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  for (let i = 0; i < n; i++) {
    triplets.push([i, order[i], 1 + uniform()])
    for (let k = 0; k < perRow; k++) triplets.push([i, Math.floor(uniform() * n), 0.5 * (2 * uniform() - 1)])
  }
  return csrFromTriplets(n, n, triplets)
}

describe('sparse LU', () => {
  const systems: [string, CsrMatrix][] = [
    ...symmetricSystems,
    ['convection', convection(25, 20)],
    ['dominant by rows', randomDominant(200, 3, 0.1, 4)],
    ['saddle point', saddlePoint(41)],
    ...[1, 2, 5, 40, 200].map((n): [string, CsrMatrix] => [`permuted, n = ${n}`, randomMatrix(n, 2, n)]),
  ]
  for (const ordering of ['auto', ...orderings] as const) {
    test.each(systems)(`${ordering}: %s`, (_, A) => {
      checkSolves(A, createSparseLU(A, { ordering }), 1e-13)
    })
  }

  test('keeps its pivots while they are good, and chooses others when they are not', () => {
    const A = convection(12, 3)
    const lu = createSparseLU(A)
    checkSolves(A, lu)
    const slightly = { ...A, values: A.values.map((value, p) => value * (1 + 0.01 * (p % 7))) }
    checkSolves(slightly, lu)
    expect(lu.pivotings()).toBe(1)
    // Every other diagonal entry vanishes nearly: the old pivots would be tiny.
    const values = A.values.slice()
    for (let i = 0; i < A.rows; i += 2) {
      for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++)
        if (A.columnIndices[p] === i) values[p] = 1e-14
    }
    checkSolves({ ...A, values }, lu, 1e-13)
    expect(lu.pivotings()).toBe(2)
  })

  test('the determinant agrees with a dense one, with its sign', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1000), (n, seed) => {
        const A = randomMatrix(n, 2, seed)
        const lu = createSparseLU(A)
        lu.values.set(A.values)
        const expected = determinant(Matrix.from1DArray(n, n, [...csrToDense(A)]))
        if (lu.factor() >= 0) return Math.abs(expected) < 1e-9
        const { logarithm, sign } = lu.logDeterminant()
        return Math.abs(sign * Math.exp(logarithm) - expected) <= 1e-10 * Math.max(1, Math.abs(expected))
      }),
    )
  })

  test('singular matrices are named by a column: structurally, numerically, not a number', () => {
    const empty = csrFromTriplets(3, 3, [
      [0, 0, 1],
      [1, 1, 1],
      [2, 0, 1],
    ])
    const twice = csrFromTriplets(2, 2, [
      [0, 0, 1],
      [0, 1, 2],
      [1, 0, 2],
      [1, 1, 4],
    ])
    const notANumber = csrFromTriplets(2, 2, [
      [0, 0, Number.NaN],
      [1, 1, 4],
    ])
    for (const A of [empty, twice, notANumber]) {
      const lu = createSparseLU(A)
      lu.values.set(A.values)
      const column = lu.factor()
      expect(column).toBeGreaterThanOrEqual(0)
      expect(() => lu.solve(new Float64Array(A.rows))).toThrow(/factor/)
    }
    const lu = createSparseLU(empty)
    lu.values.set(empty.values)
    expect(lu.factor()).toBe(2)
  })

  test('says what is wrong with its arguments', () => {
    const A = csrFromTriplets(2, 3, [[0, 0, 1]])
    expect(() => createSparseLU(A)).toThrow(/2×3/)
    expect(() => createSparseCholesky(A)).toThrow(/2×3/)
    expect(() => createSparseLU(poisson(2), { threshold: 0 })).toThrow(/threshold/)
    expect(() => createSparseLU(poisson(2), { ordering: Int32Array.of(0, 1, 1, 2) })).toThrow(
      /row 1 is there twice/,
    )
  })
})
