/** Where a program's time goes, by node: `NEURODE_PROFILE=1`, or `compile(…, { profile: true })`. */

import type { Stopwatch } from './emit/stopwatch.ts'
import { shapeText } from './primitives/shapes.ts'

export interface ProfileRow {
  readonly entry: string
  /** The node, with its shape, or how many numbers were computed one after the other. */
  readonly what: string
  /** Where the user's code made it. */
  readonly origin?: string
  /** Runs of the entry. */
  readonly runs: number
  /** Of all runs together. */
  readonly milliseconds: number
}

export const isProfileRequested = (): boolean => globalThis.process?.env?.NEURODE_PROFILE === '1'

/** @param totals what the stopwatch wrote */
export function profileRows(entry: string, { spans }: Stopwatch, totals: Float64Array): ProfileRow[] {
  return spans.map(({ nodes }, i) => {
    const [{ primitive, shape, origin }] = nodes
    const what = nodes.length > 1 ? `${nodes.length} numbers` : `${primitive} ${shapeText(shape)}`
    return { entry, what, origin, runs: totals[1], milliseconds: totals[2 + i] }
  })
}

const shownRows = 30

/** The rows that take longest, and their sum; nothing where nothing ran. */
export function profileTable(rows: readonly ProfileRow[]): string {
  const run = rows.filter(({ runs }) => runs > 0).sort((a, b) => b.milliseconds - a.milliseconds)
  if (run.length === 0) return ''
  const total = sum(run)
  const line = (milliseconds: number, runs: number | undefined, text: string) => {
    const each = runs === undefined ? '' : ((1000 * milliseconds) / runs).toFixed(2)
    const share = ((100 * milliseconds) / total).toFixed(1)
    return `${milliseconds.toFixed(2).padStart(10)} ${share.padStart(6)} ${each.padStart(10)}  ${text}`
  }
  const rest = run.slice(shownRows)
  return [
    `${'ms'.padStart(10)} ${'%'.padStart(6)} ${'µs a run'.padStart(10)}`,
    ...run
      .slice(0, shownRows)
      .map(({ entry, what, origin = '', runs, milliseconds }) =>
        line(milliseconds, runs, `${entry}  ${what}  ${origin}`.trimEnd()),
      ),
    ...(rest.length > 0 ? [line(sum(rest), undefined, `${rest.length} more`)] : []),
    line(total, undefined, 'all'),
    '',
  ].join('\n')
}

const sum = (rows: readonly ProfileRow[]): number =>
  rows.reduce((total, { milliseconds }) => total + milliseconds, 0)

const atExit: (() => readonly ProfileRow[])[] = []

/** When the process ends, one table of all programs given here is printed on stderr. */
export function printProfileAtExit(profile: () => readonly ProfileRow[]): void {
  atExit.push(profile)
  if (atExit.length > 1) return
  globalThis.process?.once('exit', () => {
    process.stderr.write(profileTable(atExit.flatMap(rows => rows())))
  })
}
