import fc from 'fast-check'
import { inverse, LuDecomposition, Matrix as MlMatrix } from 'ml-matrix'
import { describe, expect, test, vi } from 'vitest'
import { csrFromDense, csrFromTriplets, csrToDense } from '../csr.ts'
import { convection, diffusion, poisson, saddlePoint, tridiagonal } from '../testing/matrices.ts'
import { random, randomVector } from '../testing/random.ts'
import {
  blockDiagonal,
  bordered,
  conditionEstimate,
  type DenseMatrix,
  denseMatrix,
  type FactorOptions,
  type Factors,
  factor,
  isFactored,
  kktMatrix,
  lowRankUpdate,
  type Matrix,
  refine,
} from './index.ts'
import { applyMatrix, isSparse } from './matrixForm.ts'

function factored(A: Matrix | Float64Array, options?: FactorOptions): Factors {
  const result = factor(A, options)
  if (!isFactored(result)) throw new Error(result.message)
  return result
}

const denseValues = (A: Matrix) => (isSparse(A) ? csrToDense(A) : A.values)
const largest = (v: Float64Array) => v.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
const randomDense = (n: number, seed: number): DenseMatrix => denseMatrix(randomVector(n * n, seed))

/** M·Mᵀ + I, and M + Mᵀ, to the last bit symmetric. */
function positiveDefinite(n: number, seed: number): DenseMatrix {
  const M = randomVector(n * n, seed)
  const values = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = +(i === j)
      for (let k = 0; k < n; k++) sum += M[i * n + k] * M[j * n + k]
      values[i * n + j] = values[j * n + i] = sum
    }
  }
  return denseMatrix(values)
}
function symmetric(n: number, seed: number): DenseMatrix {
  const values = randomVector(n * n, seed)
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) values[j * n + i] = values[i * n + j]
  return denseMatrix(values)
}
const triangle = (n: number, seed: number, part: 'lower' | 'upper'): DenseMatrix => {
  const values = randomVector(n * n, seed).map((entry, e) => {
    const [i, j] = [Math.floor(e / n), e % n]
    return i === j ? 2 + entry : (part === 'lower') === i > j ? entry : 0
  })
  return denseMatrix(values)
}

/** Every structure that `factor` knows, dense and sparse. */
const systems: [string, Matrix, Factors['structure']][] = [
  ['dense', randomDense(23, 1), 'general'],
  ['dense, positive definite', positiveDefinite(19, 2), 'spd'],
  ['dense, symmetric', symmetric(21, 3), 'symmetric'],
  ['dense, lower triangular', triangle(18, 4, 'lower'), 'lower triangular'],
  ['dense, upper triangular', triangle(18, 5, 'upper'), 'upper triangular'],
  ['dense, tridiagonal', denseMatrix(csrToDense(tridiagonal(20, 3, -1, 2))), 'tridiagonal'],
  ['tridiagonal, dominant', tridiagonal(30, -1, 2.5, -1), 'tridiagonal'],
  ['sparse, banded', poisson(6), 'banded'],
  ['sparse, positive definite', poisson(20), 'spd'],
  ['sparse, symmetric indefinite', poisson(20, -2.1), 'symmetric'],
  ['sparse, general', convection(20, 7), 'general'],
  ['saddle point', saddlePoint(40), 'symmetric'],
  ['sparse, upper triangular', csrFromDense(triangle(30, 7, 'upper').values, 30, 30), 'upper triangular'],
  ['one number', denseMatrix(Float64Array.of(-3)), 'lower triangular'],
]

