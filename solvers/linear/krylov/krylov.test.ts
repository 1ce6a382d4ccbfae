import { describe, expect, it } from 'vitest'
import { type CsrMatrix, csrFromDense, csrToDense } from '../csr.ts'
import { solveDense } from '../dense.ts'
import { csrOperator, denseOperator, transposed } from '../operator.ts'
import {
  convection,
  diffusion,
  poisson,
  randomDominant,
  saddlePoint,
  tridiagonal,
} from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import {
  bicgstab,
  conjugateGradient,
  flexibleConjugateGradient,
  gmres,
  type KrylovOptions,
  type KrylovResult,
  lsmr,
  minres,
} from './index.ts'
import { norm } from './vectors.ts'

type Solver = (A: CsrMatrix, b: Float64Array, options?: KrylovOptions) => KrylovResult
const forDefinite: Record<string, Solver> = { conjugateGradient, flexibleConjugateGradient }
const forSymmetric: Record<string, Solver> = { minres }
const forGeneral: Record<string, Solver> = { gmres, bicgstab, lsmr }
const all = { ...forDefinite, ...forSymmetric, ...forGeneral }

function trueResidual(A: CsrMatrix, x: Float64Array, b: Float64Array): number {
  const r = new Float64Array(b.length)
  csrOperator(A).apply(x, r)
  return norm(r.map((value, i) => b[i] - value)) / norm(b)
}

const families: [string, CsrMatrix, Record<string, Solver>][] = [
  ['Poisson', poisson(12), all],
  ['diffusion with jumps of 1000', diffusion(10, 1000, 1), all],
  ['saddle point', saddlePoint(40), { ...forSymmetric, ...forGeneral }],
  ['indefinite (Helmholtz)', poisson(10, -0.5), { ...forSymmetric, ...forGeneral }],
  ['convection', convection(12, 3), forGeneral],
  ['random dominant', randomDominant(150, 6, 0.5, 4), forGeneral],
]

describe.each(families)('%s', (_, A, solvers) => {
  const b = randomVector(A.rows, 7)
  it.each(Object.entries(solvers))('%s: converges, by the residual of its x', (_, solve) => {
    const result = solve(A, b, { rtol: 1e-9, maxIterations: 4000 })
    expect(result.status, result.message).toBe('converged')
    expect(trueResidual(A, result.x, b)).toBeLessThan(2e-9)
    expect(result.relativeResidual).toBeCloseTo(trueResidual(A, result.x, b), 12)
  })
  it.each(Object.entries(solvers))('%s: the history is that of the true residuals', (_, solve) => {
    for (const iterations of [1, 4]) {
      const { x, history, relativeResidual } = solve(A, b, {
        maxIterations: iterations,
        history: true,
        rtol: 1e-14,
      })
      expect(history).toHaveLength(iterations + 1)
      expect(history![0]).toBeCloseTo(1, 14)
      const best = Math.min(...history!)
      // The best x is given back: BiCGSTAB's residual may rise above the start.
      if (history![iterations] === best) expect(relativeResidual).toBeCloseTo(history![iterations], 10)
      expect(trueResidual(A, x, b)).toBeCloseTo(relativeResidual, 12)
    }
  })
  it.each(Object.entries(solvers))('%s: a warm start costs less, a perfect one nothing', (_, solve) => {
    const options = { rtol: 1e-9, maxIterations: 4000 }
    const cold = solve(A, b, options)
    const near = cold.x.map((value, i) => value * (1 + 1e-6 * (i % 3)))
    expect(solve(A, b, { ...options, initialGuess: near }).iterations).toBeLessThan(cold.iterations)
    const again = solve(A, b, { ...options, rtol: 2e-9, initialGuess: cold.x })
    expect(again.iterations).toBe(0)
    expect(again.x).toEqual(cold.x)
  })
})

