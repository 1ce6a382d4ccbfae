import { log } from '../elementary/numbers.ts'
import type { SparseFactors } from './cholesky.ts'
import { choosePivots, type PivotSequence } from './gilbertPeierls.ts'
import { instantiate, layOut } from './instance.ts'
import { type OrderingOptions, orderingOf } from './ordering.ts'
import { columnGraph, graphOf, type Pattern } from './pattern.ts'
import { emitColumnSolve, emitRefactor, luTables } from './refactor.ts'
import { symbolicFactor } from './supernodes.ts'

export interface SparseLUOptions extends OrderingOptions {
  /** A diagonal entry is the pivot where it is at least this share of its column's largest; 1: always the largest. Default 0.1. */
  readonly threshold?: number
}

export interface SparseLU extends SparseFactors {
  /** How often pivots were chosen: the first time, and whenever those of before made L too large. */
  pivotings(): number
}

/** Entries of L above this share of 1/threshold say that the pivots no longer fit the values. */
const tolerance = 10

/**
 * Sparse factorisations P·A·Q = L·U of matrices of a pattern. Columns are ordered for A + Aᵀ where the pattern is nearly
 * symmetric with a diagonal, else for AᵀA, which holds for any choice of rows. `factor` chooses pivots at the first time and
 * then keeps them, as long as they do not make L large; it gives the column in which nothing usable was left.
 *
 *     const lu = createSparseLU(A)
 *     lu.values.set(A.values)
 *     if (lu.factor() < 0) lu.solveTransposed(g)
 *
 * @throws RangeError where A is not square, the ordering no permutation, or the factors too large for a WebAssembly memory
 */
export function createSparseLU(A: Pattern, options: SparseLUOptions = {}): SparseLU {
  if (A.rows !== A.columns)
    throw new RangeError(`a factorisation wants a square matrix, not ${A.rows}×${A.columns}`)
  const n = A.rows
  const { threshold = 0.1, ...ordering } = options
  if (!(threshold > 0 && threshold <= 1))
    throw new RangeError(`threshold must be in (0, 1], not ${threshold}`)
  const graph = isNearlySymmetric(A) ? graphOf(A) : columnGraph(A, Math.max(16, 10 * Math.sqrt(n)))
  const { name, symbolic } = orderingOf(graph, ordering, order => symbolicFactor(graph, order))
  const columnOrder = symbolic.permutation
  const values = new Float64Array(A.columnIndices.length)
  let pivotings = 0
  let numeric: ReturnType<typeof numericFactors> | undefined

  /** The status of a factorisation along new pivots. */
  const pivot = (): number => {
    const sequence = choosePivots(A, values, columnOrder, threshold)
    pivotings++
    if ('failed' in sequence) {
      numeric = undefined
      return sequence.failed
    }
    numeric = numericFactors(A, sequence, columnOrder)
    const status = numeric.factor(values, Number.POSITIVE_INFINITY)
    return status === 0 ? -1 : columnOrder[status - 1]
  }
  const factors = () => {
    if (!numeric) throw new Error('sparse LU: call factor first, and solve only where it gave −1')
    return numeric
  }
  return {
    size: n,
    get statistics() {
      const nonzeros = numeric?.nonzeros ?? 2 * symbolic.nonzeros - n
      return { ordering: name, nonzeros, stored: nonzeros, operations: 2 * symbolic.operations }
    },
    values,
    pivotings: () => pivotings,
    factor() {
      if (numeric && numeric.factor(values, tolerance / threshold) === 0) return -1
      return pivot()
    },
    solve: x => factors().solve(x),
    solveTransposed: x => factors().solveTransposed(x),
    logDeterminant: () => factors().logDeterminant(),
  }
}

/** Of the entries off the diagonal at least half have a mirror, and no diagonal entry is missing. */
function isNearlySymmetric(A: Pattern): boolean {
  const mirrored = 2 * (A.columnIndices.length - A.rows) - graphOf(A).neighbours.length
  let diagonal = 0
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) if (A.columnIndices[p] === i) diagonal++
  }
  return diagonal === A.rows && mirrored >= 0.5 * (A.columnIndices.length - A.rows)
}

function numericFactors(A: Pattern, sequence: PivotSequence, columnOrder: Int32Array) {
  const n = A.rows
  const { rowOrder } = sequence
  const { words, factorBytes } = luTables(A, sequence, columnOrder)
  const { regions, bytes } = layOut({
    tables: words.byteLength,
    values: 8 * A.columnIndices.length,
    x: 8 * n,
    factors: factorBytes,
  })
  const { buffer, functions } = instantiate(
    'lu',
    module => ({
      factor: emitRefactor(module),
      solve: emitColumnSolve(module, { transposed: false }),
      solveTransposed: emitColumnSolve(module, { transposed: true }),
    }),
    bytes,
  )
  const view = ({ address, bytes }: { address: number; bytes: number }) =>
    new Float64Array(buffer, address, bytes / 8)
  new Int32Array(buffer, regions.tables.address, words.length).set(words)
  const [values, x, factors] = [regions.values, regions.x, regions.factors].map(view)
  const pivots = factors.subarray(factors.length - n)
  const { tables } = regions
  return {
    nonzeros: factors.length,
    factor(from: Float64Array, limit: number): number {
      values.set(from)
      const status = functions.factor(
        tables.address,
        regions.values.address,
        regions.factors.address,
        regions.x.address,
        limit,
      )
      if (status !== 0) x.fill(0)
      return status
    },
    solve(b: Float64Array): void {
      for (let k = 0; k < n; k++) x[k] = b[rowOrder[k]]
      functions.solve(tables.address, regions.factors.address, regions.x.address)
      for (let k = 0; k < n; k++) b[columnOrder[k]] = x[k]
      x.fill(0)
    },
    solveTransposed(b: Float64Array): void {
      for (let k = 0; k < n; k++) x[k] = b[columnOrder[k]]
      functions.solveTransposed(tables.address, regions.factors.address, regions.x.address)
      for (let k = 0; k < n; k++) b[rowOrder[k]] = x[k]
      x.fill(0)
    },
    logDeterminant() {
      let logarithm = 0
      let sign = signOf(rowOrder) * signOf(columnOrder)
      for (const pivot of pivots) {
        logarithm += log(Math.abs(pivot))
        if (pivot < 0) sign = -sign
      }
      return { logarithm, sign: sign as 1 | -1 }
    },
  }
}

/** 1 or −1: the parity of a permutation, by its cycles. */
function signOf(permutation: Int32Array): number {
  const seen = new Uint8Array(permutation.length)
  let sign = 1
  for (let start = 0; start < permutation.length; start++) {
    let length = 0
    for (let k = start; !seen[k]; k = permutation[k]) {
      seen[k] = 1
      length++
    }
    if (length > 0 && length % 2 === 0) sign = -sign
  }
  return sign
}
