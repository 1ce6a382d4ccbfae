import { EigenvalueDecomposition, Matrix, SVD } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { applyCsr, applyCsrTransposed, type CsrMatrix, csrToDense } from '../csr.ts'
import { denseMatrix, factor, isFactored } from '../direct/index.ts'
import { bicgstab, conjugateGradient, gmres, minres } from '../krylov/index.ts'
import { dot, norm } from '../krylov/vectors.ts'
import {
  algebraicMultigrid,
  incompleteCholesky,
  incompleteLU,
  jacobi,
  type Preconditioner,
  ssor,
} from '../preconditioners/index.ts'
import { randomVector } from '../testing/random.ts'
import {
  biharmonic,
  classicalMatrices,
  clement,
  convectionDiffusion,
  dorr,
  frank,
  grcar,
  hilbert,
  kahan,
  lehmer,
  lesp,
  moler,
  parter,
  poisson,
  stokes,
  wathen,
} from './index.ts'

const matrix = (A: CsrMatrix) => Matrix.from1DArray(A.rows, A.columns, [...csrToDense(A)])
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b)
const symmetricSpectrum = (A: Matrix) =>
  sorted(new EigenvalueDecomposition(A, { assumeSymmetric: true }).realEigenvalues)
const expectClose = (actual: readonly number[], expected: readonly number[], digits: number) => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits)
  })
}

describe('what is known of them', () => {
  const m = 6
  const angle = (k: number) => Math.cos(((k + 1) * Math.PI) / (m + 1))
  const grid = (f: (a: number, b: number) => number) =>
    sorted(Array.from({ length: m * m }, (_, k) => f(angle(Math.floor(k / m)), angle(k % m))))
  it('spectra of Poisson’s matrix, of its square and of convection', () => {
    const laplacian = (a: number, b: number) => 4 - 2 * a - 2 * b
    expectClose(symmetricSpectrum(matrix(poisson(m))), grid(laplacian), 12)
    expectClose(
      symmetricSpectrum(matrix(biharmonic(m))),
      grid((a, b) => laplacian(a, b) ** 2),
      11,
    )
    const s = 0.5
    const wind = new EigenvalueDecomposition(matrix(convectionDiffusion(m, s)))
    expectClose(
      sorted(wind.realEigenvalues),
      grid((a, b) => 4 + 2 * s - 2 * Math.sqrt(1 + s) * (a + b)),
      8,
    )
  })
  it('Wathen: D⁻¹A has eigenvalues in [1/4, 9/2]', () => {
    const A = matrix(wathen(4, 3, (i, j) => 1 + ((37 * i + 61 * j) % 100)))
    const scale = A.diagonal().map(entry => 1 / Math.sqrt(entry))
    const scaled = Matrix.mul(A, 1)
    for (let i = 0; i < A.rows; i++)
      for (let j = 0; j < A.rows; j++) scaled.set(i, j, A.get(i, j) * scale[i] * scale[j])
    const spectrum = symmetricSpectrum(scaled)
    expect(spectrum[0]).toBeGreaterThan(0.25 - 1e-12)
    expect(spectrum.at(-1)).toBeLessThan(4.5 + 1e-12)
  })
  it('inverses: Lehmer’s is tridiagonal, Hilbert’s has whole numbers', () => {
    const inverseOf = (A: CsrMatrix, n: number) => {
      const factors = factor(A)
      if (!isFactored(factors)) throw new Error(factors.message)
      return factors.solve(
        Float64Array.from({ length: n * n }, (_, k) => Number(k % (n + 1) === 0)),
        n,
      )
    }
    inverseOf(lehmer(8), 8).forEach((entry, k) => {
      if (Math.abs(Math.floor(k / 8) - (k % 8)) > 1) expect(Math.abs(entry)).toBeLessThan(1e-12)
    })
    expectClose(
      [...inverseOf(hilbert(4), 4)],
      [16, -120, 240, -140, -120, 1200, -2700, 1680, 240, -2700, 6480, -4200, -140, 1680, -4200, 2800],
      7,
    )
  })
  it('determinants: Moler 1, Frank 1, Kahan Π sin(1.2)ⁱ', () => {
    for (const [A, expected] of [
      [moler(10), 0],
      [frank(10), 0],
      [kahan(12), 66 * Math.log(Math.sin(1.2))],
    ] as const) {
      const factors = factor(A)
      if (!isFactored(factors)) throw new Error(factors.message)
      const { logarithm, sign } = factors.logDeterminant()
      expect([sign, logarithm]).toEqual([1, expect.closeTo(expected, 6)])
    }
  })
  it('spectra of Clement’s matrix and of Lesp; singular values of Parter’s; inertia of Stokes’', () => {
    expectClose(symmetricSpectrum(matrix(clement(8))), [-7, -5, -3, -1, 1, 3, 5, 7], 10)
    const symmetric = new Matrix(12, 12)
    for (let i = 0; i < 12; i++) {
      symmetric.set(i, i, -(2 * i + 5))
      if (i > 0) {
        symmetric.set(i, i - 1, 1)
        symmetric.set(i - 1, i, 1)
      }
    }
    const { realEigenvalues } = new EigenvalueDecomposition(matrix(lesp(12)))
    expectClose(sorted(realEigenvalues), symmetricSpectrum(symmetric), 9)
    expect(new SVD(matrix(parter(40))).diagonal[0]).toBeCloseTo(Math.PI, 10)
    const spectrum = symmetricSpectrum(matrix(stokes(4)))
    expect(spectrum.filter(value => value < 0)).toHaveLength(15)
    expect(spectrum.filter(value => value > 0)).toHaveLength(24)
  })
  it('Grcar is Toeplitz; Dorr’s rows are dominant, weakly', () => {
    const A = matrix(grcar(8))
    for (let i = 1; i < 8; i++) for (let j = 1; j < 8; j++) expect(A.get(i, j)).toBe(A.get(i - 1, j - 1))
    const D = matrix(dorr(30))
    for (let i = 0; i < 30; i++) {
      const row = D.getRow(i)
      const rest = row.reduce((sum, entry, j) => sum + (i === j ? 0 : Math.abs(entry)), 0)
      expect(row[i] - rest).toBeGreaterThan(-1e-12 * row[i])
    }
  })
})

