/** Matrices that are known a row at a time, so that n may be 1e12; and right-hand sides likewise. */

import type { CsrMatrix } from '../csr.ts'
import { gamma } from '../rounding.ts'

/** One row: the columns of its entries, each once, in any order, and their values. */
export interface SparseRow {
  readonly columns: ArrayLike<number>
  readonly values: ArrayLike<number>
}

/** A square matrix, row-dominant by δ: |a_ii| − Σ_{j≠i}|a_ij| ≥ δ > 0 in every row. */
export interface RowOracle {
  /** n, up to 2⁵³. */
  readonly size: number
  /** Row i, 0 ≤ i < n. Its arrays may be written anew by the next call. */
  row(i: number): SparseRow
  /**
   * δ. It must hold in rows that are never asked for, so it comes from how the matrix was made (a_ii = δ + Σ|a_ij| + …), or
   * from one look at every row (`csrOracle`). Rows that are asked for are checked.
   */
  readonly dominance: number
  /** Entries that a row has at most. */
  readonly maximumRowLength: number
}

/** A right-hand side, an entry at a time. */
export interface RightSide {
  at(i: number): number
  /** ‖b‖∞, or more. */
  readonly maximum: number
}

/** A sparse vector: (index, value) pairs, each index once. */
export type SparseVector = ReadonlyMap<number, number>

/**
 * A matrix declared not to be dominant, or one that is not as dominant as declared.
 *
 * Thrown, since every bound that was computed with the declared δ is void.
 */
export class NotDominantError extends Error {
  override readonly name = 'NotDominantError'
  readonly row: number
  readonly dominance: number

  constructor(row: number, dominance: number, declared: number) {
    super(
      `row ${row} has |a_ii| − Σ|a_ij| = ${dominance}, but ${declared > 0 ? `δ = ${declared} was declared` : 'it must be positive'}: ` +
        'local solves and their bounds need row dominance. Use a global solve, with the bounds for H-matrices or for A ⪰ αI',
    )
    this.row = row
    this.dominance = dominance
  }
}

/** |a_ii| − Σ_{j≠i}|a_ij| of row i: what it is at least, and at most, whatever the rounding. */
export function rowDominance(
  i: number,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
): { readonly least: number; readonly most: number } {
  let sum = 0
  let diagonal = 0
  for (let p = 0; p < columns.length; p++) {
    if (columns[p] === i) diagonal += Math.abs(values[p])
    else sum += Math.abs(values[p])
  }
  const rounding = gamma(columns.length + 1) * (diagonal + sum)
  return { least: diagonal - sum - rounding, most: diagonal - sum + rounding }
}

/** @throws NotDominantError where a row cannot be as dominant as its oracle declares */
export function checkRow({ dominance }: RowOracle, i: number, { columns, values }: SparseRow): void {
  const { most } = rowDominance(i, columns, values)
  if (!(most >= dominance)) throw new NotDominantError(i, most, dominance)
}

/**
 * A stored matrix as an oracle: δ is the least over its rows, found by looking at each once.
 * @throws NotDominantError where a row is not dominant
 */
export function csrOracle(A: CsrMatrix): RowOracle {
  const { rowPointers, columnIndices, values } = A
  const row = (i: number): SparseRow => ({
    columns: columnIndices.subarray(rowPointers[i], rowPointers[i + 1]),
    values: values.subarray(rowPointers[i], rowPointers[i + 1]),
  })
  let dominance = Number.POSITIVE_INFINITY
  let maximumRowLength = 0
  for (let i = 0; i < A.rows; i++) {
    const { columns, values } = row(i)
    const { least } = rowDominance(i, columns, values)
    if (!(least > 0)) throw new NotDominantError(i, least, 0)
    dominance = Math.min(dominance, least)
    maximumRowLength = Math.max(maximumRowLength, columns.length)
  }
  return { size: A.rows, row, dominance, maximumRowLength }
}

export function denseRightSide(b: Float64Array): RightSide {
  return { at: i => b[i], maximum: b.reduce((m, value) => Math.max(m, Math.abs(value)), 0) }
}

export function sparseRightSide(b: SparseVector): RightSide {
  let maximum = 0
  for (const value of b.values()) maximum = Math.max(maximum, Math.abs(value))
  return { at: i => b.get(i) ?? 0, maximum }
}
