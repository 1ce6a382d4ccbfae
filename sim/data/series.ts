import { FileError } from '../files/fileError.ts'
import type { Series } from '../training/windows.ts'
import { columnIndex, type Table } from './table.ts'

/** Which columns of a table are what; a column is a name or a number from 1. */
export interface Columns {
  readonly time: string | number
  /** Rows with different numbers here are different trajectories. */
  readonly trial?: string | number
  /** Which trials to take; by default all. */
  readonly trials?: readonly number[]
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
    if (trial >= 0 && columns.trials && !columns.trials.includes(key)) return
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
 * Splits by fractions of the whole, or by counts where they add up to more than 1: whole series where there are at least
 * three, otherwise the samples of each series in time, with the test at its end. Fractions are rounded down; the test
 * takes what is left.
 *
 * @param place the scene, for messages
 * @throws FileError where there are fewer items than counts ask for, or nothing to train on
 */
export function splitSeries(
  series: readonly Series[],
  [train, validation, test]: readonly [train: number, validation: number, test: number],
  width: number,
  place: string,
): DataSplit {
  const counts = train + validation + test > 1 + 1e-9
  /** Where the parts of `total` items end. */
  const ends = (total: number, items: string): [number, number, number] => {
    const wanted = train + validation + test
    if (counts && wanted > total)
      throw new FileError(place, `data.split takes ${wanted} ${items}, but there are ${total}`)
    const share = (part: number) => (counts ? part : Math.floor(total * part + 1e-9))
    const first = share(train)
    const second = first + share(validation)
    return [first, second, counts ? second + test : total]
  }
  if (series.length >= 3) {
    const [first, second, third] = ends(series.length, 'trajectories')
    return trainable(
      {
        train: series.slice(0, first),
        validation: series.slice(first, second),
        test: series.slice(second, third),
      },
      place,
    )
  }
  const piece = ({ t, values }: Series, from: number, to: number): Series => ({
    t: t.slice(from, to),
    values: values.slice(from * width, to * width),
  })
  const parts = series.map(s => {
    const [first, second, third] = ends(s.t.length, 'samples')
    return [piece(s, 0, first), piece(s, first, second), piece(s, second, third)]
  })
  const part = (k: number) => parts.map(pieces => pieces[k]).filter(({ t }) => t.length > 1)
  return trainable({ train: part(0), validation: part(1), test: part(2) }, place)
}

/** The split, if its training part holds something to learn from. */
function trainable(split: DataSplit, place: string): DataSplit {
  if (!split.train.some(({ t }) => t.length > 1))
    throw new FileError(place, 'the training part of data.split has fewer than two samples of a trajectory')
  if (split.train.every(({ values }) => values.every(Number.isNaN)))
    throw new FileError(place, 'every observed value of the training data is missing')
  return split
}
