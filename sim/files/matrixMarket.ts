import type { CsrMatrix } from '../../solvers/linear/csr.ts'
import { csrFromTriplets, type Triplet } from '../../solvers/linear/csr.ts'
import type { DenseMatrix } from '../../solvers/linear/direct/matrixForm.ts'
import { FileError } from './fileError.ts'

/**
 * Matrix Market files (Boisvert, Pozo & Remington, NISTIR 5935, 1996): `coordinate` files are sparse matrices, `array` files
 * dense ones; numbers are real, integer or (1 for each entry) pattern; general, symmetric or skew-symmetric, of which the lower
 * triangle is stored. Complex and hermitian files are not read.
 */

export type Symmetry = 'general' | 'symmetric' | 'skew-symmetric'

export interface MatrixMarketFile {
  /** The whole matrix, both triangles: CSR of a `coordinate` file, dense of an `array` file. */
  readonly matrix: CsrMatrix | DenseMatrix
  readonly symmetry: Symmetry
  readonly field: 'real' | 'integer' | 'pattern'
  /** Lines of comment, without their %. */
  readonly comments: readonly string[]
}

/**
 * The matrix in a Matrix Market file.
 * @param place the file's name, for messages
 * @throws FileError with the line where the file is none, is damaged, or is of a kind that is not read
 */
export function readMatrixMarket(text: string, place: string): MatrixMarketFile {
  const lines = text.split('\n')
  const fail = (line: number, reason: string): never => {
    throw new FileError(`${place}:${line}`, reason)
  }
  const { format, field, symmetry } = readBanner(lines[0] ?? '', fail)
  const comments: string[] = []
  let at = 1
  const next = (): string[] | null => {
    for (; at < lines.length; ) {
      const line = lines[at++].trim()
      if (line.startsWith('%')) comments.push(line.slice(1).trim())
      else if (line !== '') return line.split(/\s+/)
    }
    return null
  }
  const wholeNumber = (word: string, what: string): number =>
    /^\d+$/.test(word) && Number.isSafeInteger(Number(word))
      ? Number(word)
      : fail(at, `${what} is a whole number, not '${word}'`)
  const number = (word: string): number => {
    const value = Number(word.replace(/[dD]/, 'e'))
    if (word === '' || Number.isNaN(value)) fail(at, `a number was expected, not '${word}'`)
    if (field === 'integer' && !Number.isInteger(value)) fail(at, `an integer was expected, not '${word}'`)
    return value
  }
  const words = (count: number, what: string): string[] => {
    const found = next()
    if (!found) return fail(lines.length, `the file ends before ${what}`)
    return found.length === count
      ? found
      : fail(at, `${what} has ${count} ${count > 1 ? 'words' : 'word'}, not ${found.length}`)
  }
  const sizes = words(format === 'coordinate' ? 3 : 2, 'the line of sizes')
  const [rows, columns, entries] = sizes.map((word, k) =>
    wholeNumber(word, ['rows', 'columns', 'entries'][k]),
  )
  if (symmetry !== 'general' && rows !== columns)
    fail(at, `a ${symmetry} matrix is square, not ${rows}×${columns}`)
  const mirror = symmetry === 'skew-symmetric' ? -1 : 1

  const coordinates = (): CsrMatrix => {
    const triplets: Triplet[] = []
    const seen = new Set<number>()
    for (let k = 0; k < entries; k++) {
      const found = words(field === 'pattern' ? 2 : 3, `entry ${k + 1} of ${entries}`)
      const [i, j] = [wholeNumber(found[0], 'a row'), wholeNumber(found[1], 'a column')]
      if (i < 1 || i > rows || j < 1 || j > columns)
        fail(at, `entry (${i}, ${j}) lies outside of a ${rows}×${columns} matrix, counted from 1`)
      if (symmetry !== 'general' && (j > i || (j === i && mirror < 0))) {
        fail(
          at,
          `entry (${i}, ${j}) lies ${j > i ? 'above' : 'on'} the diagonal; a ${symmetry} file stores what is below`,
        )
      }
      const place = (i - 1) * columns + j - 1
      if (seen.has(place)) fail(at, `entry (${i}, ${j}) is there twice`)
      seen.add(place)
      const value = field === 'pattern' ? 1 : number(found[2])
      triplets.push([i - 1, j - 1, value])
      if (symmetry !== 'general' && i !== j) triplets.push([j - 1, i - 1, mirror * value])
    }
    return csrFromTriplets(rows, columns, triplets)
  }

  const array = (): DenseMatrix => {
    const values = new Float64Array(rows * columns)
    // Column by column; of a symmetric matrix what is on and below the diagonal, of a skew-symmetric one below it.
    for (let j = 0; j < columns; j++) {
      const first = symmetry === 'general' ? 0 : mirror < 0 ? j + 1 : j
      for (let i = first; i < rows; i++) {
        const value = number(words(1, `entry (${i + 1}, ${j + 1})`)[0])
        values[i * columns + j] = value
        if (symmetry !== 'general' && i !== j) values[j * columns + i] = mirror * value
      }
    }
    return { rows, columns, values }
  }

  const matrix = format === 'coordinate' ? coordinates() : array()
  if (next()) fail(at, `the matrix was complete: '${lines[at - 1].trim()}' is one line too many`)
  return { matrix, symmetry, field, comments }
}

