import { stripVTControlCharacters } from 'node:util'
import pc from 'picocolors'

const visible = (text: string) => stripVTControlCharacters(text).length

/** Rows as aligned columns below a heading; columns of numbers are set to the right. */
export function tableText(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((title, c) => Math.max(visible(title), ...rows.map(row => visible(row[c]))))
  const numeric = heading.map((_, c) =>
    rows.every(row => /^[\s\d.+\-e×%–∞]*$/i.test(stripVTControlCharacters(row[c]))),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => {
        const gap = ' '.repeat(widths[c] - visible(cell))
        return numeric[c] ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd()
  return [pc.dim(line(heading)), ...rows.map(line)].join('\n')
}

/** Four significant digits, in the shorter notation. */
export function shortNumber(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return String(x)
  const size = Math.abs(x)
  return size >= 1e-3 && size < 1e5 ? String(Number(x.toPrecision(4))) : x.toExponential(2)
}

/** 1536 → '1.5 kB'. */
export function byteText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let [value, unit] = [bytes, 0]
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`
}

/** A description up to its first full stop, colon or semicolon outside of parentheses. */
export const firstClause = (about: string): string => /^(?:\([^)]*\)|[^.:;]|[.:;](?!\s|$))*/.exec(about)![0]
