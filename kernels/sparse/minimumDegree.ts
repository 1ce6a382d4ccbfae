import type { Graph } from './pattern.ts'

/**
 * The approximate minimum degree ordering: a permutation that keeps the factors of a symmetric matrix sparse,
 * permutation[k] = the node that is eliminated k-th.
 *
 * The graph of what is left is kept as a quotient graph: a node's neighbours are variables and elements, an element being
 * the clique that an elimination leaves. Nodes that have the same neighbours are one supervariable; an element that is a
 * part of another is absorbed. The degree of i after the elimination of p is bounded by
 *
 *     min(nodes left, former degree + |Lp \ i|, |Aᵢ \ i| + |Lp \ i| + Σ |Lₑ \ Lp| over the other elements of i).
 *
 * (Amestoy, Davis & Duff, SIAM J. Matrix Anal. Appl. 17, 1996, algorithm 2; names are theirs.)
 */
export function minimumDegree(graph: Graph): Int32Array {
  const n = graph.size
  const state = createQuotientGraph(graph)
  const order = new Int32Array(n)
  let count = 0
  const emit = (supervariable: number) => {
    for (let i = supervariable; i >= 0; i = state.nextMember[i]) order[count++] = i
  }
  // A node that has very many neighbours costs much and teaches little: such come last.
  const dense = Math.max(16, 10 * Math.sqrt(n))
  const last: number[] = []
  for (let i = 0; i < n; i++) {
    if (state.degree[i] > dense) {
      last.push(i)
      state.size[i] = 0
    } else state.insert(i)
  }
  while (count < n - last.length) for (const p of state.eliminate(n - count)) emit(p)
  for (const i of last) order[count++] = i
  return order
}

