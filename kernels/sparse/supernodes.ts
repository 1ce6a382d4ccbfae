import { columnCounts, eliminationTree, permuteGraph, postorder } from './eliminationTree.ts'
import { type Graph, inversePermutation } from './pattern.ts'

/**
 * A front: columns first … first + width − 1 of L that share their rows below, kept as one dense trapezoid. The numbering is
 * the permuted one.
 */
export interface Front {
  readonly first: number
  readonly width: number
  /** The rows below the pivots, increasing. */
  readonly rows: Int32Array
  /** The front that takes this one's update matrix, −1 at a root. */
  readonly parent: number
}

export interface SymbolicFactor {
  readonly size: number
  /** permutation[k] = the row and column of A that is eliminated k-th. */
  readonly permutation: Int32Array
  /** position[permutation[k]] = k */
  readonly position: Int32Array
  /** Each after its descendants, subtrees together. */
  readonly fronts: readonly Front[]
  /** Entries of L without those that joining columns stored as zeros. */
  readonly nonzeros: number
  /** Additions and multiplications of the factorisation, likewise. */
  readonly operations: number
}

/** The widest front: its triangle is factored by simple loops, and the update of the rest is a product. */
const widest = 64

/**
 * L's pattern as fronts, for a symmetric matrix of this graph in this order.
 *
 * Columns of one pattern are a supernode; a supernode and its parent are joined while that stores few zeros (the share
 * allowed falls with their width: Ashcraft & Grimes, ACM TOMS 15, 1989); wide ones are then cut.
 *
 * @param partner [n]: a neighbour that comes right after in the ordering and must be in the same front, or −1
 */
export function symbolicFactor(graph: Graph, ordering: Int32Array, partner?: Int32Array): SymbolicFactor {
  const size = graph.size
  const ordered = permuteGraph(graph, ordering, inversePermutation(ordering))
  const tree = eliminationTree(ordered)
  const post = postorder(tree)
  const permutation = Int32Array.from(post, k => ordering[k])
  const position = inversePermutation(permutation)
  const place = inversePermutation(post)
  const parent = Int32Array.from(post, k => (tree[k] < 0 ? -1 : place[tree[k]]))
  const permuted = permuteGraph(graph, permutation, position)
  const counts = columnCounts(permuted, parent)
  const isTied = (k: number) => partner !== undefined && partner[permutation[k]] === permutation[k + 1]
  const starts = joinedSupernodes(parent, counts, isTied)
  let [nonzeros, operations] = [0, 0]
  for (const count of counts) {
    nonzeros += count
    operations += count * count
  }
  const fronts = frontsOf(permuted, parent, counts, starts, isTied)
  return { size, permutation, position, fronts, nonzeros, operations }
}

/** First columns of the supernodes, and then n. */
function joinedSupernodes(
  parent: Int32Array,
  counts: Int32Array,
  isTied: (k: number) => boolean,
): Int32Array {
  const n = parent.length
  /** The supernodes so far: first column, last column, and the entries of L in their columns. */
  const stack: { first: number; last: number; entries: number }[] = []
  const isSupernode = (first: number, last: number, entries: number): boolean => {
    const width = last - first + 1
    const stored = (width * (width + 1)) / 2 + width * (counts[last] - 1)
    const zeros = (stored - entries) / stored
    return width <= 4 || zeros < (width <= 16 ? 0.5 : width <= 48 ? 0.1 : 0.05)
  }
  for (let j = 0; j < n; ) {
    const first = j
    let entries = counts[j]
    while (j + 1 < n && parent[j] === j + 1 && (counts[j] === counts[j + 1] + 1 || isTied(j))) {
      entries += counts[++j]
    }
    let top = { first, last: j, entries }
    // The supernode before is joined where its parent is in this one.
    for (;;) {
      const below = stack.at(-1)
      if (!below || parent[below.last] < 0 || parent[below.last] > top.last) break
      const joined = { first: below.first, last: top.last, entries: below.entries + top.entries }
      if (!isSupernode(joined.first, joined.last, joined.entries)) break
      stack.pop()
      top = joined
    }
    stack.push(top)
    j++
  }
  return Int32Array.from([...stack.map(({ first }) => first), n])
}

function frontsOf(
  graph: Graph,
  parent: Int32Array,
  counts: Int32Array,
  starts: Int32Array,
  isTied: (k: number) => boolean,
): Front[] {
  const n = graph.size
  const supernodes = starts.length - 1
  const rows: Int32Array[] = new Array(supernodes)
  const supernodeOf = new Int32Array(n)
  for (let s = 0; s < supernodes; s++) supernodeOf.fill(s, starts[s], starts[s + 1])
  const children: number[][] = Array.from({ length: supernodes }, () => [])
  const seen = new Int32Array(n).fill(-1)
  for (let s = 0; s < supernodes; s++) {
    const last = starts[s + 1] - 1
    const list = new Int32Array(counts[last] - 1)
    let end = 0
    const take = (i: number) => {
      if (i <= last || seen[i] === s) return
      seen[i] = s
      list[end++] = i
    }
    for (let p = graph.pointers[starts[s]]; p < graph.pointers[last + 1]; p++) take(graph.neighbours[p])
    for (const child of children[s]) for (const i of rows[child]) take(i)
    rows[s] = list.sort()
    if (parent[last] >= 0) children[supernodeOf[parent[last]]].push(s)
  }
  const fronts: Front[] = []
  const frontOf = new Int32Array(n)
  const pieces: { first: number; width: number; rows: Int32Array }[] = []
  for (let s = 0; s < supernodes; s++) {
    const width = starts[s + 1] - starts[s]
    const cuts = Math.ceil(width / widest)
    // Pieces of nearly one width, a multiple of 4 but for the last.
    const step = 4 * Math.ceil(width / cuts / 4)
    for (let first = starts[s], next = first; first < starts[s + 1]; first = next) {
      next = Math.min(first + step, starts[s + 1])
      if (next < starts[s + 1] && isTied(next - 1)) next++
      const within = starts[s + 1] - next
      const all = new Int32Array(within + rows[s].length)
      for (let k = 0; k < within; k++) all[k] = next + k
      all.set(rows[s], within)
      frontOf.fill(pieces.length, first, next)
      pieces.push({ first, width: next - first, rows: all })
    }
  }
  for (const piece of pieces)
    fronts.push({ ...piece, parent: piece.rows.length ? frontOf[piece.rows[0]] : -1 })
  return fronts
}
