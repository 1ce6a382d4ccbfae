import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MetricsLine } from '../run/checkpoint.ts'

export type { MetricsLine }

/** The epochs of the first run among some files and folders: a folder with a checkpoint, or the one that a file lies in. */
export function metricsOf(paths: readonly string[]): MetricsLine[] {
  for (const path of paths) {
    const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path)
    try {
      return readFileSync(join(folder, 'checkpoint', 'metrics.jsonl'), 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as MetricsLine)
    } catch {
      // No run, or one that is being written this very moment: there are no curves to show.
    }
  }
  return []
}