function createQuotientGraph(graph: Graph) {
  const n = graph.size
  /** Lists of neighbours; new ones are written at its end, and it is packed when that is full. */
  const list = new Int32Array(graph.neighbours.length + (graph.neighbours.length >> 2) + 2 * n + 1)
  list.set(graph.neighbours)
  let free = graph.neighbours.length
  /** Where a variable's or an element's list begins; −1 where it has gone. */
  const start = graph.pointers.slice(0, n)
  /** Of a variable: its elements and then its variables; of an element: its variables. */
  const length = new Int32Array(n)
  for (let i = 0; i < n; i++) length[i] = graph.pointers[i + 1] - graph.pointers[i]
  /** How many of a variable's list are elements. */
  const elements = new Int32Array(n)
  /** Nodes in a supervariable; zero where it has gone into another, negative while it is in Lp. */
  const size = new Int32Array(n).fill(1)
  /** Approximate external degree of a variable, exact size |Lₑ| of an element. */
  const degree = length.slice()
  /** Nodes of a supervariable, as a list from its name on. */
  const nextMember = new Int32Array(n).fill(-1)
  const lastMember = Int32Array.from({ length: n }, (_, i) => i)
  /** Variables by degree, doubly linked. */
  const head = new Int32Array(n + 1).fill(-1)
  const next = new Int32Array(n).fill(-1)
  const previous = new Int32Array(n).fill(-1)
  let smallest = 0
  /** Of an element: outside[e] − tag = |Lₑ \ Lp| where that is not negative. Of a variable: a mark in comparisons. */
  const outside = new Int32Array(n)
  let tag = 1
  /** Variables by a checksum of their neighbours. */
  const bucket = new Int32Array(n).fill(-1)
  const nextInBucket = new Int32Array(n)
  const checksum = new Int32Array(n)

  const insert = (i: number) => {
    const d = degree[i]
    next[i] = head[d]
    previous[i] = -1
    if (head[d] >= 0) previous[head[d]] = i
    head[d] = i
    if (d < smallest) smallest = d
  }
  const remove = (i: number) => {
    if (previous[i] >= 0) next[previous[i]] = next[i]
    else head[degree[i]] = next[i]
    if (next[i] >= 0) previous[next[i]] = previous[i]
  }
  const join = (i: number, j: number) => {
    nextMember[lastMember[i]] = j
    lastMember[i] = lastMember[j]
  }

  /** Moves the lists together. The first entry of each lends its place to the list's name meanwhile. */
  const pack = () => {
    for (let i = 0; i < n; i++) {
      if (start[i] < 0 || length[i] === 0) continue
      const first = list[start[i]]
      list[start[i]] = -i - 1
      start[i] = first
    }
    let to = 0
    for (let from = 0; from < free; ) {
      if (list[from] >= 0) {
        from++
        continue
      }
      const i = -list[from] - 1
      list[to] = start[i]
      start[i] = to++
      from++
      for (let k = 1; k < length[i]; k++) list[to++] = list[from++]
    }
    free = to
  }

  /** Lp = (Ap ∪ ⋃ Lₑ) \ p: written at the end of `list`, its variables taken out of the degree lists and marked. */
  const createElement = (p: number): void => {
    let room = length[p] - elements[p]
    for (let k = 0; k < elements[p]; k++) room += length[list[start[p] + k]]
    // What the lists hold never grows, and no list is longer than n: packed, there is always room.
    if (free + Math.min(room, n) > list.length) pack()
    const begin = free
    let d = 0
    const take = (i: number) => {
      if (size[i] <= 0) return
      d += size[i]
      size[i] = -size[i]
      list[free++] = i
      remove(i)
    }
    size[p] = -size[p]
    const end = start[p] + length[p]
    for (let k = start[p] + elements[p]; k < end; k++) take(list[k])
    for (let k = start[p]; k < start[p] + elements[p]; k++) {
      const e = list[k]
      if (start[e] < 0) continue
      for (let q = start[e]; q < start[e] + length[e]; q++) take(list[q])
      // e is a part of p from now on.
      start[e] = -1
    }
    start[p] = begin
    length[p] = free - begin
    elements[p] = 0
    degree[p] = d
  }

  /** outside[e] − tag ← |Lₑ \ Lp| for every element e that a variable of Lp touches. */
  const measureOutside = (p: number): void => {
    for (let k = start[p]; k < start[p] + length[p]; k++) {
      const i = list[k]
      for (let q = start[i]; q < start[i] + elements[i]; q++) {
        const e = list[q]
        if (start[e] < 0) continue
        if (outside[e] < tag) outside[e] = degree[e] + tag
        outside[e] += size[i]
      }
    }
  }

  /** Takes out of i's lists what p stands for now; the new degree without p's share. */
  const prune = (i: number, p: number): number => {
    const begin = start[i]
    const variables = begin + elements[i]
    const end = begin + length[i]
    let to = begin
    let d = 0
    let sum = p
    for (let q = begin; q < variables; q++) {
      const e = list[q]
      if (start[e] < 0) continue
      const rest = outside[e] - tag
      if (rest === 0) {
        // Lₑ is a part of Lp: absorbed, though p was no neighbour of e ("aggressive").
        start[e] = -1
        continue
      }
      d += rest
      sum += e
      list[to++] = e
    }
    const kept = to
    for (let q = variables; q < end; q++) {
      const j = list[q]
      if (size[j] <= 0) continue
      d += size[j]
      sum += j
      list[to++] = j
    }
    // One place is always free: p itself, or an element that went into it, was in i's list.
    list[to] = list[kept]
    list[kept] = list[begin]
    list[begin] = p
    elements[i] = kept - begin + 1
    length[i] = to - begin + 1
    checksum[i] = sum % n
    return d
  }

  /** Whether i and j, in one bucket, have the same elements and variables; i's are marked with `tag`. */
  const same = (i: number, j: number): boolean => {
    if (length[i] !== length[j] || elements[i] !== elements[j]) return false
    for (let q = start[j] + 1; q < start[j] + length[j]; q++) if (outside[list[q]] !== tag) return false
    return true
  }

  /** Joins variables of Lp that have the same neighbours. */
  const joinIndistinguishable = (p: number): void => {
    for (let k = start[p]; k < start[p] + length[p]; k++) {
      const first = list[k]
      if (size[first] === 0) continue
      const key = checksum[first]
      for (let i = bucket[key]; i >= 0 && nextInBucket[i] >= 0; i = nextInBucket[i]) {
        tag++
        for (let q = start[i] + 1; q < start[i] + length[i]; q++) outside[list[q]] = tag
        let before = i
        for (let j = nextInBucket[i]; j >= 0; j = nextInBucket[j]) {
          if (!same(i, j)) {
            before = j
            continue
          }
          size[i] += size[j]
          size[j] = 0
          start[j] = -1
          join(i, j)
          nextInBucket[before] = nextInBucket[j]
        }
      }
      bucket[key] = -1
    }
    tag++
  }

  return {
    size,
    degree,
    nextMember,
    insert,
    /** Eliminates a variable of smallest degree where `left` nodes are left; it, and others that go with it. */
    eliminate(left: number): number[] {
      while (head[smallest] < 0) smallest++
      const p = head[smallest]
      remove(p)
      const eliminated = [p]
      let rest = left - size[p]
      createElement(p)
      // Marks of the steps before must be smaller than this one's, and the sums must not overflow.
      if (tag > 2 ** 30) {
        outside.fill(0)
        tag = 1
      }
      measureOutside(p)
      for (let k = start[p]; k < start[p] + length[p]; k++) {
        const i = list[k]
        const d = prune(i, p)
        if (d === 0) {
          // No neighbours but Lp: i may be eliminated along with p.
          eliminated.push(i)
          degree[p] += size[i]
          rest += size[i]
          size[i] = 0
          start[i] = -1
          continue
        }
        degree[i] = Math.min(degree[i], d)
        nextInBucket[i] = bucket[checksum[i]]
        bucket[checksum[i]] = i
      }
      tag += n + 1
      joinIndistinguishable(p)
      let to = start[p]
      for (let k = start[p]; k < start[p] + length[p]; k++) {
        const i = list[k]
        if (size[i] === 0) continue
        size[i] = -size[i]
        degree[i] = Math.min(rest - size[i], degree[i] + degree[p] - size[i])
        insert(i)
        list[to++] = i
      }
      length[p] = to - start[p]
      if (length[p] === 0) start[p] = -1
      free = to
      size[p] = 0
      return eliminated
    },
  }
}
