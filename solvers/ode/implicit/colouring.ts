import type { SparsityPattern } from '../vectorField.ts'

/** Columns in groups: two of a group have no row in common, so that one product tells them all apart. */
export interface Colouring {
  readonly colours: number
  /** The group of each column. */
  readonly colour: Int32Array
}

/** Greedy colouring of the columns in their order (Curtis, Powell & Reid, *J. Inst. Maths Applics* 13 (1974) 117–119). */
export function colourColumns(n: number, { rowStart, columns }: SparsityPattern): Colouring {
  const rowsOf: number[][] = Array.from({ length: n }, () => [])
  for (let i = 0; i < n; i++)
    for (let at = rowStart[i]; at < rowStart[i + 1]; at++) rowsOf[columns[at]].push(i)
  const colour = new Int32Array(n).fill(-1)
  const takenBy = new Int32Array(n + 1).fill(-1)
  let colours = 0
  for (let j = 0; j < n; j++) {
    for (const i of rowsOf[j])
      for (let at = rowStart[i]; at < rowStart[i + 1]; at++)
        if (colour[columns[at]] >= 0) takenBy[colour[columns[at]]] = j
    let free = 0
    while (takenBy[free] === j) free++
    colour[j] = free
    colours = Math.max(colours, free + 1)
  }
  return { colours, colour }
}

/** The pattern of all entries. */
export const fullPattern = (n: number): SparsityPattern => ({
  rowStart: Int32Array.from({ length: n + 1 }, (_, i) => i * n),
  columns: Int32Array.from({ length: n * n }, (_, at) => at % n),
})

/** The pattern of the nonzeros of a row-major n×n matrix. */
export function patternOf(n: number, matrix: Float64Array): SparsityPattern {
  const rowStart = new Int32Array(n + 1)
  const columns: number[] = []
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (matrix[i * n + j] !== 0) columns.push(j)
    rowStart[i + 1] = columns.length
  }
  return { rowStart, columns: Int32Array.from(columns) }
}
