import { describe, expect, it } from 'vitest'
import { applyCsr, csrFromTriplets, csrToDense, type Triplet, transposeCsr } from '../csr.ts'
import { solveDense } from '../dense.ts'
import { norm } from '../krylov/vectors.ts'
import { type ExactSystem, exactSystem } from '../testing/exactSystems.ts'
import {
  csrOracle,
  denseRightSide,
  euclideanErrorBound,
  functionalErrorBound,
  hMatrixScaling,
  isAtLeast,
  localGradient,
  maximumErrorBound,
  push,
  rowDominances,
  scaledErrorBounds,
  twoSidedEstimate,
  uniformNumbers,
  weightedErrorBound,
  windowEntries,
  windowFunctional,
} from './index.ts'

/** NEURODE_CERTIFICATES=100000 is the whole campaign. */
const systems = Number(process.env.NEURODE_CERTIFICATES ?? 1500)

/** A solution as good as elimination makes it, or spoilt by a relative error of some size. */
function approximation(
  exact: Float64Array,
  computed: () => Float64Array,
  uniform: () => number,
): Float64Array {
  const digits = Math.floor(uniform() * 18)
  if (digits > 15) return computed()
  return exact.map(value => value + (uniform() - 0.5) * 10 ** -digits)
}

const maximum = (values: Float64Array) => values.reduce((m, value) => Math.max(m, Math.abs(value)), 0)
const dot = (u: Float64Array, v: Float64Array) => u.reduce((sum, value, i) => sum + value * v[i], 0)

/** Each claim: the error and its bound; null where no bound is claimed. */
function claims(
  system: ExactSystem,
  uniform: () => number,
): Record<string, readonly [number, number] | null> {
  const { A, x, b, lambda, c, kind, alpha } = system
  const n = A.rows
  const dense = csrToDense(A)
  const solve = (right: Float64Array, transposed: boolean) =>
    solveDense(dense, right, n, 1, { structure: 'general', transposed })
  const approximate = approximation(x, () => solve(b, false), uniform)
  const adjoint = approximation(lambda, () => solve(c, true), uniform)
  const e = x.map((value, i) => value - approximate[i])
  // Exact: all factors are small multiples of powers of two.
  const value = dot(lambda, b)
  const result: Record<string, readonly [number, number] | null> = {}
  const claim = (name: string, error: number, bound: number | null | undefined) => {
    result[name] = bound === null || bound === undefined ? null : [error, bound]
  }
  claim('‖e‖∞', maximum(e), maximumErrorBound(A, approximate, b))
  const columns = rowDominances(transposeCsr(A))
  claim(
    'Σδ_j|e_j|',
    columns ? e.reduce((sum, own, j) => sum + columns[j] * Math.abs(own), 0) : 0,
    weightedErrorBound(A, approximate, b),
  )
  claim('functional', Math.abs(value - dot(adjoint, b)), functionalErrorBound(A, adjoint, b, c))
  const twoSided = twoSidedEstimate(A, approximate, adjoint, b, c)
  claim('two-sided', twoSided ? Math.abs(value - twoSided.value) : 0, twoSided?.errorBound)
  const scaling = hMatrixScaling(A)
  if (scaling) {
    const bounds = scaledErrorBounds(A, scaling, approximate, b)
    e.forEach((own, i) => {
      claim(`H-matrix ${i}`, Math.abs(own), bounds[i])
    })
  }
  if (kind === 'SPD') claim('‖e‖₂', norm(e), euclideanErrorBound(A, alpha, approximate, b))
  if (kind !== 'dominant') return result

  const oracle = csrOracle(A)
  const right = denseRightSide(b)
  const functional = new Map([...c.entries()].filter(([, own]) => own !== 0))
  const tolerance = 10 ** (-1 - 15 * uniform())
  const pushed = push(oracle, right, functional, { tolerance, maximumPushes: 1e5 })
  claim('push', Math.abs(value - pushed.value), pushed.errorBound)
  const windowed = windowFunctional(oracle, right, functional, { tolerance })
  claim('window, functional', Math.abs(value - windowed.value), windowed.errorBound)
  const adjointError = lambda.reduce((sum, own, j) => sum + Math.abs(own - (windowed.adjoint.get(j) ?? 0)), 0)
  claim('window, adjoint', adjointError, windowed.adjointErrorBound)
  const targets = [0, Math.floor(n / 2)]
  const entries = windowEntries(oracle, right, targets, { tolerance })
  for (const k of targets) {
    claim(`window, entry ${k}`, Math.abs(x[k] - entries.values.get(k)!), entries.errorBounds.get(k))
  }
  const gradient = localGradient(oracle, right, functional, { tolerance })
  const touched = new Map<number, number>()
  gradient.A.values.forEach((own, p) => {
    touched.set(gradient.A.rows[p] * n + gradient.A.columns[p], own)
  })
  let error = 0
  for (let j = 0; j < n; j++) {
    for (let p = A.rowPointers[j]; p < A.rowPointers[j + 1]; p++) {
      const k = A.columnIndices[p]
      error += Math.abs(-lambda[j] * x[k] - (touched.get(j * n + k) ?? 0))
    }
  }
  claim('local gradient', error, gradient.AErrorBound)
  return result
}

