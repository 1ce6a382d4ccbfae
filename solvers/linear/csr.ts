/** Sparse matrices by rows: the format that the sparse, Krylov and local solvers share. */

/**
 * Compressed sparse rows. Row i's entries lie at rowPointers[i] ≤ p < rowPointers[i + 1]: columnIndices[p], values[p].
 * Columns increase within a row and none occurs twice; a stored zero belongs to the pattern. Gradients by the matrix are
 * arrays like `values`: on the pattern only.
 */
export interface CsrMatrix {
  readonly rows: number
  readonly columns: number
  /** [rows + 1] */
  readonly rowPointers: Int32Array
  /** [nonzeros] */
  readonly columnIndices: Int32Array
  /** [nonzeros] */
  readonly values: Float64Array
}

/** One entry: row, column, value. */
export type Triplet = readonly [row: number, column: number, value: number]

/**
 * The matrix with these entries, in any order; entries at the same place are added.
 *
 *     csrFromTriplets(2, 2, [[0, 0, 4], [1, 0, 1], [1, 1, 3]])
 *
 * @throws RangeError where an entry lies outside of the matrix.
 */
export function csrFromTriplets(rows: number, columns: number, triplets: readonly Triplet[]): CsrMatrix {
  for (const [i, j] of triplets) {
    if (!(Number.isInteger(i) && i >= 0 && i < rows && Number.isInteger(j) && j >= 0 && j < columns)) {
      throw new RangeError(`csrFromTriplets: entry (${i}, ${j}) lies outside of a ${rows}×${columns} matrix`)
    }
  }
  const sorted = [...triplets].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const rowPointers = new Int32Array(rows + 1)
  const columnIndices: number[] = []
  const values: number[] = []
  sorted.forEach(([i, j, value], k) => {
    const former = sorted[k - 1]
    if (former && former[0] === i && former[1] === j) {
      values[values.length - 1] += value
      return
    }
    columnIndices.push(j)
    values.push(value)
    rowPointers[i + 1]++
  })
  for (let i = 0; i < rows; i++) rowPointers[i + 1] += rowPointers[i]
  return {
    rows,
    columns,
    rowPointers,
    columnIndices: Int32Array.from(columnIndices),
    values: Float64Array.from(values),
  }
}

/** The nonzeros of a dense matrix, row-major. */
export function csrFromDense(dense: ArrayLike<number>, rows: number, columns: number): CsrMatrix {
  if (dense.length !== rows * columns) {
    throw new RangeError(
      `csrFromDense: ${rows}×${columns} wants ${rows * columns} numbers, not ${dense.length}`,
    )
  }
  const triplets: Triplet[] = []
  for (let p = 0; p < dense.length; p++) {
    if (dense[p] !== 0) triplets.push([Math.floor(p / columns), p % columns, dense[p]])
  }
  return csrFromTriplets(rows, columns, triplets)
}

/** [rows × columns], row-major. */
export function csrToDense({ rows, columns, rowPointers, columnIndices, values }: CsrMatrix): Float64Array {
  const dense = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++)
      dense[i * columns + columnIndices[p]] = values[p]
  }
  return dense
}

/** Aᵀ's pattern, and where each of its values lies in A: valuesᵀ[q] = values[source[q]]. */
export interface TransposedPattern {
  /** [columns + 1] */
  readonly rowPointers: Int32Array
  /** [nonzeros] */
  readonly columnIndices: Int32Array
  /** [nonzeros] */
  readonly source: Int32Array
}

/** (Gustavson, ACM TOMS 4, 1978: two passes, O(nonzeros + rows + columns).) */
export function transposePattern({
  rows,
  columns,
  rowPointers,
  columnIndices,
}: Omit<CsrMatrix, 'values'>): TransposedPattern {
  const pointers = new Int32Array(columns + 1)
  for (const j of columnIndices) pointers[j + 1]++
  for (let j = 0; j < columns; j++) pointers[j + 1] += pointers[j]
  const next = pointers.slice(0, columns)
  const indices = new Int32Array(columnIndices.length)
  const source = new Int32Array(columnIndices.length)
  for (let i = 0; i < rows; i++) {
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) {
      const q = next[columnIndices[p]]++
      indices[q] = i
      source[q] = p
    }
  }
  return { rowPointers: pointers, columnIndices: indices, source }
}

/** Aᵀ. */
export function transposeCsr(A: CsrMatrix): CsrMatrix {
  const { source, ...pattern } = transposePattern(A)
  const values = Float64Array.from(source, p => A.values[p])
  return { rows: A.columns, columns: A.rows, ...pattern, values }
}

