import { log } from '../elementary/numbers.ts'
import type { SparseFactors } from './cholesky.ts'
import { pivotRecord } from './frontLdlt.ts'
import { analyse, createFronts } from './fronts.ts'
import { emitSparseLDLT } from './multifrontal.ts'
import type { OrderingOptions } from './ordering.ts'
import { pairSmallPivots } from './pairing.ts'
import type { Pattern } from './pattern.ts'
import { emitSparseSolve } from './solve.ts'

export interface SparseLDLT extends SparseFactors {
  /** How many eigenvalues of A are negative (Sylvester's law of inertia). */
  negativeEigenvalues(): number
}

/**
 * Sparse factorisations L·D·Lᵀ of symmetric, perhaps indefinite matrices of a pattern. Of `values` the lower triangle is read.
 *
 * Pivots of 1×1 and 2×2 are chosen within a front, whose rows the analysis fixes; what was small among the values of
 * the analysis has a partner there. A pivot that is small beside the rows below makes L large: the backward error of
 * a solution tells, and then `createSparseLU` is the way.
 *
 * @param typical [nonzeros]: values like those to come; without them no rows are paired
 * @throws RangeError where A is not square, the ordering no permutation, or the factors too large for a WebAssembly memory
 */
export function createSparseLDLT(
  A: Pattern,
  options: OrderingOptions = {},
  typical?: Float64Array,
): SparseLDLT {
  const n = A.rows
  const analysis = analyse(A, options, typical && pairSmallPivots(A, typical))
  const { permutation, fronts } = analysis.symbolic
  const widest = fronts.reduce((most, { width }) => Math.max(most, width), 0)
  const tallest = fronts.reduce(
    (most, { width, rows }) => Math.max(most, 32 * width * Math.ceil(rows.length / 4)),
    0,
  )
  const { regions, functions, view } = createFronts(
    A,
    analysis,
    'ldlt',
    module => ({
      factor: emitSparseLDLT(module),
      solve: emitSparseSolve(module, { pivoting: true }),
    }),
    { pivots: pivotRecord.bytes * n, dense: 8 * widest * (widest + 1), copy: tallest },
  )
  const [records, right] = [view('pivots'), view('b')]
  const { tables, values, factor, update, b, x, work, pivots, dense, copy } = regions
  const operands = [tables, values, factor, update, pivots, dense, copy].map(({ address }) => address)
  const solve = (vector: Float64Array) => {
    right.set(vector)
    functions.solve(tables.address, factor.address, b.address, 1, x.address, work.address, pivots.address)
    vector.set(right)
  }
  /** Visits D's blocks: (d, 0, 0) or (d₁, c, d₂). */
  const eachBlock = (visit: (d: number, beside: number, next: number, isPair: boolean) => void) => {
    const words = pivotRecord.bytes / 8
    for (let k = 0; k < n; k++) {
      const at = words * k
      const isPair = records[at + pivotRecord.exchange / 8] < 0
      visit(records[at], records[at + 1], isPair ? records[at + words] : 0, isPair)
      if (isPair) k++
    }
  }
  return {
    size: n,
    statistics: analysis.statistics,
    values: view('values'),
    factor() {
      const status = functions.factor(...operands)
      return status === 0 ? -1 : permutation[status - 1]
    },
    solve,
    solveTransposed: solve,
    logDeterminant() {
      let logarithm = 0
      let sign: 1 | -1 = 1
      eachBlock((d, beside, next, isPair) => {
        // d₁·d₂ − c² = c²·((d₁/c)·(d₂/c) − 1), without overflow.
        const determinant = isPair ? (d / beside) * (next / beside) - 1 : d
        logarithm += log(Math.abs(determinant)) + (isPair ? 2 * log(Math.abs(beside)) : 0)
        if (determinant < 0) sign = sign === 1 ? -1 : 1
      })
      return { logarithm, sign }
    },
    negativeEigenvalues() {
      let count = 0
      eachBlock((d, _beside, _next, isPair) => {
        // A 2×2 block of Bunch and Kaufman is indefinite.
        if (isPair || d < 0) count++
      })
      return count
    },
  }
}
