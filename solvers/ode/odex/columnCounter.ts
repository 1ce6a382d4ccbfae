import { mostColumns } from './extrapolationTableau.ts'

/** Evaluations that are remembered: those of the last column, which has 4K − 2, and three more. */
const capacity = 4 * mostColumns + 1

/**
 * Counts the columns of odex' extrapolation table from the times at which it evaluates. An accepted step of K columns ends with
 *
 *     …, t + h  (the last of column K − 1),  4K − 3 times inside, t + h  (column K),  t + h  (f at the new state)
 */
export interface ColumnCounter {
  /** K of the step that was accepted last. */
  readonly count: number
  evaluated(time: number): void
  /** A step has ended at this time, exactly. */
  accepted(end: number): void
}

export function createColumnCounter(): ColumnCounter {
  const times = new Float64Array(capacity)
  let evaluations = 0
  let count = 0
  return {
    get count() {
      return count
    },
    evaluated(time) {
      times[evaluations++ % capacity] = time
    },
    accepted(end) {
      let inside = 0
      while (inside < capacity && times[(evaluations - 3 - inside + capacity) % capacity] !== end) inside++
      count = (inside + 3) / 4
    },
  }
}
