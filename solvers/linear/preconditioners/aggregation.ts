import type { CsrMatrix } from '../csr.ts'

/**
 * Groups the unknowns with their strong neighbours, |a_ij| > θ·√|a_ii·a_jj| (Vaněk, Mandel & Brezina, Computing 56, 1996,
 * section 5.1): first whole neighbourhoods, then what is left joins its strongest neighbour's group, then the rest.
 * @returns the group of each unknown, −1 where it has no strong neighbour; and how many groups there are
 */
export function aggregate(
  A: CsrMatrix,
  diagonal: Float64Array,
  theta: number,
): { readonly groups: Int32Array; readonly count: number } {
  const { rows, rowPointers, columnIndices } = A
  const groups = new Int32Array(rows).fill(-1)
  const strong = (i: number, p: number) => isStrong(A, diagonal, theta, i, p)
  const free = 0
  const isolated = 1
  const state = new Uint8Array(rows).fill(isolated)
  for (let i = 0; i < rows; i++) {
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) if (strong(i, p)) state[i] = free
  }
  let count = 0

  for (let i = 0; i < rows; i++) {
    if (state[i] === isolated || groups[i] >= 0) continue
    let whole = true
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) {
      if (strong(i, p) && groups[columnIndices[p]] >= 0) whole = false
    }
    if (!whole) continue
    groups[i] = count
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++)
      if (strong(i, p)) groups[columnIndices[p]] = count
    count++
  }

  const joined = groups.slice()
  for (let i = 0; i < rows; i++) {
    if (state[i] === isolated || groups[i] >= 0) continue
    let largest = 0
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) {
      const size = Math.abs(A.values[p])
      if (strong(i, p) && groups[columnIndices[p]] >= 0 && size > largest) {
        largest = size
        joined[i] = groups[columnIndices[p]]
      }
    }
  }

  for (let i = 0; i < rows; i++) {
    if (state[i] === isolated || joined[i] >= 0) continue
    joined[i] = count
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) {
      const j = columnIndices[p]
      if (strong(i, p) && joined[j] < 0 && state[j] === free) joined[j] = count
    }
    count++
  }
  return { groups: joined, count }
}

/** Whether the entry at place p of row i is off the diagonal and strong. */
export function isStrong(A: CsrMatrix, diagonal: Float64Array, theta: number, i: number, p: number): boolean {
  const j = A.columnIndices[p]
  return j !== i && Math.abs(A.values[p]) > theta * Math.sqrt(Math.abs(diagonal[i] * diagonal[j]))
}
