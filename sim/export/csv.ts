import { type Column, csvText } from '../files/csv.ts'
import { FileError } from '../files/fileError.ts'
import type { Trajectory } from '../files/trajectory.ts'

/** More columns than this are no table that a person opens. */
const mostColumns = 4096

/**
 * A trajectory as a table: t, the components of y, then every series that has a row for each time; arrays of more than one
 * axis get a column for each entry (`point:p.x`, `mass_matrix.0.1`). Series on other times (measurements) are left out.
 *
 * @throws FileError where it would have thousands of columns
 */
export function trajectoryCsv({ t, y, names, series, meta }: Trajectory): string {
  const columns: Column[] = [
    { name: 't', values: t },
    ...names.map((name, i) => ({ name, values: column(y, i, names.length) })),
  ]
  for (const [name, { shape, data }] of Object.entries(series)) {
    if (shape[0] !== t.length || name.startsWith('mesh:')) continue
    if (series['truth:t'] && name.startsWith('truth:')) continue
    const width = data.length / t.length
    if (columns.length + width > mostColumns)
      throw new FileError(
        meta.name ?? 'trajectory',
        `${name} alone would take ${width} columns: write it as .npz`,
      )
    for (let i = 0; i < width; i++)
      columns.push({ name: name + entryName(i, shape.slice(1), name), values: column(data, i, width) })
  }
  return csvText(columns)
}

/** '' for a scalar, '.x' for a point, '.0.1' for a matrix: the index of entry i of an array. */
function entryName(i: number, shape: readonly number[], name: string): string {
  if (shape.length === 0) return ''
  if (/(^|:)point:/.test(name)) return `.${'xyz'[i]}`
  let rest = i
  return shape
    .toReversed()
    .map(extent => {
      const index = rest % extent
      rest = Math.floor(rest / extent)
      return `.${index}`
    })
    .reverse()
    .join('')
}

const column = (data: Float64Array, i: number, width: number): Float64Array =>
  Float64Array.from({ length: data.length / width }, (_, row) => data[row * width + i])