describe('factor', () => {
  test.each(systems)('%s: solves A·X = B and Aᵀ·X = B to rounding, and says how', (_, A, structure) => {
    const factors = factored(A)
    expect(factors.structure).toBe(structure)
    expect(factors.explanation.length).toBeGreaterThan(1)
    const n = A.rows
    for (const columns of [1, 3]) {
      const B = randomVector(n * columns, 9)
      for (const transposed of [false, true]) {
        const X = transposed ? factors.solveTransposed(B, columns) : factors.solve(B, columns)
        for (let c = 0; c < columns; c++) {
          const column = (V: Float64Array) => Float64Array.from({ length: n }, (_, i) => V[i * columns + c])
          const product = new Float64Array(n)
          applyMatrix(A, column(X), product, transposed)
          const error = largest(product.map((entry, i) => entry - B[i * columns + c]))
          expect(error).toBeLessThan(1e-13 * (1 + n * largest(X) * largest(A.values)))
        }
      }
    }
  })

  test.each(systems)('%s: the determinant agrees with a dense one', (_, A) => {
    const { logarithm, sign } = factored(A).logDeterminant()
    const n = A.rows
    // ml-matrix' determinant may overflow: its factors' diagonal does not.
    const lu = new LuDecomposition(MlMatrix.from1DArray(n, n, [...denseValues(A)]))
    const upper = lu.upperTriangularMatrix.diagonal()
    const expected = upper.reduce((sum, entry) => sum + Math.log(Math.abs(entry)), 0)
    expect(logarithm).toBeCloseTo(expected, 9)
    const negative = upper.filter(entry => entry < 0).length
    expect(sign).toBe((negative % 2 ? -1 : 1) * (lu as unknown as { pivotSign: number }).pivotSign)
  })

  test('a tag is checked, not trusted', () => {
    const A = randomDense(8, 1)
    const status = (structure: FactorOptions['structure'], matrix: Matrix = A) =>
      factor(matrix, { structure }).status
    expect(status('spd')).toBe('not symmetric')
    expect(status('symmetric')).toBe('not symmetric')
    expect(status('tridiagonal')).toBe('not of the structure')
    expect(status('lower triangular')).toBe('not of the structure')
    expect(status('spd', symmetric(8, 1))).toBe('not positive definite')
    expect(status('spd', poisson(20, -2.1))).toBe('not positive definite')
    expect(status('spd', positiveDefinite(8, 1))).toBe('factored')
    expect(status('general', positiveDefinite(8, 1))).toBe('factored')
    const nearly = positiveDefinite(8, 1)
    nearly.values[1] += 1e-14
    const result = factor(nearly, { structure: 'spd' })
    expect(result.status === 'not symmetric' && result.message).toMatch(/entry \(1, 0\).*symmetryTolerance/)
    expect(factor(nearly, { structure: 'spd', symmetryTolerance: 1e-12 }).status).toBe('factored')
  })

  test('a singular matrix is a result with a reason', () => {
    const singular: Matrix[] = [
      denseMatrix(Float64Array.of(1, 2, 2, 4)),
      denseMatrix(Float64Array.of(1, 2, 3, 2, 4, 6, 1, 0, 1)),
      denseMatrix(Float64Array.of(1, 0, 5, 0)),
      csrFromTriplets(3, 3, [
        [0, 0, 1],
        [1, 1, 1],
      ]),
      tridiagonal(5, 0, 0, 0),
      // Each row sums to zero.
      csrFromDense(
        Float64Array.from({ length: 900 }, (_, e) => (e % 31 === 0 ? 29 : -1)),
        30,
        30,
      ),
    ]
    for (const A of singular) {
      const result = factor(A)
      if (isFactored(result)) {
        // Rounding has hidden it: the condition shows it.
        expect(conditionEstimate(result)).toBeGreaterThan(1e14)
      } else {
        expect(result.status).toBe('singular')
        expect(result.message).toMatch(/singular/)
      }
    }
    const bad = factor(denseMatrix(Float64Array.of(1, Number.NaN, 3, 4)))
    expect(bad.status === 'not finite' && bad.message).toBe('entry (0, 1) of A is NaN')
    expect(() => factor(new Float64Array(6))).toThrow(/square/)
  })

  test('explain prints why', () => {
    const lines: string[] = []
    const log = vi.spyOn(console, 'log').mockImplementation(line => lines.push(line))
    factor(symmetric(9, 1), { explain: true })
    log.mockRestore()
    expect(lines.join('\n')).toMatch(/not positive definite[\s\S]*Bunch–Kaufman/)
  })

  test('the same kernels serve interleaved factors', () => {
    const [A, B] = [randomDense(6, 1), randomDense(6, 2)]
    const [first, second] = [factored(A), factored(B)]
    const b = randomVector(6, 3)
    const alone = first.solve(b)
    second.solve(b)
    expect(first.solve(b)).toEqual(alone)
  })
})

