import type { Pattern } from './pattern.ts'
import type { Front, SymbolicFactor } from './supernodes.ts'

/**
 * The fronts as int32 words in memory, for the kernels. All distances are in bytes.
 *
 * header: fronts, where the records begin, entries of A, where their list begins, bytes of L, 8·n, where the permutation begins
 * record of a front: see `record`
 * child of a front: where its update matrix lies in U, its rows, how many of them are pivots of the parent, and where its
 *   maps begin: for each of its rows (padded to panels) the place of its column in the parent's panels, then that
 *   of its row in L, then that of its row in U
 * entry of A: 8·(its place in `values`), its place in L
 * permutation: 8·(row of A) for each step of the elimination
 *
 * L holds a front's columns by panels of 4 rows, column after column within a panel: first the panels of the pivots, then
 * those of the rows below, each part padded to whole panels. Thus 4 rows of a column are contiguous, and so are the numbers
 * of a panel in the order in which products read them. U holds update matrices, lower triangles by panels of 4 rows, panel b
 * with 4·(b + 1) columns.
 */
export interface FrontTables {
  readonly words: Int32Array
  /** Bytes of L, of U, and of the work space of a solve. */
  readonly factorBytes: number
  readonly updateBytes: number
  readonly workBytes: number
}

/** Bytes from a front's record to its fields, and its size. */
export const record = {
  width: 0,
  pivotPanels: 4,
  rowPanels: 8,
  factor: 12,
  update: 16,
  rows: 20,
  first: 24,
  children: 28,
  childCount: 32,
  bytes: 36,
} as const

export const childRecord = { update: 0, rows: 4, split: 8, maps: 12, bytes: 16 } as const
export const header = {
  fronts: 0,
  records: 4,
  entries: 8,
  entryList: 12,
  factorBytes: 16,
  solutionBytes: 20,
  permutation: 24,
  bytes: 28,
} as const

const panels = (rows: number): number => Math.ceil(rows / 4)
/** Bytes before panel b of an update matrix. */
const trianglePanel = (b: number): number => 64 * b * (b + 1)

export function frontTables(
  A: Pattern,
  { fronts, permutation, position, size }: SymbolicFactor,
): FrontTables {
  const children = childrenOf(fronts)
  const { factorAt, factorBytes } = factorPlaces(fronts)
  const { updateAt, updateBytes } = updatePlaces(fronts, children)
  const entries = lowerEntries(A)
  const childWords = fronts.reduce(
    (sum, { parent, rows }) => sum + (parent < 0 ? 0 : childRecord.bytes / 4 + 12 * panels(rows.length)),
    0,
  )
  const rowWords = fronts.reduce((sum, { rows }) => sum + 4 * panels(rows.length), 0)
  const words = new Int32Array(
    header.bytes / 4 + (fronts.length * record.bytes) / 4 + 2 * entries + size + childWords + rowWords,
  )
  let end = 0
  const put = (...values: number[]) => {
    for (const value of values) words[end++] = value
  }
  const recordsAt = header.bytes
  const entriesAt = recordsAt + fronts.length * record.bytes
  const permutationAt = entriesAt + 8 * entries
  put(fronts.length, recordsAt, entries, entriesAt, factorBytes, 8 * size, permutationAt)

  /** Where row `row` of front s begins, in its panels of L. */
  const factorRow = (s: number, place: number): number => {
    const { width } = fronts[s]
    const [panel, lane] =
      place < width ? [place >> 2, place & 3] : [panels(width) + ((place - width) >> 2), (place - width) & 3]
    return factorAt[s] + panel * 32 * width + 8 * lane
  }
  const updateRow = (s: number, row: number): number => updateAt[s] + trianglePanel(row >> 2) + 8 * (row & 3)

  end = entriesAt / 4
  writeEntries(A, position, fronts, factorRow, size, put)
  for (const row of permutation) put(8 * row)
  const recordWords = (s: number) => recordsAt / 4 + (s * record.bytes) / 4
  let work = 0
  fronts.forEach((front, s) => {
    const { first, width, rows } = front
    const rowPanels = panels(rows.length)
    work = Math.max(work, 32 * (panels(width) + rowPanels))
    const rowsAt = 4 * end
    for (let k = 0; k < 4 * rowPanels; k++) put(8 * (k < rows.length ? rows[k] : size))
    const maps = children[s].map(c => {
      const map = childMap(fronts[c].rows, front)
      const at = 4 * end
      for (const place of map.places) put(32 * (place < width ? place : place - width))
      for (const place of map.places) put(factorRow(s, place))
      for (const place of map.places) put(place < width ? 0 : updateRow(s, place - width))
      return { c, at, split: map.split }
    })
    const childrenAt = 4 * end
    for (const { c, at, split } of maps) put(updateAt[c], fronts[c].rows.length, split, at)
    const fields = [
      width,
      panels(width),
      rowPanels,
      factorAt[s],
      updateAt[s],
      rowsAt,
      8 * first,
      childrenAt,
      maps.length,
    ]
    fields.forEach((field, k) => {
      words[recordWords(s) + k] = field
    })
  })
  return { words, factorBytes, updateBytes, workBytes: work }
}

