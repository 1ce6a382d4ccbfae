/** Dense linear systems in float64, in plain TypeScript: what an eager solve runs on. */

import type { Attributes } from '../../compiler/graph.ts'
import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import { type Structure, triangleOf } from '../../kernels/structure.ts'

/**
 * X with op(A)·X = B for a batch of matrices.
 * @param A batch × n × n, row-major; not changed
 * @param B batch × n × k, row-major; not changed
 * @returns batch × n × k
 * @throws SingularMatrixError
 */
export function solveDense(
  A: Float64Array,
  B: Float64Array,
  n: number,
  k: number,
  { structure, transposed }: Attributes['solve'],
): Float64Array {
  const X = B.slice()
  const batches = n === 0 ? 0 : A.length / (n * n)
  for (let batch = 0; batch < batches; batch++) {
    const matrix = A.slice(batch * n * n, (batch + 1) * n * n)
    const right = X.subarray(batch * n * k, (batch + 1) * n * k)
    const triangle = triangleOf(structure)
    if (structure === 'spd') solveByCholesky(matrix, right, n, k, batch)
    else if (triangle) solveBySubstitution(matrix, right, n, k, batch, triangle, transposed)
    else if (structure === 'symmetric') solveByElimination(mirrored(matrix, n), right, n, k, batch, structure)
    else solveByElimination(transposed ? transpose(matrix, n) : matrix, right, n, k, batch, structure)
  }
  return X
}

/** The symmetric matrix with this lower triangle. */
const mirrored = (a: Float64Array, n: number): Float64Array =>
  a.map((entry, p) => (p % n > Math.floor(p / n) ? a[(p % n) * n + Math.floor(p / n)] : entry))

const transpose = (a: Float64Array, n: number): Float64Array =>
  a.map((_, i) => a[(i % n) * n + Math.floor(i / n)])

/** x ← op applied to rows: row i of x −= factor · row j. */
function subtractRow(x: Float64Array, k: number, i: number, j: number, factor: number): void {
  for (let column = 0; column < k; column++) x[i * k + column] -= factor * x[j * k + column]
}

function divideRow(x: Float64Array, k: number, i: number, divisor: number): void {
  for (let column = 0; column < k; column++) x[i * k + column] /= divisor
}

function swapRows(x: Float64Array, k: number, i: number, j: number): void {
  for (let column = 0; column < k; column++) {
    const former = x[i * k + column]
    x[i * k + column] = x[j * k + column]
    x[j * k + column] = former
  }
}

/** x ← a⁻¹x by Gaussian elimination with partial pivoting; a is overwritten. (Golub & Van Loan, alg. 3.4.1.) */
function solveByElimination(
  a: Float64Array,
  x: Float64Array,
  n: number,
  k: number,
  batch: number,
  structure: Structure,
): void {
  for (let pivot = 0; pivot < n; pivot++) {
    let largest = pivot
    for (let row = pivot + 1; row < n; row++) {
      if (Math.abs(a[row * n + pivot]) > Math.abs(a[largest * n + pivot])) largest = row
    }
    if (a[largest * n + pivot] === 0) throw new SingularMatrixError(pivot, structure, batch)
    if (largest !== pivot) {
      swapRows(a, n, pivot, largest)
      swapRows(x, k, pivot, largest)
    }
    for (let row = pivot + 1; row < n; row++) {
      const factor = a[row * n + pivot] / a[pivot * n + pivot]
      if (factor === 0) continue
      subtractRow(a, n, row, pivot, factor)
      subtractRow(x, k, row, pivot, factor)
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let column = row + 1; column < n; column++) subtractRow(x, k, row, column, a[row * n + column])
    divideRow(x, k, row, a[row * n + row])
  }
}

/** x ← op(a)⁻¹x, of a triangle of a. */
function solveBySubstitution(
  a: Float64Array,
  x: Float64Array,
  n: number,
  k: number,
  batch: number,
  part: 'lower' | 'upper',
  transposed: boolean,
): void {
  const downwards = (part === 'lower') !== transposed
  for (let step = 0; step < n; step++) {
    const row = downwards ? step : n - 1 - step
    for (let other = 0; other < step; other++) {
      const column = downwards ? other : n - 1 - other
      subtractRow(x, k, row, column, transposed ? a[column * n + row] : a[row * n + column])
    }
    if (a[row * (n + 1)] === 0) throw new SingularMatrixError(row, `${part} triangular`, batch)
    divideRow(x, k, row, a[row * (n + 1)])
  }
}

/** x ← a⁻¹x by a = LLᵀ; a's lower triangle is read and overwritten by L. (Golub & Van Loan, alg. 4.2.1.) */
function solveByCholesky(a: Float64Array, x: Float64Array, n: number, k: number, batch: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      for (let m = 0; m < j; m++) a[i * n + j] -= a[i * n + m] * a[j * n + m]
    }
    const pivot = a[j * n + j]
    // A NaN is no failure of the matrix: it goes on, as in the general solve.
    if (pivot <= 0) throw new SingularMatrixError(j, 'spd', batch)
    const root = Math.sqrt(pivot)
    for (let i = j; i < n; i++) a[i * n + j] /= root
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) subtractRow(x, k, i, j, a[i * n + j])
    divideRow(x, k, i, a[i * n + i])
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) subtractRow(x, k, i, j, a[j * n + i])
    divideRow(x, k, i, a[i * n + i])
  }
}
