import { FileError } from '../files/fileError.ts'
import type { Series } from '../training/windows.ts'
import { columnIndex, type Table } from './table.ts'

/** Which columns of a table are what; a column is a name or a number from 1. */
export interface Columns {
  readonly time: string | number
  /** Rows with different numbers here are different trajectories. */
  readonly trial?: string | number
  /** Observed value → column, in the order of the observation. */
  readonly values: Readonly<Record<string, string | number>>
}

/**
 * The table as one series per trial, in the order of their appearance.
 * @throws FileError where times do not increase, or are missing.
 */
export function seriesOf(table: Table, columns: Columns, place: string): Series[] {
  const time = columnIndex(table, columns.time, place)
  const trial = columns.trial === undefined ? -1 : columnIndex(table, columns.trial, place)
  const indices = Object.values(columns.values).map(column => columnIndex(table, column, place))
  const byTrial = new Map<number, number[]>()
  table.rows.forEach((row, k) => {
    const key = trial < 0 ? 0 : row[trial]
    if (!byTrial.has(key)) byTrial.set(key, [])
    byTrial.get(key)!.push(k)
  })
  return [...byTrial.values()].map(rows => {
    const t = Float64Array.from(rows, k => table.rows[k][time])
    t.forEach((value, i) => {
      const at = `${place}:${table.lines[rows[i]]}`
      if (Number.isNaN(value)) throw new FileError(at, 'the time is missing')
      if (i > 0 && !(value > t[i - 1])) {
        throw new FileError(
          at,
          `the time ${value} does not come after ${t[i - 1]}: sort the rows, or name the trial column`,
        )
      }
    })
    const values = Float64Array.from(rows.flatMap(k => indices.map(column => table.rows[k][column])))
    return { t, values }
  })
}

/** Series for training, for validation and for the final test. */
export interface DataSplit {
  readonly train: readonly Series[]
  readonly validation: readonly Series[]
  readonly test: readonly Series[]
}

/**
 * Splits by fractions: whole series where there are at least as many as parts, otherwise each series in time, with the
 * test at its end. Counts are rounded down; the test takes what is left.
 */
export function splitSeries(
  series: readonly Series[],
  [train, validation]: readonly [train: number, validation: number, test: number],
  width: number,
): DataSplit {
  if (series.length >= 3) {
    const first = Math.max(1, Math.floor(series.length * train + 1e-9))
    const second = first + Math.floor(series.length * validation + 1e-9)
    return {
      train: series.slice(0, first),
      validation: series.slice(first, second),
      test: series.slice(second),
    }
  }
  const piece = ({ t, values }: Series, from: number, to: number): Series => ({
    t: t.slice(from, to),
    values: values.slice(from * width, to * width),
  })
  const cuts = series.map(s => {
    const first = Math.floor(s.t.length * train + 1e-9)
    return [first, first + Math.floor(s.t.length * validation + 1e-9), s.t.length] as const
  })
  const nonEmpty = (pieces: Series[]) => pieces.filter(({ t }) => t.length > 1)
  return {
    train: nonEmpty(series.map((s, k) => piece(s, 0, cuts[k][0]))),
    validation: nonEmpty(series.map((s, k) => piece(s, cuts[k][0], cuts[k][1]))),
    test: nonEmpty(series.map((s, k) => piece(s, cuts[k][1], cuts[k][2]))),
  }
}