describe('known answers', () => {
  it('conjugate gradients: as many iterations as there are different eigenvalues', () => {
    const A = csrFromDense(
      Float64Array.from({ length: 900 }, (_, p) => (p % 31 === 0 ? [1, 4, 9][(p / 31) % 3] : 0)),
      30,
      30,
    )
    expect(conjugateGradient(A, randomVector(30, 1), { rtol: 1e-13 }).iterations).toBe(3)
    expect(minres(A, randomVector(30, 1), { rtol: 1e-13 }).iterations).toBe(3)
    expect(gmres(A, randomVector(30, 1), { rtol: 1e-13 }).iterations).toBe(3)
  })
  it('chain(4): b = e_t and e_{t+2} give 1/√12 and (2 − √3)²/√12 at t', () => {
    const [n, t] = [80, 40]
    const A = tridiagonal(n, -1, 4, -1)
    const decay = 2 - Math.sqrt(3)
    for (const [name, solve] of Object.entries(all)) {
      const at = (s: number) => {
        const b = new Float64Array(n)
        b[s] = 1
        return solve(A, b, { rtol: 1e-14, maxIterations: 400 }).x[t]
      }
      expect(at(t), name).toBeCloseTo(1 / Math.sqrt(12), 13)
      expect(at(t + 2), name).toBeCloseTo((decay * decay) / Math.sqrt(12), 13)
    }
  })
  it('GMRES(n) of a cyclic shift stands still for n − 1 steps, then is done; GMRES(n − 1) never moves', () => {
    const n = 8
    const shift = csrFromDense(
      Float64Array.from({ length: n * n }, (_, p) => (p % n === (Math.floor(p / n) + 1) % n ? 1 : 0)),
      n,
      n,
    )
    const b = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0)
    const { status, iterations, history } = gmres(shift, b, { history: true })
    expect([status, iterations]).toEqual(['converged', n])
    expect(history!.slice(0, n).every(r => r === 1)).toBe(true)
    expect(gmres(shift, b, { restart: n - 1 }).status).toBe('stagnated')
  })
  it('MINRES: residuals never rise, and are those of GMRES', () => {
    const A = saddlePoint(30)
    const b = randomVector(A.rows, 3)
    const short = { maxIterations: 15, history: true, rtol: 1e-14 }
    const a = minres(A, b, short).history!
    gmres(A, b, short).history!.forEach((r, k) => {
      expect(a[k]).toBeCloseTo(r, 8)
      if (k > 0) expect(a[k]).toBeLessThanOrEqual(a[k - 1])
    })
  })
  it('LSMR: least squares by the normal equations; least norm where there are many', () => {
    const [m, n] = [12, 7]
    const tall = randomVector(m * n, 5)
    const b = randomVector(m, 6)
    const { x, status } = lsmr(csrFromDense(tall, m, n), b, { rtol: 1e-13 })
    expect(status).toBe('converged')
    const gram = new Float64Array(n * n)
    const right = new Float64Array(n)
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        right[j] += tall[i * n + j] * b[i]
        for (let k = 0; k < n; k++) gram[j * n + k] += tall[i * n + j] * tall[i * n + k]
      }
    }
    const expected = solveDense(gram, right, n, 1, { structure: 'spd', transposed: false })
    x.forEach((value, j) => {
      expect(value).toBeCloseTo(expected[j], 10)
    })
    // Wide: x = Aᵀ(AAᵀ)⁻¹b.
    const wide = denseOperator(tall, m, n)
    const c = randomVector(n, 8)
    const solution = lsmr(transposed(wide), c, { rtol: 1e-13 })
    const y = solveDense(gram, c, n, 1, { structure: 'spd', transposed: false })
    const leastNorm = new Float64Array(m)
    wide.apply(y, leastNorm)
    solution.x.forEach((value, i) => {
      expect(value).toBeCloseTo(leastNorm[i], 10)
    })
  })
  it('bits do not change with the scale of b, however small: no guards of 1e-10', () => {
    const A = diffusion(8, 100, 2)
    const b = randomVector(A.rows, 1)
    const scale = 2 ** -600
    for (const [name, solve] of Object.entries({ ...forDefinite, ...forSymmetric, gmres, bicgstab })) {
      const plain = solve(A, b, { maxIterations: 30 })
      const tiny = solve(
        A,
        b.map(value => value * scale),
        { maxIterations: 30 },
      )
      expect(tiny.iterations, name).toBe(plain.iterations)
      expect(
        tiny.x.map(value => value / scale),
        name,
      ).toEqual(plain.x)
    }
  })
})

