import { describe, expect, test } from 'vitest'
import { applyCsr, applyCsrTransposed, type CsrMatrix, csrFromTriplets } from '../csr.ts'
import { factor, isFactored, refine, solveCotangents } from '../direct/index.ts'
import { convection, diffusion, poisson, saddlePoint } from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import { type SparseStructure, sparseSolver } from './index.ts'

const cases: [SparseStructure, CsrMatrix][] = [
  ['spd', poisson(17)],
  ['symmetric', saddlePoint(50)],
  ['general', convection(17, 4)],
]

describe('sparseSolver', () => {
  test.each(cases)('%s: one analysis serves changing values', (structure, A) => {
    const solver = sparseSolver(A, { structure })
    const b = randomVector(A.rows, 1)
    for (const scale of [1, 3, 0.25]) {
      const values = A.values.map(value => scale * value)
      const factors = solver.factor(values)
      if (!isFactored(factors)) throw new Error(factors.message)
      const { x, backwardError } = refine(factors, b, { maxIterations: 0 })
      expect(backwardError).toBeLessThan(1e-13)
      const product = new Float64Array(A.rows)
      applyCsr({ ...A, values }, x, product)
      for (let i = 0; i < b.length; i++) expect(product[i]).toBeCloseTo(b[i], 11)
      applyCsrTransposed({ ...A, values }, factors.solveTransposed(b), product)
      for (let i = 0; i < b.length; i++) expect(product[i]).toBeCloseTo(b[i], 11)
    }
  })

  test.each(cases)('%s: factors of former values say that they are gone', (structure, A) => {
    const solver = sparseSolver(A, { structure })
    const first = solver.factor(A.values)
    const second = solver.factor(A.values)
    if (!isFactored(first) || !isFactored(second)) throw new Error('regular')
    expect(() => first.solve(new Float64Array(A.rows))).toThrow(/gone/)
    second.solve(new Float64Array(A.rows))
  })

  test('a matrix that cannot be factored so is a result, and the solver stays of use', () => {
    const A = poisson(8)
    const solver = sparseSolver(A, { structure: 'spd' })
    const failed = solver.factor(A.values.map(value => -value))
    expect(failed.status).toBe('not positive definite')
    expect(solver.factor(A.values).status).toBe('factored')
    const general = sparseSolver(A, { structure: 'general' })
    expect(general.factor(new Float64Array(A.values.length)).status).toBe('singular')
    expect(general.factor(A.values).status).toBe('factored')
    expect(() => solver.factor(new Float64Array(3))).toThrow(/entries/)
  })

  test('factors as they were given, though the caller changes his values', () => {
    const A = convection(6, 2)
    const values = A.values.slice()
    const factors = sparseSolver(A, { structure: 'general' }).factor(values)
    if (!isFactored(factors)) throw new Error(factors.message)
    values.fill(Number.NaN)
    const x = factors.solve(randomVector(36, 1))
    expect(solveCotangents(factors, x, x).A.every(Number.isFinite)).toBe(true)
    expect(refine(factors, randomVector(36, 1)).backwardError).toBeLessThan(1e-15)
  })
})

describe('the automatic choice', () => {
  test('falls back from L·D·Lᵀ to LU where pivots within fronts fail, and says so', () => {
    // A zero diagonal throughout, and the graph of a star: row 0 alone can pivot, with one partner.
    const n = 30
    const triplets = Array.from({ length: n }, (_, i) => [i, (i + 11) % n] as const).flatMap(([i, j]) => [
      [i, j, 1 + i / n] as const,
      [j, i, 1 + i / n] as const,
    ])
    for (let i = 0; i < n; i += 3) triplets.push([i, (i + 1) % n, 1e-9], [(i + 1) % n, i, 1e-9])
    const A = csrFromTriplets(n, n, triplets)
    const factors = factor(A)
    if (!isFactored(factors)) throw new Error(factors.message)
    expect(refine(factors, randomVector(n, 1)).backwardError).toBeLessThan(1e-14)
  })

  test('explains each trial', () => {
    const explanationOf = (A: CsrMatrix) => {
      const result = factor(A)
      return result.explanation.join('\n')
    }
    expect(explanationOf(poisson(20))).toMatch(/Cholesky, ordered by/)
    expect(explanationOf(poisson(20, -2.1))).toMatch(/Cholesky was tried[\s\S]*L·D·Lᵀ, ordered by/)
    expect(explanationOf(convection(20, 5))).toMatch(/differs from its mirror[\s\S]*LU, ordered by/)
  })

  test('coefficients that jump by 1e8 are solved to a small backward error', () => {
    const A = diffusion(40, 1e8, 3)
    const factors = factor(A)
    if (!isFactored(factors)) throw new Error(factors.message)
    expect(refine(factors, randomVector(A.rows, 2)).backwardError).toBeLessThan(1e-15)
  })
})
