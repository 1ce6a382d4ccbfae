import pc from 'picocolors'
import type { Verdict } from '../evaluate.ts'
import { shortNumber, tableText } from './printTable.ts'

/** Criteria with their values, met or not. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ metric, value, below, above, met }) => [
    metric,
    shortNumber(value),
    [below === undefined ? '' : `below ${below}`, above === undefined ? '' : `above ${above}`]
      .filter(Boolean)
      .join(', '),
    met ? pc.green('met') : pc.red('not met'),
  ])
  return tableText(['criterion', 'value', 'wanted', ''], rows)
}
