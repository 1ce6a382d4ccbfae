import { describe, expect, it } from 'vitest'
import { type CsrMatrix, csrFromDense, csrFromTriplets, csrToDense, transposeCsr } from '../csr.ts'
import { solveDense } from '../dense.ts'
import { bicgstab, conjugateGradient, gmres, lsmr, minres } from '../krylov/index.ts'
import { dot } from '../krylov/vectors.ts'
import { convection, diffusion, poisson, randomDominant, tridiagonal } from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import {
  algebraicMultigrid,
  identityPreconditioner,
  incompleteCholesky,
  incompleteLU,
  jacobi,
  type Preconditioner,
  ssor,
  transposedPreconditioner,
} from './index.ts'

const all: Record<string, (A: CsrMatrix) => Preconditioner> = {
  jacobi,
  ssor,
  'ssor, ω = 1.4': A => ssor(A, 1.4),
  incompleteLU,
  algebraicMultigrid,
}
const forSymmetric = { ...all, incompleteCholesky }
const applied = (M: Preconditioner, r: Float64Array, transposed = false) => {
  const z = new Float64Array(r.length)
  if (transposed) M.applyTransposed(r, z)
  else M.apply(r, z)
  return z
}

describe('laws', () => {
  it.each(Object.entries(all))('%s: ⟨u, M⁻¹v⟩ = ⟨M⁻ᵀu, v⟩ for nonsymmetric matrices', (_, make) => {
    for (const A of [convection(20, 2), randomDominant(120, 5, 1, 3)]) {
      const M = make(A)
      const [u, v] = [randomVector(A.rows, 1), randomVector(A.rows, 2)]
      const [left, right] = [dot(u, applied(M, v)), dot(applied(M, u, true), v)]
      expect(Math.abs(left - right)).toBeLessThan(1e-13 * Math.abs(left) + 1e-14)
    }
  })
  it.each(Object.entries(forSymmetric))(
    '%s of an SPD matrix is symmetric and positive definite',
    (_, make) => {
      const A = diffusion(20, 100, 2)
      const M = make(A)
      for (let seed = 0; seed < 10; seed++) {
        const [u, v] = [randomVector(A.rows, seed), randomVector(A.rows, seed + 100)]
        expect(dot(u, applied(M, u))).toBeGreaterThan(0)
        const [left, right] = [dot(u, applied(M, v)), dot(applied(M, u), v)]
        expect(Math.abs(left - right)).toBeLessThan(
          1e-13 * Math.sqrt(dot(u, applied(M, u)) * dot(v, applied(M, v))),
        )
      }
    },
  )
  it.each(Object.entries(forSymmetric))('%s is linear', (_, make) => {
    const A = poisson(12)
    const M = make(A)
    const [u, v] = [randomVector(A.rows, 1), randomVector(A.rows, 2)]
    const sum = applied(
      M,
      u.map((value, i) => value - 3 * v[i]),
    )
    const [a, b] = [applied(M, u), applied(M, v)]
    sum.forEach((value, i) => {
      expect(value).toBeCloseTo(a[i] - 3 * b[i], 12)
    })
  })
  it('incomplete factors of a tridiagonal matrix are complete: M⁻¹ = A⁻¹', () => {
    const b = randomVector(30, 4)
    for (const [A, make] of [
      [tridiagonal(30, -1, 2.5, -1), incompleteCholesky],
      [tridiagonal(30, -1, 2.5, -1), incompleteLU],
      [tridiagonal(30, 2, 1.5, -1), incompleteLU],
    ] as const) {
      for (const transposed of [false, true]) {
        const x = solveDense(csrToDense(A), b, 30, 1, { structure: 'general', transposed })
        applied(make(A), b, transposed).forEach((value, i) => {
          expect(value).toBeCloseTo(x[i], 11)
        })
      }
    }
  })
  it('ILU(0) and IC(0) agree with A on its pattern: (LU)_ij = a_ij', () => {
    const A = diffusion(6, 10, 1)
    const n = A.rows
    for (const M of [incompleteLU(A), incompleteCholesky(A)]) {
      // The columns of M⁻¹, inverted: M.
      const inverse = new Float64Array(n * n)
      const identity = new Float64Array(n * n)
      for (let j = 0; j < n; j++) {
        const unit = new Float64Array(n)
        unit[j] = 1
        identity[j * n + j] = 1
        applied(M, unit).forEach((value, i) => {
          inverse[i * n + j] = value
        })
      }
      const dense = solveDense(inverse, identity, n, n, { structure: 'general', transposed: false })
      for (let i = 0; i < n; i++) {
        for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
          expect(dense[i * n + A.columnIndices[p]]).toBeCloseTo(A.values[p], 9)
        }
      }
    }
  })
})

