/**
 * Which entries of a matrix may differ from zero: compressed sparse rows without the values. Row i has its entries in the
 * columns columnIndices[p], rowPointers[i] ≤ p < rowPointers[i + 1], which increase.
 */
export interface SparsityPattern {
  readonly rows: number
  readonly columns: number
  /** [rows + 1] */
  readonly rowPointers: Int32Array
  /** [nonzeros] */
  readonly columnIndices: Int32Array
}

/** The row of each entry, [nonzeros]. */
export function rowIndices({ rows, rowPointers, columnIndices }: SparsityPattern): Int32Array {
  const result = new Int32Array(columnIndices.length)
  for (let i = 0; i < rows; i++) result.fill(i, rowPointers[i], rowPointers[i + 1])
  return result
}

/** The pattern of the transposed matrix. */
export function transposedPattern(pattern: SparsityPattern): SparsityPattern {
  const { rows, columns, columnIndices } = pattern
  const rowPointers = new Int32Array(columns + 1)
  for (const j of columnIndices) rowPointers[j + 1]++
  for (let j = 0; j < columns; j++) rowPointers[j + 1] += rowPointers[j]
  const next = rowPointers.slice(0, columns)
  const transposed = new Int32Array(columnIndices.length)
  rowIndices(pattern).forEach((i, p) => {
    transposed[next[columnIndices[p]]++] = i
  })
  return { rows: columns, columns: rows, rowPointers, columnIndices: transposed }
}

/** The pattern of all entries of an n×n matrix. */
export const fullPattern = (n: number): SparsityPattern => ({
  rows: n,
  columns: n,
  rowPointers: Int32Array.from({ length: n + 1 }, (_, i) => i * n),
  columnIndices: Int32Array.from({ length: n * n }, (_, at) => at % n),
})

/** The pattern of the nonzeros of a row-major n×n matrix. */
export function patternOf(n: number, matrix: Float64Array): SparsityPattern {
  const rowPointers = new Int32Array(n + 1)
  const columnIndices: number[] = []
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (matrix[i * n + j] !== 0) columnIndices.push(j)
    rowPointers[i + 1] = columnIndices.length
  }
  return { rows: n, columns: n, rowPointers, columnIndices: Int32Array.from(columnIndices) }
}