describe('failures are values with a reason', () => {
  const b = Float64Array.of(1, 2, 3)
  const of = (...values: number[]) => csrFromDense(values, 3, 3)
  it.each(Object.entries(forDefinite))('%s of an indefinite matrix', (_, solve) => {
    const result = solve(of(1, 0, 0, 0, -1, 0, 0, 0, 1), b)
    expect(result.status).toBe('not positive definite')
    expect(result.message).toMatch(/minres/)
    expect(result.x.every(Number.isFinite)).toBe(true)
  })
  it('conjugate gradients of a nonsymmetric matrix say so, where they fail', () => {
    const A = convection(8, 50)
    const result = conjugateGradient(A, randomVector(A.rows, 1))
    expect(result.status).not.toBe('converged')
    expect(result.message).toMatch(/not symmetric.*gmres/)
  })
  it.each(Object.entries(forGeneral))(
    '%s of a singular, inconsistent system: no convergence',
    (name, solve) => {
      const { status, relativeResidual, x } = solve(of(1, 0, 0, 0, 1, 0, 0, 0, 0), b)
      // LSMR converges to the least-squares solution instead.
      expect(status === 'converged').toBe(name === 'lsmr')
      expect(relativeResidual).toBeGreaterThan(0.7)
      expect(x.every(Number.isFinite)).toBe(true)
    },
  )
  it.each(Object.entries(all))(
    '%s: b = 0 gives 0; NaN is a breakdown; 1 iteration is too few',
    (_, solve) => {
      const A = of(4, 1, 0, 1, 3, 1, 0, 1, 5)
      const zero = solve(A, new Float64Array(3))
      expect([zero.status, zero.iterations, ...zero.x]).toEqual(['converged', 0, 0, 0, 0])
      expect(solve(A, Float64Array.of(1, Number.NaN, 0)).status).toBe('breakdown')
      expect(solve(of(4, 1, 0, 1, Number.NaN, 1, 0, 1, 5), b).status).toBe('breakdown')
      expect(solve(A, b, { maxIterations: 1 }).status).toBe('too many iterations')
    },
  )
  it.each(Object.entries(all))('%s: what cannot be reached by rounding has stagnated', (_, solve) => {
    const { status, relativeResidual } = solve(diffusion(8, 50, 3), randomVector(64, 1), { rtol: 1e-19 })
    expect(['stagnated', 'too many iterations']).toContain(status)
    expect(relativeResidual).toBeLessThan(1e-12)
  })
  it.each(Object.entries(all))('%s: sizes that do not fit are refused', (_, solve) => {
    const A = of(1, 0, 0, 0, 1, 0, 0, 0, 1)
    expect(() => solve(A, new Float64Array(2))).toThrow(RangeError)
    expect(() => solve(A, b, { initialGuess: new Float64Array(4) })).toThrow(/initialGuess has 4/)
  })
  it('a dense operator does as well as a sparse one', () => {
    const A = poisson(5)
    const right = randomVector(25, 2)
    const dense = denseOperator(csrToDense(A), 25, 25)
    expect(conjugateGradient(dense, right).relativeResidual).toBeLessThan(1e-10)
    expect(() => lsmr({ rows: 25, columns: 25, apply: dense.apply }, right)).toThrow(/applyTransposed/)
  })
})