describe(`${systems} random systems of known solution`, () => {
  it.each(['dominant', 'H-matrix', 'SPD'] as const)(
    '%s: no certificate is false',
    kind => {
      const uniform = uniformNumbers(['dominant', 'H-matrix', 'SPD'].indexOf(kind) + 1)
      const made: Record<string, number> = {}
      for (let k = 0; k < systems / 3; k++) {
        const system = exactSystem(kind, uniform)
        for (const [name, pair] of Object.entries(claims(system, uniform))) {
          if (!pair) continue
          const [error, bound] = pair
          if (!(error <= bound))
            throw new Error(`${kind} system ${k}: ${name} has the error ${error} > ${bound}`)
          made[name.replace(/ \d+$/, '')] = (made[name.replace(/ \d+$/, '')] ?? 0) + 1
        }
      }
      const count = (name: string) => made[name] ?? 0
      if (kind === 'dominant') {
        for (const name of ['‖e‖∞', 'functional', 'two-sided', 'push', 'local gradient']) {
          expect(count(name), name).toBeGreaterThan(systems / 3 - 1)
        }
      }
      if (kind === 'H-matrix') expect(count('H-matrix')).toBeGreaterThan(systems)
      if (kind === 'SPD') expect(count('‖e‖₂')).toBeGreaterThan(systems / 3 - 1)
      if (systems > 10000) console.log(kind, made)
    },
    3_600_000,
  )

  it('the rounding term is needed: without it some bound of a computed solution is false', () => {
    const uniform = uniformNumbers(7)
    let falseWithout = 0
    for (let k = 0; k < 2000; k++) {
      const { A, x, b } = exactSystem('dominant', uniform)
      const computed = solveDense(csrToDense(A), b, A.rows, 1, { structure: 'general', transposed: false })
      const error = maximum(x.map((value, i) => value - computed[i]))
      const product = new Float64Array(A.rows)
      applyCsr(A, computed, product)
      const dominances = rowDominances(A)!
      const without = maximum(product.map((value, i) => (b[i] - value) / dominances[i]))
      if (error > without) falseWithout++
      expect(error).toBeLessThanOrEqual(maximumErrorBound(A, computed, b)!)
    }
    expect(falseWithout).toBeGreaterThan(0)
  })

  it('bounds are not idle: max |r_i|/δ_i is at most max Σ_j|a_ij|/δ_i times the error', () => {
    const uniform = uniformNumbers(9)
    for (let k = 0; k < 300; k++) {
      const { A, x, b } = exactSystem('dominant', uniform)
      const spoilt = x.map(value => value + 1e-3 * (uniform() - 0.5))
      const error = maximum(x.map((value, i) => value - spoilt[i]))
      const dominances = rowDominances(A)!
      const sizes = new Float64Array(A.rows)
      applyCsr({ ...A, values: A.values.map(Math.abs) }, new Float64Array(A.rows).fill(1), sizes)
      const worst = maximum(sizes.map((size, i) => size / dominances[i]))
      expect(maximumErrorBound(A, spoilt, b)).toBeLessThan(error * worst * (1 + 1e-6))
    }
  })
})

describe('what is refused, and what is accepted', () => {
  /** A star: the hub touches every leaf. */
  const n = 50
  const triplets: Triplet[] = [[0, 0, n]]
  for (let i = 1; i < n; i++) triplets.push([i, i, 3], [0, i, -1.2], [i, 0, -1.2])
  const star = csrFromTriplets(n, n, triplets)
  it('the star matrix: dominance refused, λ_min ≥ 1 accepted', () => {
    expect(rowDominances(star)).toBeNull()
    expect(maximumErrorBound(star, new Float64Array(n), new Float64Array(n))).toBeNull()
    expect(() => csrOracle(star)).toThrow(/row 0 has .*−Σ|row dominance/)
    expect(isAtLeast(star, 1)).toBe(true)
    expect(isAtLeast(star, 3)).toBe(false)
  })
  it('isAtLeast: right up to the least eigenvalue, of tridiag(−1, 2, −1)', () => {
    const m = 40
    const A = csrFromTriplets(
      m,
      m,
      Array.from({ length: m }, (_, i) => [
        [i, i, 2] as Triplet,
        ...(i > 0 ? [[i, i - 1, -1] as Triplet, [i - 1, i, -1] as Triplet] : []),
      ]).flat(),
    )
    const least = 2 - 2 * Math.cos(Math.PI / (m + 1))
    expect(isAtLeast(A, least * (1 - 1e-9))).toBe(true)
    expect(isAtLeast(A, least * (1 + 1e-14))).toBe(false)
  })
  it('an H-matrix that is not dominant has a scaling; one that is none has not', () => {
    const A = csrFromTriplets(2, 2, [
      [0, 0, 1],
      [0, 1, 10],
      [1, 0, 0.05],
      [1, 1, 1],
    ])
    expect(rowDominances(A)).toBeNull()
    expect(hMatrixScaling(A)!.v.every(value => value > 0)).toBe(true)
    const none = csrFromTriplets(2, 2, [
      [0, 0, 1],
      [0, 1, 10],
      [1, 0, 0.2],
      [1, 1, 1],
    ])
    expect(hMatrixScaling(none)).toBeNull()
  })
})
