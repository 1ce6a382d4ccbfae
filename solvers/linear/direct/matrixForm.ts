import { applyCsr, applyCsrTransposed, type CsrMatrix } from '../csr.ts'
import { denseOperator } from '../operator.ts'

/** A dense matrix by rows. */
export interface DenseMatrix {
  readonly rows: number
  readonly columns: number
  /** [rows × columns], row-major */
  readonly values: Float64Array
}

export type Matrix = DenseMatrix | CsrMatrix

export const isSparse = (A: Matrix): A is CsrMatrix => 'rowPointers' in A

/**
 * @throws RangeError where `values` is no rows×columns matrix
 */
export function denseMatrix(
  values: Float64Array,
  rows = Math.sqrt(values.length),
  columns = rows,
): DenseMatrix {
  if (!Number.isInteger(rows) || rows * columns !== values.length) {
    throw new RangeError(
      `denseMatrix: ${values.length} numbers are no ${Number.isInteger(rows) ? `${rows}×${columns}` : 'square'} matrix`,
    )
  }
  return { rows, columns, values }
}

/** out ← A·x or Aᵀ·x for vectors. */
export function applyMatrix(A: Matrix, x: Float64Array, out: Float64Array, transposed = false): void {
  if (isSparse(A)) (transposed ? applyCsrTransposed : applyCsr)(A, x, out)
  else {
    const operator = denseOperator(A.values, A.rows, A.columns)
    if (transposed) operator.applyTransposed(x, out)
    else operator.apply(x, out)
  }
}

/** The matrix of this form with other values. */
export const withValues = (A: Matrix, values: Float64Array): Matrix => ({ ...A, values })

/** Visits the entries that A stores: row, column, place in `values`. */
export function eachEntry(A: Matrix, visit: (i: number, j: number, p: number) => void): void {
  if (isSparse(A)) {
    for (let i = 0; i < A.rows; i++) {
      for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) visit(i, A.columnIndices[p], p)
    }
    return
  }
  for (let i = 0, p = 0; i < A.rows; i++) for (let j = 0; j < A.columns; j++, p++) visit(i, j, p)
}

/** The columns of an n×k row-major matrix, one by one: `body` gets a copy, and what it returns is written back. */
export function byColumns(
  n: number,
  columns: number,
  from: Float64Array,
  to: Float64Array,
  rowsOut: number,
  body: (column: Float64Array) => Float64Array,
): void {
  const column = new Float64Array(n)
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) column[i] = from[i * columns + c]
    const result = body(column)
    for (let i = 0; i < rowsOut; i++) to[i * columns + c] = result[i]
  }
}

/** A·X or Aᵀ·X for X with `columns` columns, row-major. */
export function multiplyMatrix(
  A: Matrix,
  X: Float64Array,
  columns: number,
  transposed = false,
): Float64Array {
  const [from, to] = transposed ? [A.rows, A.columns] : [A.columns, A.rows]
  const product = new Float64Array(to * columns)
  if (columns === 1) {
    applyMatrix(A, X, product, transposed)
    return product
  }
  const out = new Float64Array(to)
  byColumns(from, columns, X, product, to, column => {
    applyMatrix(A, column, out, transposed)
    return out
  })
  return product
}

/** ‖A‖₁, the largest sum of sizes in a column. */
export function oneNorm(A: Matrix): number {
  const sums = new Float64Array(A.columns)
  eachEntry(A, (_, j, p) => {
    sums[j] += Math.abs(A.values[p])
  })
  return sums.reduce((most, sum) => Math.max(most, sum), 0)
}