describe('what they are for', () => {
  it.each(Object.keys(forSymmetric))('CG with %s: the same solution in fewer iterations', name => {
    const A = diffusion(24, 1000, 5)
    const b = randomVector(A.rows, 6)
    const plain = conjugateGradient(A, b, { rtol: 1e-8, maxIterations: 10000 })
    const better = conjugateGradient(A, b, {
      rtol: 1e-8,
      preconditioner: forSymmetric[name as keyof typeof forSymmetric](A),
    })
    expect(better.status).toBe('converged')
    expect(better.iterations).toBeLessThan(plain.iterations)
    const precise = minres(A, b, { rtol: 1e-8, preconditioner: incompleteCholesky(A) })
    expect(precise.status, precise.message).toBe('converged')
  })
  it('multigrid: iterations stay bounded as n grows, where those of IC(0) grow', () => {
    const iterations = (m: number, make: (A: CsrMatrix) => Preconditioner) =>
      conjugateGradient(poisson(m), randomVector(m * m, 1), { rtol: 1e-8, preconditioner: make(poisson(m)) })
        .iterations
    const multigrid = [16, 32, 64, 128].map(m => iterations(m, algebraicMultigrid))
    expect(Math.max(...multigrid)).toBeLessThan(18)
    expect(multigrid[3] - multigrid[1]).toBeLessThan(5)
    expect(iterations(64, incompleteCholesky)).toBeGreaterThan(2.5 * multigrid[2])
    expect(algebraicMultigrid(poisson(64)).operatorComplexity).toBeLessThan(1.6)
  })
  it('nonsymmetric ILU: the adjoint takes at most twice the forward iterations, by M⁻ᵀ and not by M⁻¹', () => {
    const A = convection(40, 20, 0.01)
    const T = transposeCsr(A)
    const b = randomVector(A.rows, 8)
    const M = incompleteLU(A)
    for (const solve of [gmres, bicgstab, lsmr]) {
      const forward = solve(A, b, { rtol: 1e-9, preconditioner: M })
      const adjoint = solve(T, b, { rtol: 1e-9, preconditioner: transposedPreconditioner(M) })
      expect([forward.status, adjoint.status]).toEqual(['converged', 'converged'])
      expect(adjoint.iterations).toBeLessThanOrEqual(2 * forward.iterations)
    }
    const wrong = gmres(T, b, { rtol: 1e-9, preconditioner: M })
    const right = gmres(T, b, { rtol: 1e-9, preconditioner: transposedPreconditioner(M) })
    expect(wrong.iterations).toBeGreaterThan(2 * right.iterations)
  })
})

describe('edges', () => {
  it('IC(0) that does not exist is shifted, and works', () => {
    // Kershaw's matrix: positive definite, but its incomplete factorisation breaks down.
    const A = csrFromDense([3, -2, 0, 2, -2, 3, -2, 0, 0, -2, 3, -2, 2, 0, -2, 3], 4, 4)
    const M = incompleteCholesky(A)
    expect(M.shift).toBeGreaterThan(0)
    expect(incompleteCholesky(poisson(5)).shift).toBe(0)
    expect(conjugateGradient(A, Float64Array.of(1, 2, 3, 4), { preconditioner: M }).status).toBe('converged')
  })
  it.each(Object.entries(forSymmetric))('%s: a missing diagonal is refused, with its row', (_, make) => {
    const A = csrFromTriplets(2, 2, [
      [0, 0, 1],
      [1, 0, 1],
      [0, 1, 1],
    ])
    expect(() => make(A)).toThrow(/row 1 is 0/)
    expect(() => make(csrFromDense([1, 2], 1, 2))).toThrow(/square, not 1×2/)
  })
  it('IC(0) refuses a negative diagonal; ssor an ω out of range; a solver one of another size', () => {
    expect(() => incompleteCholesky(csrFromDense([1, 0, 0, -1], 2, 2))).toThrow(/row 1 is -1.*incompleteLU/)
    expect(() => ssor(poisson(2), 2)).toThrow(/between 0 and 2/)
    expect(() =>
      conjugateGradient(poisson(2), new Float64Array(4), { preconditioner: identityPreconditioner(3) }),
    ).toThrow(/for 3 unknowns, not 4/)
  })
  it('multigrid of a diagonal matrix, and of one with isolated unknowns', () => {
    const n = 300
    const A = csrFromTriplets(
      n,
      n,
      Array.from({ length: n }, (_, i) => [i, i, 1 + i] as const),
    )
    const b = randomVector(n, 1)
    expect(conjugateGradient(A, b, { preconditioner: algebraicMultigrid(A) }).iterations).toBe(1)
  })
})