describe.each(classicalMatrices())('$name', ({ A, kind }) => {
  const n = A.rows
  const [b, c] = [randomVector(n, 1), randomVector(n, 2)]
  const dense = denseMatrix(csrToDense(A))
  const largest = A.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  /** ‖b − op(A)·x‖ by ‖A‖‖x‖ + ‖b‖. */
  const backwardError = (x: Float64Array, transposed = false) => {
    const out = new Float64Array(n)
    ;(transposed ? applyCsrTransposed : applyCsr)(A, x, out)
    const right = transposed ? c : b
    return norm(out.map((value, i) => right[i] - value)) / (largest * n * norm(x) + norm(right))
  }

  it.each([
    ['dense', dense, 'auto'],
    ['dense LU', dense, 'general'],
    ['sparse', A, 'auto'],
    ['sparse LU', A, 'general'],
    ...(kind === 'not symmetric'
      ? []
      : [['dense LDLᵀ', dense, 'symmetric'] as const, ['sparse LDLᵀ', A, 'symmetric'] as const]),
    ...(kind === 'positive definite'
      ? [['dense Cholesky', dense, 'spd'] as const, ['sparse Cholesky', A, 'spd'] as const]
      : []),
  ] as const)('%s: solved and transposed to rounding, ⟨A⁻¹b, c⟩ = ⟨b, A⁻ᵀc⟩', (_, M, structure) => {
    const factors = factor(M, { structure })
    if (!isFactored(factors)) {
      // Sparse L·D·Lᵀ keeps to its order but for pairs within a front, and says where that does not do.
      expect(factors.message).toMatch(/within its front.*'auto'/)
      return
    }
    const x = factors.solve(b)
    const lambda = factors.solveTransposed(c)
    expect(backwardError(x)).toBeLessThan(1e-15)
    expect(backwardError(lambda, true)).toBeLessThan(1e-15)
    // Each side is uncertain by the backward error times ‖x‖‖λ‖‖A‖.
    expect(Math.abs(dot(x, c) - dot(b, lambda))).toBeLessThan(1e-14 * largest * n * norm(x) * norm(lambda))
  })

  const symmetric = kind !== 'not symmetric'
  const preconditioners = { jacobi, ssor, incompleteCholesky, incompleteLU, algebraicMultigrid }
  const krylov = [
    ...(kind === 'positive definite'
      ? (['jacobi', 'ssor', 'incompleteCholesky', 'algebraicMultigrid'] as const).map(
          name => ['conjugateGradient', conjugateGradient, name] as const,
        )
      : []),
    ...(symmetric ? [['minres', minres, undefined] as const] : []),
    ['gmres', gmres, undefined] as const,
    ['gmres', gmres, 'incompleteLU'] as const,
    ['bicgstab', bicgstab, 'incompleteLU'] as const,
  ]
  it.each(krylov)(
    '%s with %3$s converges, or says why not; what it says of the residual is so',
    (_, solve, name) => {
      let preconditioner: Preconditioner | undefined
      try {
        preconditioner = name && preconditioners[name](A)
      } catch (error) {
        expect((error as Error).message).toMatch(/diagonal|singular|positive/i)
        return
      }
      const rtol = 1e-8
      const { x, status, message, relativeResidual } = solve(A, b, { rtol, preconditioner })
      const out = new Float64Array(n)
      applyCsr(A, x, out)
      const residual = norm(out.map((value, i) => b[i] - value)) / norm(b)
      expect(Math.abs(residual - relativeResidual)).toBeLessThanOrEqual(
        1e-3 * residual + (1e-14 * (largest * n * norm(x))) / norm(b),
      )
      if (status === 'converged') expect(residual).toBeLessThan(1.01 * rtol)
      else expect(message.length).toBeGreaterThan(10)
    },
  )
})
