import { type Pattern, transposePattern } from './pattern.ts'

/** Sparse columns: rows[pointers[j] … pointers[j + 1] − 1]. */
export interface Columns {
  readonly pointers: Int32Array
  readonly rows: Int32Array
}

/**
 * Where L and U have entries, in the order of the elimination, without their diagonals; a row in a column of U follows those
 * that it depends on.
 */
export interface PivotSequence {
  readonly lower: Columns
  readonly upper: Columns
  /** rowOrder[k] = the row of A that is the k-th pivot's. */
  readonly rowOrder: Int32Array
}

/**
 * Chooses the pivots of a sparse LU, a column at a time in the given order, by threshold partial pivoting: the diagonal entry
 * where it is at least `threshold` times the largest, else the largest. Column k of L and U is the solution of a triangular
 * system with the columns before; only entries that a depth-first search finds are touched, so the work is proportional to
 * the operations. (Gilbert & Peierls, SIAM J. Sci. Stat. Comput. 9, 1988.)
 *
 * @returns the pivots, or the column of A in which none was left
 */
export function choosePivots(
  A: Pattern,
  values: Float64Array,
  columnOrder: Int32Array,
  threshold: number,
): PivotSequence | { readonly failed: number } {
  const n = A.rows
  const T = transposePattern(A)
  const lowerPointers = new Int32Array(n + 1)
  const upperPointers = new Int32Array(n + 1)
  let lowerRows = new Int32Array(4 * values.length + n)
  let lowerValues = new Float64Array(lowerRows.length)
  let upperRows = new Int32Array(lowerRows.length)
  let [lowerEnd, upperEnd] = [0, 0]
  /** The step at which a row was the pivot's; −1 before. */
  const step = new Int32Array(n).fill(-1)
  const rowOrder = new Int32Array(n)
  const x = new Float64Array(n)
  const search = createSearch(n, step)

  for (let k = 0; k < n; k++) {
    const column = columnOrder[k]
    if (lowerEnd + n - k > lowerRows.length) {
      lowerRows = longer(lowerRows, n)
      lowerValues = longer(lowerValues, n)
    }
    if (upperEnd + k > upperRows.length) upperRows = longer(upperRows, n)
    search.start(k, lowerPointers, lowerRows)
    for (let q = T.rowPointers[column]; q < T.rowPointers[column + 1]; q++) {
      search.from(T.columnIndices[q])
      x[T.columnIndices[q]] = values[T.source[q]]
    }
    const { found } = search
    const top = search.top()
    let largest = 0
    let pivot = -1
    let hasDiagonal = false
    for (let t = top; t < n; t++) {
      const row = found[t]
      const j = step[row]
      if (j < 0) {
        if (Math.abs(x[row]) > largest) {
          largest = Math.abs(x[row])
          pivot = row
        }
        if (row === column) hasDiagonal = true
        continue
      }
      upperRows[upperEnd++] = j
      const factor = x[row]
      const end = lowerPointers[j + 1]
      for (let p = lowerPointers[j]; p < end; p++) x[lowerRows[p]] -= lowerValues[p] * factor
    }
    if (pivot < 0 || largest === Number.POSITIVE_INFINITY) return { failed: column }
    if (hasDiagonal && Math.abs(x[column]) >= threshold * largest) pivot = column
    const divisor = x[pivot]
    for (let t = top; t < n; t++) {
      const row = found[t]
      if (step[row] < 0 && row !== pivot) {
        lowerRows[lowerEnd] = row
        lowerValues[lowerEnd++] = x[row] / divisor
      }
      x[row] = 0
    }
    step[pivot] = k
    rowOrder[k] = pivot
    lowerPointers[k + 1] = lowerEnd
    upperPointers[k + 1] = upperEnd
  }
  return {
    lower: { pointers: lowerPointers, rows: lowerRows.subarray(0, lowerEnd).map(row => step[row]) },
    upper: { pointers: upperPointers, rows: upperRows.slice(0, upperEnd) },
    rowOrder,
  }
}

/** A copy with room for half as much again, and `more`. */
function longer<List extends Int32Array | Float64Array>(list: List, more: number): List {
  const copy = new (list.constructor as new (length: number) => List)(Math.ceil(1.5 * list.length) + more)
  copy.set(list)
  return copy
}

/** Depth-first search in the graph of L: from a row that was the pivot's at step j to the rows of column j. */
function createSearch(n: number, step: Int32Array) {
  const seen = new Int32Array(n).fill(-1)
  const stack = new Int32Array(n)
  const next = new Int32Array(n)
  /** The rows that were found, from `top` on: each before those that depend on it. */
  const found = new Int32Array(n)
  let top = n
  let mark = -1
  let pointers = new Int32Array()
  let rows = new Int32Array()
  return {
    found,
    top: () => top,
    /** Begins a column. */
    start(k: number, lowerPointers: Int32Array<ArrayBuffer>, lowerRows: Int32Array<ArrayBuffer>): void {
      mark = k
      top = n
      pointers = lowerPointers
      rows = lowerRows
    },
    /** Adds what can be reached from a row. */
    from(first: number): void {
      if (seen[first] === mark) return
      let depth = 0
      stack[0] = first
      seen[first] = mark
      next[first] = step[first] < 0 ? 0 : pointers[step[first]]
      while (depth >= 0) {
        const row = stack[depth]
        const column = step[row]
        const end = column < 0 ? 0 : pointers[column + 1]
        let p = next[row]
        while (p < end && seen[rows[p]] === mark) p++
        if (p >= end) {
          found[--top] = row
          depth--
          continue
        }
        next[row] = p + 1
        const below = rows[p]
        seen[below] = mark
        next[below] = step[below] < 0 ? 0 : pointers[step[below]]
        stack[++depth] = below
      }
    },
  }
}