describe('condition and refinement', () => {
  test('the estimate is at most κ₁, and seldom far below', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(10_000), (n, seed) => {
        const A = randomDense(n, seed)
        const result = factor(A, { structure: 'general' })
        if (!isFactored(result)) return
        const inverted = Float64Array.from(inverse(MlMatrix.from1DArray(n, n, [...A.values])).to1DArray())
        const norm = (v: Float64Array) =>
          Math.max(
            ...Array.from({ length: n }, (_, j) =>
              v.filter((_, e) => e % n === j).reduce((s, x) => s + Math.abs(x), 0),
            ),
          )
        const exact = norm(A.values) * norm(inverted)
        const estimate = conditionEstimate(result)
        expect(estimate).toBeLessThanOrEqual(exact * (1 + 1e-6))
        expect(estimate).toBeGreaterThan(exact / 10)
      }),
    )
  })

  test('the Hilbert matrix of 8 has condition 3.387e10', () => {
    const n = 8
    const A = denseMatrix(
      Float64Array.from({ length: n * n }, (_, e) => 1 / (Math.floor(e / n) + (e % n) + 1)),
    )
    expect(conditionEstimate(factored(A)) / 3.387e10).toBeCloseTo(1, 2)
  })

  test('refinement reaches the rounding of the residual where pivots were poor', () => {
    // Wilkinson's matrix: partial pivoting lets the last column grow as 2^(n−1).
    const n = 50
    const values = Float64Array.from({ length: n * n }, (_, e) => {
      const [i, j] = [Math.floor(e / n), e % n]
      return i === j || j === n - 1 ? 1 : i > j ? -1 : 0
    })
    const factors = factored(denseMatrix(values))
    const b = randomVector(n, 4)
    const plain = refine(factors, b, { maxIterations: 0 })
    const { backwardError, x } = refine(factors, b)
    expect(plain.backwardError).toBeGreaterThan(1e-8)
    expect(backwardError).toBeLessThan(1e-14)
    const product = new Float64Array(n)
    applyMatrix(factors.matrix, x, product)
    expect(largest(product.map((entry, i) => entry - b[i]))).toBeLessThan(1e-13)
    expect(refine(factors, b, { transposed: true }).backwardError).toBeLessThan(1e-14)
  })

  test('jumping coefficients: the backward error of sparse Cholesky is rounding', () => {
    const A = diffusion(30, 1e8, 1)
    expect(refine(factored(A), randomVector(A.rows, 1)).backwardError).toBeLessThan(1e-15)
  })
})

/** A composed matrix is right if it solves its own explicit matrix, and has its determinant. */
function checkComposition(factors: Factors): void {
  const plain = factored(denseMatrix(denseValues(factors.matrix)), { structure: 'general' })
  for (const columns of [1, 2]) {
    const B = randomVector(factors.size * columns, 8)
    const pairs = [
      [factors.solve(B, columns), plain.solve(B, columns)],
      [factors.solveTransposed(B, columns), plain.solveTransposed(B, columns)],
    ]
    for (const [x, y] of pairs)
      expect(largest(x.map((entry, i) => entry - y[i]))).toBeLessThan(1e-11 * (1 + largest(y)))
  }
  const [a, b] = [factors.logDeterminant(), plain.logDeterminant()]
  expect(a.logarithm).toBeCloseTo(b.logarithm, 9)
  expect(a.sign).toBe(b.sign)
}