function childrenOf(fronts: readonly Front[]): number[][] {
  const children: number[][] = fronts.map(() => [])
  fronts.forEach(({ parent }, s) => {
    if (parent >= 0) children[parent].push(s)
  })
  return children
}

function factorPlaces(fronts: readonly Front[]) {
  let factorBytes = 0
  const factorAt = fronts.map(({ width, rows }) => {
    const at = factorBytes
    factorBytes += 32 * width * (panels(width) + panels(rows.length))
    return at
  })
  return { factorAt, factorBytes }
}

/**
 * Where each update matrix lies while it lives. In a postorder they live on a stack; by two stacks, for the even and the odd
 * levels of the tree, a front's matrix never lies over its children's.
 */
function updatePlaces(fronts: readonly Front[], children: readonly number[][]) {
  const depth = new Int32Array(fronts.length)
  for (let s = fronts.length - 1; s >= 0; s--) {
    depth[s] = fronts[s].parent < 0 ? 0 : depth[fronts[s].parent] + 1
  }
  const top = [0, 0]
  const most = [0, 0]
  const updateAt = fronts.map(({ rows }, s) => {
    const own = depth[s] & 1
    for (const c of children[s]) top[1 - own] -= trianglePanel(panels(fronts[c].rows.length))
    const at = top[own]
    top[own] += trianglePanel(panels(rows.length))
    most[own] = Math.max(most[own], top[own])
    return at
  })
  return {
    updateAt: updateAt.map((at, s) => at + (depth[s] & 1 ? most[0] : 0)),
    updateBytes: most[0] + most[1],
  }
}

/** The place of each row of a child, padded to whole panels by its last one, among the pivots and rows of its parent. */
function childMap(rows: Int32Array, parent: Front): { places: Int32Array; split: number } {
  const places = new Int32Array(4 * panels(rows.length))
  const end = parent.first + parent.width
  let split = 0
  let q = 0
  rows.forEach((row, k) => {
    if (row < end) {
      places[k] = row - parent.first
      split++
    } else {
      while (parent.rows[q] < row) q++
      places[k] = parent.width + q
    }
  })
  // What lies in the padding is zero: it is added where it does no harm.
  places.fill(places[rows.length - 1], rows.length)
  return { places, split }
}

function lowerEntries(A: Pattern): number {
  let count = 0
  forEachLower(A, () => count++)
  return count
}

function forEachLower(A: Pattern, visit: (i: number, j: number, p: number) => void): void {
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1] && A.columnIndices[p] <= i; p++) {
      visit(i, A.columnIndices[p], p)
    }
  }
}

/** The entries of A's lower triangle and where they go, in the order of A. */
function writeEntries(
  A: Pattern,
  position: Int32Array,
  fronts: readonly Front[],
  factorRow: (s: number, place: number) => number,
  size: number,
  put: (...values: number[]) => void,
): void {
  const frontOf = new Int32Array(size)
  fronts.forEach(({ first, width }, s) => {
    frontOf.fill(s, first, first + width)
  })
  forEachLower(A, (i, j, p) => {
    const row = Math.max(position[i], position[j])
    const column = Math.min(position[i], position[j])
    const s = frontOf[column]
    const { first, width, rows } = fronts[s]
    const place = row < first + width ? row - first : width + indexOf(rows, row)
    put(8 * p, factorRow(s, place) + 32 * (column - first))
  })
}

/** Where `value` is in an increasing list that holds it. */
function indexOf(list: Int32Array, value: number): number {
  let [low, high] = [0, list.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
