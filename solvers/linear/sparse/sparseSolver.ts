import {
  createSparseCholesky,
  createSparseLDLT,
  createSparseLU,
  type OrderingOptions,
  type SparseFactors,
  type SparseStatistics,
} from '../../../kernels/sparse/index.ts'
import { type CsrMatrix, checkCsr } from '../csr.ts'
import { type FactorResult, type Factors, notFactored, toFactors } from '../direct/factors.ts'

export type SparseStructure = 'spd' | 'symmetric' | 'general'

export interface SparseSolverOptions extends OrderingOptions {
  readonly structure: SparseStructure
  /** Of 'general': a diagonal entry is the pivot where it is at least this share of its column's largest. Default 0.1. */
  readonly threshold?: number
}

/** A sparse pattern that was analysed once; its values are factored as often as they change. */
export interface SparseSolver {
  readonly structure: SparseStructure
  readonly statistics: SparseStatistics
  /**
   * Factors A of the analysed pattern with these values, [nonzeros]; the factors of before are gone: they share the memory.
   * 'spd' and 'symmetric' read the lower triangle.
   */
  factor(values: Float64Array): FactorResult
}

const create = {
  spd: (A: CsrMatrix, options: SparseSolverOptions) => createSparseCholesky(A, options),
  symmetric: (A: CsrMatrix, options: SparseSolverOptions) => createSparseLDLT(A, options, A.values),
  general: (A: CsrMatrix, options: SparseSolverOptions) => createSparseLU(A, options),
}

/**
 * Analyses a pattern: an ordering, the elimination tree, the fronts of L; and then factors values on it, many times.
 *
 *     const solver = sparseSolver(A, { structure: 'spd' })
 *     const factors = solver.factor(A.values)
 *     if (factors.status === 'factored') factors.solve(b)
 *
 * @param A the pattern, and for 'symmetric' typical values: they tell which rows need a partner as a pivot
 * @throws RangeError where A is malformed or not square, or the factors too large for a WebAssembly memory
 */
export function sparseSolver(A: CsrMatrix, options: SparseSolverOptions): SparseSolver {
  checkCsr(A, 'sparseSolver')
  const { structure } = options
  const kernel: SparseFactors = create[structure](A, options)
  let generation = 0
  const lines = () => {
    const { ordering, nonzeros, operations } = kernel.statistics
    const name = { spd: 'Cholesky', symmetric: 'L·D·Lᵀ', general: 'LU' }[structure]
    return `sparse ${name}, ordered by ${ordering}: ${nonzeros} entries, ${operations.toExponential(1)} operations`
  }
  return {
    structure,
    get statistics() {
      return kernel.statistics
    },
    factor(values) {
      if (values.length !== A.values.length) {
        throw new RangeError(`sparseSolver: the pattern has ${A.values.length} entries, not ${values.length}`)
      }
      kernel.values.set(values)
      const own = ++generation
      const place = kernel.factor()
      if (place >= 0) return failure(structure, place, [lines()])
      return factorsOf(
        kernel,
        { ...A, values: values.slice() },
        structure,
        [lines()],
        () => own === generation,
      )
    },
  }
}

function failure(structure: SparseStructure, place: number, explanation: readonly string[]) {
  if (structure === 'spd') {
    const message = `A is not positive definite: the pivot of row ${place + 1} is not positive`
    return notFactored('not positive definite', message, place, explanation)
  }
  const message =
    structure === 'symmetric'
      ? `L·D·Lᵀ found no pivot within its front for row ${place + 1}: A is singular, or wants pivots from further away; take 'auto' or 'general', which has them`
      : `A is singular to working precision: nothing is left to divide by in column ${place + 1}`
  return notFactored('singular', message, place, explanation)
}

function factorsOf(
  kernel: SparseFactors,
  matrix: CsrMatrix,
  structure: SparseStructure,
  explanation: readonly string[],
  isCurrent: () => boolean,
): Factors {
  const n = matrix.rows
  const column = new Float64Array(n)
  const check = () => {
    if (!isCurrent()) throw new Error('these factors are gone: the solver has factored other values since')
  }
  return toFactors({
    structure,
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      check()
      const solve = transposed ? kernel.solveTransposed : kernel.solve
      if (columns === 1) {
        solve(X)
        return
      }
      for (let c = 0; c < columns; c++) {
        for (let i = 0; i < n; i++) column[i] = X[i * columns + c]
        solve(column)
        for (let i = 0; i < n; i++) X[i * columns + c] = column[i]
      }
    },
    logDeterminant() {
      check()
      return kernel.logDeterminant()
    },
  })
}