describe('compositions', () => {
  const bases: [string, Matrix][] = [
    ['dense', randomDense(12, 5)],
    ['positive definite', positiveDefinite(12, 6)],
    ['sparse', convection(9, 3)],
  ]
  test.each(bases)('Woodbury: %s', (_, A) => {
    for (const k of [0, 1, 3]) {
      const updated = lowRankUpdate(factored(A), randomVector(A.rows * k, 1), randomVector(A.rows * k, 2))
      if (!isFactored(updated)) throw new Error(updated.message)
      checkComposition(updated)
    }
  })

  test.each(bases)('bordered: %s', (_, A) => {
    for (const k of [1, 3]) {
      const n = A.rows
      const result = bordered(
        factored(A),
        randomVector(n * k, 1),
        randomVector(n * k, 2),
        randomVector(k * k, 3),
      )
      if (!isFactored(result)) throw new Error(result.message)
      checkComposition(result)
    }
  })

  test('blocks on the diagonal; updates of updates', () => {
    const blocks = bases.map(([, A]) => factored(A))
    checkComposition(blockDiagonal(blocks))
    const n = 12
    const once = lowRankUpdate(blocks[0], randomVector(n, 1), randomVector(n, 2))
    const twice = isFactored(once) && lowRankUpdate(once, randomVector(n, 3), randomVector(n, 4))
    if (!twice || !isFactored(twice)) throw new Error('regular')
    checkComposition(twice)
  })

  test('a change that makes the matrix singular is a result', () => {
    const identity = factored(denseMatrix(Float64Array.of(1, 0, 0, 1)))
    const result = lowRankUpdate(identity, Float64Array.of(-1, 0), Float64Array.of(1, 0))
    expect(result.status).toBe('singular')
    expect(bordered(identity, Float64Array.of(1, 0), Float64Array.of(1, 0), Float64Array.of(1)).status).toBe(
      'singular',
    )
  })

  test('a KKT system gives the constrained minimum of a quadratic', () => {
    // min ½xᵀHx − cᵀx with Σx = 1: by symmetry, for H = I, x = c + (1 − Σc)/n.
    const n = 40
    const H = csrFromTriplets(
      n,
      n,
      Array.from({ length: n }, (_, i) => [i, i, 1] as const),
    )
    const J = csrFromTriplets(
      1,
      n,
      Array.from({ length: n }, (_, j) => [0, j, 1] as const),
    )
    const c = randomVector(n, 1)
    const sum = c.reduce((a, b) => a + b, 0)
    const x = factored(kktMatrix(H, J)).solve(Float64Array.of(...c, 1))
    for (let i = 0; i < n; i++) expect(x[i]).toBeCloseTo(c[i] + (1 - sum) / n, 13)
  })
})

test('random sparse systems of any structure agree with dense elimination', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 25 }), fc.nat(1e6), (n, seed) => {
      const uniform = random(seed)
      const triplets = Array.from(
        { length: 3 * n },
        () => [Math.floor(uniform() * n), Math.floor(uniform() * n), 2 * uniform() - 1] as const,
      )
      for (let i = 0; i < n; i++) triplets.push([i, i, 3])
      const A = csrFromTriplets(n, n, triplets)
      const b = randomVector(n, seed)
      const sparse = factor(A)
      const dense = factor(denseMatrix(csrToDense(A)), { structure: 'general' })
      if (!isFactored(sparse) || !isFactored(dense)) return
      const condition = conditionEstimate(dense)
      const [x, y] = [sparse.solve(b), dense.solve(b)]
      expect(largest(x.map((entry, i) => entry - y[i]))).toBeLessThan(1e-13 * condition * (1 + largest(y)))
    }),
  )
})
