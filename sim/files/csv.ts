/** A column of a table, with its name. */
export interface Column {
  readonly name: string
  readonly values: ArrayLike<number>
}

/**
 * A table as comma-separated values (RFC 4180): a line of names, then a line for each row, in the shortest digits that
 * give the same float64 back. NaN is an empty cell.
 *
 * @throws RangeError where columns are of different lengths
 *
 * @example
 * csvText([{ name: 't', values: [0, 0.1] }, { name: 'x', values: [1, NaN] }])   // 't,x\r\n0,1\r\n0.1,\r\n'
 */
export function csvText(columns: readonly Column[]): string {
  const rows = columns[0]?.values.length ?? 0
  for (const { name, values } of columns)
    if (values.length !== rows)
      throw new RangeError(`column ${name} has ${values.length} rows, column ${columns[0].name} has ${rows}`)
  const lines = [columns.map(({ name }) => quoted(name)).join(',')]
  for (let i = 0; i < rows; i++)
    lines.push(columns.map(({ values }) => (Number.isNaN(values[i]) ? '' : String(values[i]))).join(','))
  return `${lines.join('\r\n')}\r\n`
}

/** A name that holds a comma, a quote or a line break is put in quotes. */
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
