import { applyCsr, applyCsrTransposed, type CsrMatrix } from './csr.ts'

/** A linear map, known by what it does to vectors: all that a Krylov method asks for. */
export interface LinearOperator {
  readonly rows: number
  readonly columns: number
  /** out ← A·x: x [columns], out [rows], not the same array. Allocates nothing. */
  apply(x: Float64Array, out: Float64Array): void
  /** out ← Aᵀ·x: x [rows], out [columns]. */
  applyTransposed?(x: Float64Array, out: Float64Array): void
}

/** A map whose transpose is known as well. */
export type TransposableOperator = LinearOperator & Required<Pick<LinearOperator, 'applyTransposed'>>

export const isCsr = (A: LinearOperator | CsrMatrix): A is CsrMatrix => 'rowPointers' in A

/** A sparse matrix as an operator; `values` may change in between. */
export const csrOperator = (A: CsrMatrix): TransposableOperator => ({
  rows: A.rows,
  columns: A.columns,
  apply: (x, out) => applyCsr(A, x, out),
  applyTransposed: (x, out) => applyCsrTransposed(A, x, out),
})

/**
 * A dense matrix as an operator.
 * @param values [rows × columns], row-major
 */
export function denseOperator(values: Float64Array, rows: number, columns: number): TransposableOperator {
  if (values.length !== rows * columns) {
    throw new RangeError(
      `denseOperator: ${rows}×${columns} wants ${rows * columns} numbers, not ${values.length}`,
    )
  }
  return {
    rows,
    columns,
    apply(x, out) {
      for (let i = 0; i < rows; i++) {
        let sum = 0
        for (let j = 0; j < columns; j++) sum += values[i * columns + j] * x[j]
        out[i] = sum
      }
    },
    applyTransposed(x, out) {
      out.fill(0)
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) out[j] += values[i * columns + j] * x[i]
      }
    },
  }
}

/**
 * Aᵀ.
 * @throws RangeError where A does not know its transpose.
 */
export function transposed(A: LinearOperator): TransposableOperator {
  if (!A.applyTransposed) throw new RangeError('transposed: the operator has no applyTransposed; give it one')
  return {
    rows: A.columns,
    columns: A.rows,
    apply: (x, out) => A.applyTransposed!(x, out),
    applyTransposed: (x, out) => A.apply(x, out),
  }
}
