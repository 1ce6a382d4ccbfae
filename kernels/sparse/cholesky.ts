import { log } from '../elementary/numbers.ts'
import { emitBackwardSolve, emitForwardSolve } from './frontSolve.ts'
import { frontTables } from './frontTables.ts'
import { instantiate, layOut } from './instance.ts'
import { emitSparseCholesky } from './multifrontal.ts'
import { type OrderingOptions, orderingOf } from './ordering.ts'
import { graphOf, type Pattern } from './pattern.ts'
import { symbolicFactor } from './supernodes.ts'

/** What the analysis of a pattern found. */
export interface SparseStatistics {
  readonly ordering: string
  /** Entries of L (of L and U). */
  readonly nonzeros: number
  /** Float64 that are stored for them. */
  readonly stored: number
  /** Additions and multiplications of a factorisation. */
  readonly operations: number
}

/** A factorisation of sparse matrices of one pattern: analysed once, then factored as often as the values change. */
export interface SparseCholesky {
  readonly size: number
  readonly statistics: SparseStatistics
  /** A's values, to be written before `factor`: [nonzeros], of which the lower triangle is read. A view. */
  readonly values: Float64Array
  /** −1, or the row of the pivot that is not positive. Allocates nothing. */
  factor(): number
  /** Overwrites x [n] by A⁻¹·x, by the factors of the last `factor` that gave −1. */
  solve(x: Float64Array): void
  /** log det A. */
  logDeterminant(): number
}

/**
 * Sparse Cholesky factorisations of symmetric positive definite matrices of a pattern.
 *
 *     const cholesky = createSparseCholesky(A)
 *     cholesky.values.set(A.values)
 *     if (cholesky.factor() < 0) cholesky.solve(b)
 */
export function createSparseCholesky(A: Pattern, options: OrderingOptions = {}): SparseCholesky {
  const n = A.rows
  const graph = graphOf(A)
  const { name, symbolic } = orderingOf(graph, options, ordering => symbolicFactor(graph, ordering))
  const { permutation, fronts } = symbolic
  const tables = frontTables(A, symbolic)
  const { regions, bytes } = layOut({
    tables: tables.words.byteLength,
    values: 8 * A.columnIndices.length,
    x: 8 * (n + 4),
    work: tables.workBytes,
    factor: tables.factorBytes,
    update: tables.updateBytes,
  })
  const { buffer, functions } = instantiate(
    'sparse cholesky',
    module => ({
      factor: emitSparseCholesky(module),
      forward: emitForwardSolve(module),
      backward: emitBackwardSolve(module),
    }),
    bytes,
  )
  new Int32Array(buffer, regions.tables.address, tables.words.length).set(tables.words)
  const x = new Float64Array(buffer, regions.x.address, n + 1)
  const factors = new Float64Array(buffer, regions.factor.address, tables.factorBytes / 8)
  const at = Object.fromEntries(Object.entries(regions).map(([region, { address }]) => [region, address]))
  return {
    size: n,
    statistics: {
      ordering: name,
      nonzeros: symbolic.nonzeros,
      stored: tables.factorBytes / 8,
      operations: symbolic.operations,
    },
    values: new Float64Array(buffer, regions.values.address, A.columnIndices.length),
    factor() {
      const status = functions.factor(at.tables, at.values, at.factor, at.update)
      return status === 0 ? -1 : permutation[status - 1]
    },
    solve(b) {
      for (let k = 0; k < n; k++) x[k] = b[permutation[k]]
      functions.forward(at.tables, at.factor, at.x, at.work)
      functions.backward(at.tables, at.factor, at.x, at.work)
      for (let k = 0; k < n; k++) b[permutation[k]] = x[k]
    },
    logDeterminant() {
      let sum = 0
      let start = 0
      for (const { width, rows } of fronts) {
        for (let k = 0; k < width; k++) sum += log(factors[start + (k >> 2) * 4 * width + 4 * k + (k & 3)])
        start += 4 * width * (Math.ceil(width / 4) + Math.ceil(rows.length / 4))
      }
      return 2 * sum
    },
  }
}
