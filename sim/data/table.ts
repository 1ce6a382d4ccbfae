import { FileError } from '../files/fileError.ts'

/** A table of numbers: rows of equal length, with the names that the header gave, if it had one. */
export interface Table {
  readonly names: readonly string[] | null
  readonly rows: readonly Float64Array[]
  /** Line number (from 1) of each row in the file. */
  readonly lines: readonly number[]
}

const missing = new Set(['', 'nan', 'NaN', 'NA', 'null', '-'])

/**
 * Reads comma-, semicolon- or whitespace-separated numbers. Lines that begin with % or # are comments; names come from a
 * first line of words, or from the last comment before the data if it has as many words as there are columns (or as many
 * as the last columns: `% o v` above `trial t o v`). Empty fields, NaN and NA are missing values, read as NaN.
 *
 * @throws FileError with the line and the text that is no number, or where rows differ in length.
 */
export function readTable(text: string, place: string): Table {
  const rows: Float64Array[] = []
  const lines: number[] = []
  let header: string[] | null = null
  let comment: string[] | null = null
  let separator: RegExp | null = null
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim()
    if (line === '') return
    if (line.startsWith('%') || line.startsWith('#')) {
      if (rows.length === 0)
        comment = line
          .slice(1)
          .trim()
          .split(/[\s,;]+/)
      return
    }
    separator ??= line.includes(',') ? /\s*,\s*/ : line.includes(';') ? /\s*;\s*/ : /\s+/
    const fields = line.split(separator)
    const at = `${place}:${index + 1}`
    if (rows.length === 0 && !header && fields.every(field => !isNumber(field))) {
      header = fields.map(field => field.replace(/^"(.*)"$/, '$1'))
      return
    }
    const width = rows[0]?.length ?? header?.length ?? fields.length
    if (fields.length !== width) {
      throw new FileError(at, `${fields.length} fields where ${width} were expected`)
    }
    const row = new Float64Array(width)
    fields.forEach((field, column) => {
      if (!isNumber(field) && !missing.has(field)) {
        const name = header?.[column] ? ` (${header[column]})` : ''
        const noHeader = rows.length === 0 && !header ? ', and a header has words only' : ''
        throw new FileError(at, `'${field}' in column ${column + 1}${name} is not a number${noHeader}`)
      }
      row[column] = missing.has(field) ? Number.NaN : Number(field)
    })
    rows.push(row)
    lines.push(index + 1)
  })
  if (rows.length === 0) throw new FileError(place, 'the file holds no numbers')
  return { names: header ?? namesFromComment(comment, rows[0].length), rows, lines }
}

const isNumber = (field: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(field)

/** Names of all columns, or of the last ones; the columns before them are nameless. */
function namesFromComment(words: string[] | null, width: number): string[] | null {
  if (!words || words.length > width || words.some(word => word === '' || isNumber(word))) return null
  return [...new Array<string>(width - words.length).fill(''), ...words]
}

/**
 * The index of a column given by name, or by its number from 1.
 * @throws FileError that lists the columns
 */
export function columnIndex(table: Table, column: string | number, place: string): number {
  const width = table.rows[0].length
  const index = typeof column === 'number' ? column - 1 : (table.names?.indexOf(column) ?? -1)
  if (Number.isInteger(index) && index >= 0 && index < width) return index
  const names = table.names?.filter(name => name !== '') ?? []
  const known = names.length > 0 ? `the named columns are ${names.join(', ')}; ` : ''
  throw new FileError(place, `there is no column ${column}: ${known}columns are numbered 1 to ${width}`)
}