/** A·B (Gustavson, ACM TOMS 4, 1978: a row at a time, with a dense accumulator). */
export function multiplyCsr(A: CsrMatrix, B: CsrMatrix): CsrMatrix {
  if (A.columns !== B.rows) {
    throw new RangeError(`multiplyCsr: ${A.rows}×${A.columns} times ${B.rows}×${B.columns} does not fit`)
  }
  const rowPointers = new Int32Array(A.rows + 1)
  const lastRow = new Int32Array(B.columns).fill(-1)
  const forEachProduct = (i: number, visit: (p: number, q: number) => void) => {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
      const k = A.columnIndices[p]
      for (let q = B.rowPointers[k]; q < B.rowPointers[k + 1]; q++) visit(p, q)
    }
  }
  for (let i = 0; i < A.rows; i++) {
    let count = 0
    forEachProduct(i, (_, q) => {
      if (lastRow[B.columnIndices[q]] === i) return
      lastRow[B.columnIndices[q]] = i
      count++
    })
    rowPointers[i + 1] = rowPointers[i] + count
  }
  const columnIndices = new Int32Array(rowPointers[A.rows])
  const values = new Float64Array(rowPointers[A.rows])
  const accumulator = new Float64Array(B.columns)
  lastRow.fill(-1)
  for (let i = 0; i < A.rows; i++) {
    let end = rowPointers[i]
    forEachProduct(i, (p, q) => {
      const j = B.columnIndices[q]
      if (lastRow[j] !== i) {
        lastRow[j] = i
        columnIndices[end++] = j
      }
      accumulator[j] += A.values[p] * B.values[q]
    })
    columnIndices.subarray(rowPointers[i], end).sort()
    for (let p = rowPointers[i]; p < end; p++) {
      values[p] = accumulator[columnIndices[p]]
      accumulator[columnIndices[p]] = 0
    }
  }
  return { rows: A.rows, columns: B.columns, rowPointers, columnIndices, values }
}

/** out ← A·x. */
export function applyCsr(
  { rows, rowPointers, columnIndices, values }: CsrMatrix,
  x: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) sum += values[p] * x[columnIndices[p]]
    out[i] = sum
  }
}

/** out ← Aᵀ·x. */
export function applyCsrTransposed(
  { rows, rowPointers, columnIndices, values }: CsrMatrix,
  x: Float64Array,
  out: Float64Array,
): void {
  out.fill(0)
  for (let i = 0; i < rows; i++) {
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) out[columnIndices[p]] += values[p] * x[i]
  }
}

/** Places of the diagonal entries in `values`; −1 where the pattern lacks one. */
export function diagonalPlaces({ rows, rowPointers, columnIndices }: Omit<CsrMatrix, 'values'>): Int32Array {
  const places = new Int32Array(rows).fill(-1)
  for (let i = 0; i < rows; i++) {
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) if (columnIndices[p] === i) places[i] = p
  }
  return places
}

/**
 * Whether A = Aᵀ to the last bit: the default test before a method that needs it.
 * @param tolerance differences up to tolerance·max|a_ij| pass; default 0
 */
export function isSymmetric(A: CsrMatrix, tolerance = 0): boolean {
  if (A.rows !== A.columns) return false
  const largest = A.values.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
  const T = transposeCsr(A)
  // An entry whose mirror is not in the pattern meets a zero: both lists are merged by column.
  for (let i = 0; i < A.rows; i++) {
    let p = A.rowPointers[i]
    let q = T.rowPointers[i]
    while (p < A.rowPointers[i + 1] || q < T.rowPointers[i + 1]) {
      const j = p < A.rowPointers[i + 1] ? A.columnIndices[p] : Number.POSITIVE_INFINITY
      const k = q < T.rowPointers[i + 1] ? T.columnIndices[q] : Number.POSITIVE_INFINITY
      const a = j <= k ? A.values[p++] : 0
      const t = k <= j ? T.values[q++] : 0
      if (!(Math.abs(a - t) <= tolerance * largest)) return false
    }
  }
  return true
}

/**
 * Passes a well-formed matrix of finite numbers.
 * @throws RangeError that says what is wrong, and in which row.
 */
export function checkCsr(A: CsrMatrix, where = 'matrix'): void {
  const { rows, columns, rowPointers, columnIndices, values } = A
  const fail = (what: string) => {
    throw new RangeError(`${where}: ${what}`)
  }
  if (rowPointers.length !== rows + 1)
    fail(`${rows} rows want ${rows + 1} rowPointers, not ${rowPointers.length}`)
  if (rowPointers[0] !== 0) fail(`rowPointers begin with 0, not ${rowPointers[0]}`)
  if (columnIndices.length !== rowPointers[rows] || values.length !== rowPointers[rows]) {
    fail(
      `rowPointers end at ${rowPointers[rows]}, but there are ${columnIndices.length} columnIndices and ${values.length} values`,
    )
  }
  for (let i = 0; i < rows; i++) {
    if (rowPointers[i + 1] < rowPointers[i]) fail(`rowPointers decrease at row ${i}`)
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) {
      const j = columnIndices[p]
      if (j < 0 || j >= columns) fail(`row ${i} has an entry in column ${j}, of ${columns}`)
      if (p > rowPointers[i] && j <= columnIndices[p - 1])
        fail(`columns of row ${i} do not increase: ${columnIndices[p - 1]}, ${j}`)
      if (!Number.isFinite(values[p])) fail(`entry (${i}, ${j}) is ${values[p]}`)
    }
  }
}
