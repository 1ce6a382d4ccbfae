import type { Graph } from './pattern.ts'

/**
 * parent[j] = the first row below j in which column j of L has an entry, for a symmetric matrix of this graph; −1 at a root.
 * (Liu, SIAM J. Matrix Anal. Appl. 11, 1990: paths to the root are shortened as they are walked.)
 */
export function eliminationTree({ size, pointers, neighbours }: Graph): Int32Array {
  const parent = new Int32Array(size).fill(-1)
  const ancestor = new Int32Array(size).fill(-1)
  for (let i = 0; i < size; i++) {
    for (let p = pointers[i]; p < pointers[i + 1]; p++) {
      let j = neighbours[p]
      while (j >= 0 && j < i) {
        const above = ancestor[j]
        ancestor[j] = i
        if (above < 0) parent[j] = i
        j = above
      }
    }
  }
  return parent
}

/** The nodes of a forest, each after its descendants, subtrees together; of siblings the smaller number first. */
export function postorder(parent: Int32Array): Int32Array {
  const n = parent.length
  const firstChild = new Int32Array(n).fill(-1)
  const sibling = new Int32Array(n).fill(-1)
  const order = new Int32Array(n)
  const stack = new Int32Array(n)
  for (let j = n - 1; j >= 0; j--) {
    if (parent[j] < 0) continue
    sibling[j] = firstChild[parent[j]]
    firstChild[parent[j]] = j
  }
  let count = 0
  for (let root = 0; root < n; root++) {
    if (parent[root] >= 0) continue
    let depth = 0
    stack[0] = root
    while (depth >= 0) {
      const node = stack[depth]
      const child = firstChild[node]
      if (child >= 0) {
        firstChild[node] = sibling[child]
        stack[++depth] = child
      } else {
        order[count++] = node
        depth--
      }
    }
  }
  return order
}

/**
 * How many entries each column of L has, its diagonal included, where the numbering is a postorder of the tree.
 *
 * Row i of L is a subtree of the elimination tree with root i; it is counted by its leaves, and where two neighbouring
 * leaves' paths meet (Gilbert, Ng & Peyton, SIAM J. Matrix Anal. Appl. 15, 1994).
 */
export function columnCounts({ size, pointers, neighbours }: Graph, parent: Int32Array): Int32Array {
  const counts = new Int32Array(size)
  const first = Int32Array.from({ length: size }, (_, j) => j)
  const ancestor = first.slice()
  const lastFirst = new Int32Array(size).fill(-1)
  const lastLeaf = new Int32Array(size).fill(-1)
  for (let j = 0; j < size; j++) {
    // The first descendant of j; in a postorder it comes from its first child.
    if (first[j] === j) counts[j] = 1
    if (parent[j] >= 0) first[parent[j]] = Math.min(first[parent[j]], first[j])
  }
  const find = (j: number): number => {
    let root = j
    while (ancestor[root] !== root) root = ancestor[root]
    for (let k = j; k !== root; ) {
      const above = ancestor[k]
      ancestor[k] = root
      k = above
    }
    return root
  }
  for (let j = 0; j < size; j++) {
    if (parent[j] >= 0) counts[parent[j]]--
    for (let p = pointers[j]; p < pointers[j + 1]; p++) {
      const i = neighbours[p]
      if (i <= j || first[j] <= lastFirst[i]) continue
      // j is a leaf of row i's subtree.
      lastFirst[i] = first[j]
      counts[j]++
      if (lastLeaf[i] >= 0) counts[find(lastLeaf[i])]--
      lastLeaf[i] = j
    }
    if (parent[j] >= 0) ancestor[j] = parent[j]
  }
  for (let j = 0; j < size; j++) if (parent[j] >= 0) counts[parent[j]] += counts[j]
  return counts
}

/** The graph with node permutation[k] called k. */
export function permuteGraph(
  { size, pointers, neighbours }: Graph,
  permutation: Int32Array,
  position: Int32Array,
): Graph {
  const newPointers = new Int32Array(size + 1)
  const newNeighbours = new Int32Array(neighbours.length)
  let end = 0
  for (let k = 0; k < size; k++) {
    const i = permutation[k]
    for (let p = pointers[i]; p < pointers[i + 1]; p++) newNeighbours[end++] = position[neighbours[p]]
    newPointers[k + 1] = end
  }
  return { size, pointers: newPointers, neighbours: newNeighbours }
}
