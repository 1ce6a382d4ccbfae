import { log } from '../elementary/numbers.ts'
import { analyse, createFronts, type SparseStatistics } from './fronts.ts'
import { emitSparseCholesky } from './multifrontal.ts'
import type { OrderingOptions } from './ordering.ts'
import type { Pattern } from './pattern.ts'
import { emitSparseSolve } from './solve.ts'

/** A factorisation of sparse matrices of one pattern: analysed once, then factored as often as the values change. */
export interface SparseFactors {
  readonly size: number
  readonly statistics: SparseStatistics
  /** A's values, [nonzeros], to be written before `factor`: a view. */
  readonly values: Float64Array
  /** −1, or the row of A at which no usable pivot was left. */
  factor(): number
  /** Overwrites x [n] by A⁻¹·x, by the factors of the last `factor` that gave −1. Allocates nothing. */
  solve(x: Float64Array): void
  /** Overwrites x [n] by A⁻ᵀ·x. */
  solveTransposed(x: Float64Array): void
  /** log |det A|, and the sign of det A. */
  logDeterminant(): { readonly logarithm: number; readonly sign: 1 | -1 }
}

/**
 * Sparse Cholesky factorisations of symmetric positive definite matrices of a pattern. Of `values` the lower triangle is read;
 * `factor` gives the row whose pivot is not positive.
 *
 *     const cholesky = createSparseCholesky(A)
 *     cholesky.values.set(A.values)
 *     if (cholesky.factor() < 0) cholesky.solve(b)
 *
 * @throws RangeError where A is not square, the ordering no permutation, or the factors too large for a WebAssembly memory
 */
export function createSparseCholesky(A: Pattern, options: OrderingOptions = {}): SparseFactors {
  const n = A.rows
  const analysis = analyse(A, options)
  const { permutation, fronts } = analysis.symbolic
  const { regions, functions, view } = createFronts(
    A,
    analysis,
    'cholesky',
    module => ({
      factor: emitSparseCholesky(module),
      solve: emitSparseSolve(module, { pivoting: false }),
    }),
    {},
  )
  const factors = view('factor')
  const right = view('b')
  const { tables, values, factor, update, b, x, work } = regions
  const solve = (vector: Float64Array) => {
    right.set(vector)
    functions.solve(tables.address, factor.address, b.address, 1, x.address, work.address, 0)
    vector.set(right)
  }
  return {
    size: n,
    statistics: analysis.statistics,
    values: view('values'),
    factor() {
      const status = functions.factor(tables.address, values.address, factor.address, update.address)
      return status === 0 ? -1 : permutation[status - 1]
    },
    solve,
    solveTransposed: solve,
    logDeterminant() {
      let sum = 0
      let start = 0
      for (const { width, rows } of fronts) {
        for (let k = 0; k < width; k++) sum += log(factors[start + (k >> 2) * 4 * width + 4 * k + (k & 3)])
        start += 4 * width * (Math.ceil(width / 4) + Math.ceil(rows.length / 4))
      }
      return { logarithm: 2 * sum, sign: 1 }
    },
  }
}
