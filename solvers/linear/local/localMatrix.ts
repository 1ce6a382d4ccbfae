import { checkRow, type RowOracle } from './rowOracle.ts'

/**
 * The part of a huge matrix that a local solve has met. Unknowns are numbered 0, 1, … in the order in which they were met;
 * each row is asked for once and kept, with its columns renumbered.
 */
export interface LocalMatrix {
  readonly oracle: RowOracle
  /** How many unknowns have been met. */
  count(): number
  /** How many rows have been asked for. */
  rowAccesses(): number
  /** The number of unknown `index` of the whole matrix; a new one where it was not met before. */
  numberOf(index: number): number
  /** The inverse of numberOf. */
  indexOf(number: number): number
  /** Row `number`, asking for it where it is not here yet: its columns, renumbered. */
  columns(number: number): Int32Array
  /** The values that belong to `columns`. */
  values(number: number): Float64Array
  /** a_ii of row `number`, which is here. */
  diagonal(number: number): number
}

/** @throws RangeError where the oracle declares no δ > 0; by its methods NotDominantError where a row contradicts δ */
export function localMatrix(oracle: RowOracle): LocalMatrix {
  if (!(oracle.dominance > 0)) {
    throw new RangeError(`local solves need a matrix that is row-dominant by δ > 0, not ${oracle.dominance}`)
  }
  const numbers = new Map<number, number>()
  const indices: number[] = []
  const columns: (Int32Array | undefined)[] = []
  const values: Float64Array[] = []
  const diagonals: number[] = []
  let accesses = 0

  function numberOf(index: number): number {
    const known = numbers.get(index)
    if (known !== undefined) return known
    if (!(Number.isInteger(index) && index >= 0 && index < oracle.size)) {
      throw new RangeError(`index ${index} lies outside of a matrix of ${oracle.size} unknowns`)
    }
    numbers.set(index, indices.length)
    indices.push(index)
    return indices.length - 1
  }

  function fetch(number: number): Int32Array {
    const index = indices[number]
    const row = oracle.row(index)
    accesses++
    checkRow(oracle, index, row)
    const own = Float64Array.from(row.values)
    const renumbered = Int32Array.from(row.columns, numberOf)
    columns[number] = renumbered
    values[number] = own
    diagonals[number] = own[renumbered.indexOf(number)]
    return renumbered
  }

  return {
    oracle,
    count: () => indices.length,
    rowAccesses: () => accesses,
    numberOf,
    indexOf: number => indices[number],
    columns: number => columns[number] ?? fetch(number),
    values(number) {
      if (!columns[number]) fetch(number)
      return values[number]
    },
    diagonal: number => diagonals[number],
  }
}
