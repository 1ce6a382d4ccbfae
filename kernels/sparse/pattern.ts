/** Where a sparse matrix has entries: by rows, columns increasing within a row. A CSR matrix is one, with values beside it. */
export interface Pattern {
  readonly rows: number
  readonly columns: number
  /** [rows + 1] */
  readonly rowPointers: Int32Array
  /** [nonzeros] */
  readonly columnIndices: Int32Array
}

/** An undirected graph without loops: the neighbours of i are neighbours[pointers[i] … pointers[i + 1] − 1], increasing. */
export interface Graph {
  readonly size: number
  /** [size + 1] */
  readonly pointers: Int32Array
  /** [2 · edges] */
  readonly neighbours: Int32Array
}

/** The pattern of Aᵀ, and where each of its entries lies in A: entryᵀ[q] = entry[source[q]]. (Gustavson, ACM TOMS 4, 1978.) */
export function transposePattern({ rows, columns, rowPointers, columnIndices }: Pattern): Pattern & {
  readonly source: Int32Array
} {
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
  return { rows: columns, columns: rows, rowPointers: pointers, columnIndices: indices, source }
}

/** The graph of A + Aᵀ: i and j are neighbours where A has an entry at (i, j) or (j, i). */
export function graphOf(A: Pattern): Graph {
  const n = A.rows
  const T = transposePattern(A)
  const pointers = new Int32Array(n + 1)
  const neighbours = new Int32Array(2 * A.columnIndices.length)
  let end = 0
  for (let i = 0; i < n; i++) {
    // Both rows are sorted: they are merged, without the diagonal.
    let [p, q] = [A.rowPointers[i], T.rowPointers[i]]
    const [lastP, lastQ] = [A.rowPointers[i + 1], T.rowPointers[i + 1]]
    while (p < lastP || q < lastQ) {
      const j = p < lastP ? A.columnIndices[p] : n
      const k = q < lastQ ? T.columnIndices[q] : n
      if (j <= k) p++
      if (k <= j) q++
      const neighbour = Math.min(j, k)
      if (neighbour !== i) neighbours[end++] = neighbour
    }
    pointers[i + 1] = end
  }
  return { size: n, pointers, neighbours: neighbours.slice(0, end) }
}

/** The graph of AᵀA: two columns are neighbours where some row has both. Rows of more than `most` entries are passed over. */
export function columnGraph(A: Pattern, most = Number.POSITIVE_INFINITY): Graph {
  const T = transposePattern(A)
  const n = A.columns
  const seen = new Int32Array(n).fill(-1)
  const pointers = new Int32Array(n + 1)
  const collect = (j: number, visit: (k: number) => void) => {
    seen[j] = j
    for (let q = T.rowPointers[j]; q < T.rowPointers[j + 1]; q++) {
      const i = T.columnIndices[q]
      if (A.rowPointers[i + 1] - A.rowPointers[i] > most) continue
      for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
        const k = A.columnIndices[p]
        if (seen[k] === j) continue
        seen[k] = j
        visit(k)
      }
    }
  }
  let count = 0
  for (let j = 0; j < n; j++) {
    collect(j, () => count++)
    pointers[j + 1] = count
  }
  const neighbours = new Int32Array(count)
  seen.fill(-1)
  for (let j = 0; j < n; j++) {
    let at = pointers[j]
    collect(j, k => {
      neighbours[at++] = k
    })
    neighbours.subarray(pointers[j], at).sort()
  }
  return { size: n, pointers, neighbours }
}

/** The graph on some of the nodes, numbered in their order. `place` [size] is −1 everywhere, before and after. */
export function subgraph(graph: Graph, nodes: Int32Array, place: Int32Array): Graph {
  const pointers = new Int32Array(nodes.length + 1)
  let degree = 0
  nodes.forEach((node, k) => {
    place[node] = k
    degree += graph.pointers[node + 1] - graph.pointers[node]
  })
  const neighbours = new Int32Array(degree)
  let end = 0
  for (let k = 0; k < nodes.length; k++) {
    for (let p = graph.pointers[nodes[k]]; p < graph.pointers[nodes[k] + 1]; p++) {
      const other = place[graph.neighbours[p]]
      if (other >= 0) neighbours[end++] = other
    }
    pointers[k + 1] = end
  }
  for (const node of nodes) place[node] = -1
  return { size: nodes.length, pointers, neighbours: neighbours.subarray(0, end) }
}

/** position[permutation[k]] = k. */
export function inversePermutation(permutation: Int32Array): Int32Array {
  const inverse = new Int32Array(permutation.length)
  permutation.forEach((node, k) => {
    inverse[node] = k
  })
  return inverse
}
