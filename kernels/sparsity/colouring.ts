import { type SparsityPattern, transposedPattern } from './pattern.ts'

/** Columns of one colour have no row in common, so that one product with their sum gives all of their entries. */
export interface Colouring {
  /** How many colours. */
  readonly count: number
  /** The colour of each column: 0 … count − 1. */
  readonly colours: Int32Array
}

/**
 * Colours the columns, each with the smallest colour that no column which it meets in a row has (Curtis, Powell, Reid,
 * J. Inst. Maths Applics 13, 1974): in the order of their numbers, and in the smallest-last order (Coleman, Moré, SIAM J.
 * Numer. Anal. 20, 1983); the better of both. A band of width b gets b colours, whatever its length.
 */
export function colourColumns(pattern: SparsityPattern): Colouring {
  const neighbours = columnNeighbours(pattern)
  const natural = greedy(neighbours, Int32Array.from(neighbours.keys()))
  const { rowPointers } = pattern
  // The columns of one row all differ.
  let least = Math.min(1, pattern.columns)
  for (let i = 0; i < pattern.rows; i++) least = Math.max(least, rowPointers[i + 1] - rowPointers[i])
  if (natural.count === least) return natural
  const smallestLast = greedy(neighbours, smallestLastOrder(neighbours))
  return smallestLast.count < natural.count ? smallestLast : natural
}

/** For each column those that it meets in a row. */
function columnNeighbours(pattern: SparsityPattern): Int32Array[] {
  const { columns, rowPointers, columnIndices } = pattern
  const transposed = transposedPattern(pattern)
  const seenBy = new Int32Array(columns).fill(-1)
  return Array.from({ length: columns }, (_, j) => {
    const met: number[] = []
    seenBy[j] = j
    for (let q = transposed.rowPointers[j]; q < transposed.rowPointers[j + 1]; q++) {
      const i = transposed.columnIndices[q]
      for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) {
        const other = columnIndices[p]
        if (seenBy[other] === j) continue
        seenBy[other] = j
        met.push(other)
      }
    }
    return Int32Array.from(met)
  })
}

function greedy(neighbours: readonly Int32Array[], order: Int32Array): Colouring {
  const colours = new Int32Array(neighbours.length).fill(-1)
  const takenFor = new Int32Array(neighbours.length + 1).fill(-1)
  let count = 0
  for (const j of order) {
    for (const other of neighbours[j]) if (colours[other] >= 0) takenFor[colours[other]] = j
    let colour = 0
    while (takenFor[colour] === j) colour++
    colours[j] = colour
    count = Math.max(count, colour + 1)
  }
  return { count, colours }
}

/** From the end: the column with the fewest neighbours among those not yet placed. */
function smallestLastOrder(neighbours: readonly Int32Array[]): Int32Array {
  const n = neighbours.length
  const degrees = Int32Array.from(neighbours, list => list.length)
  const buckets: number[][] = []
  for (let j = 0; j < n; j++) {
    buckets[degrees[j]] ??= []
    buckets[degrees[j]].push(j)
  }
  const order = new Int32Array(n)
  const placed = new Uint8Array(n)
  let degree = 0
  for (let end = n - 1; end >= 0; ) {
    const j = buckets[degree]?.pop()
    if (j === undefined) {
      degree++
      continue
    }
    // A column is in the bucket of each degree that it once had.
    if (placed[j] || degrees[j] !== degree) continue
    placed[j] = 1
    order[end--] = j
    for (const other of neighbours[j]) {
      if (placed[other]) continue
      const lower = --degrees[other]
      buckets[lower] ??= []
      buckets[lower].push(other)
      degree = Math.min(degree, lower)
    }
  }
  return order
}