function readBanner(line: string, fail: (line: number, reason: string) => never) {
  const [magic, object, format, field, symmetry] = line.trim().split(/\s+/)
  if (magic !== '%%MatrixMarket')
    fail(1, "this is no Matrix Market file: it does not begin with '%%MatrixMarket'")
  const oneOf = <Word extends string>(
    word: string | undefined,
    known: readonly Word[],
    what: string,
  ): Word => {
    const found = known.find(name => name === word?.toLowerCase())
    return found ?? fail(1, `${what} '${word ?? ''}' is not read, only ${known.join(', ')}`)
  }
  oneOf(object, ['matrix'], 'the object')
  const header = {
    format: oneOf(format, ['coordinate', 'array'], 'the format'),
    field: oneOf(field, ['real', 'double', 'integer', 'pattern'], 'the field'),
    symmetry: oneOf(symmetry, ['general', 'symmetric', 'skew-symmetric'], 'the symmetry'),
  }
  if (header.format === 'array' && header.field === 'pattern')
    fail(1, 'an array file holds numbers, not a pattern')
  return { ...header, field: header.field === 'double' ? ('real' as const) : header.field }
}

export interface WriteOptions {
  /** Of a symmetric or skew-symmetric matrix the lower triangle is written. Default 'general'. */
  readonly symmetry?: Symmetry
  readonly comments?: readonly string[]
}

/**
 * The text of a Matrix Market file: `coordinate` for a CSR matrix, `array` for a dense one. Numbers are written so that they
 * read back to the last bit.
 *
 * @throws RangeError where the matrix does not have the symmetry
 */
export function writeMatrixMarket(matrix: CsrMatrix | DenseMatrix, options: WriteOptions = {}): string {
  const { symmetry = 'general', comments = [] } = options
  const { rows, columns, values } = matrix
  const isSparse = 'rowPointers' in matrix
  const format = isSparse ? 'coordinate' : 'array'
  const head = [
    `%%MatrixMarket matrix ${format} real ${symmetry}`,
    ...comments.map(comment => `% ${comment}`),
  ]
  if (symmetry !== 'general') checkSymmetry(matrix, symmetry)
  const isStored = (i: number, j: number) =>
    symmetry === 'general' || (symmetry === 'symmetric' ? j <= i : j < i)
  const body: string[] = []
  if (isSparse) {
    for (let i = 0; i < rows; i++) {
      for (let p = matrix.rowPointers[i]; p < matrix.rowPointers[i + 1]; p++) {
        const j = matrix.columnIndices[p]
        if (isStored(i, j)) body.push(`${i + 1} ${j + 1} ${text(values[p])}`)
      }
    }
    return [...head, `${rows} ${columns} ${body.length}`, ...body, ''].join('\n')
  }
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) if (isStored(i, j)) body.push(text(values[i * columns + j]))
  }
  return [...head, `${rows} ${columns}`, ...body, ''].join('\n')
}

/** The shortest digits that read back to the same bits; −0 keeps its sign. */
const text = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

function checkSymmetry(matrix: CsrMatrix | DenseMatrix, symmetry: Symmetry): void {
  const entries = new Map<number, number>()
  const { rows, columns, values } = matrix
  if ('rowPointers' in matrix) {
    for (let i = 0; i < rows; i++) {
      for (let p = matrix.rowPointers[i]; p < matrix.rowPointers[i + 1]; p++)
        entries.set(i * columns + matrix.columnIndices[p], values[p])
    }
  } else for (const [place, value] of values.entries()) entries.set(place, value)
  const sign = symmetry === 'symmetric' ? 1 : -1
  for (const [place, value] of entries) {
    const [i, j] = [Math.floor(place / columns), place % columns]
    const mirror = rows === columns ? entries.get(j * columns + i) : undefined
    // A pattern without the mirror would come back with it.
    if (mirror === undefined || (mirror !== sign * value && !(Number.isNaN(mirror) && Number.isNaN(value)))) {
      throw new RangeError(
        `writeMatrixMarket: entry (${i + 1}, ${j + 1}) is ${value}, its mirror ${mirror ?? 'not there'}: the matrix is not ${symmetry}`,
      )
    }
  }
}
