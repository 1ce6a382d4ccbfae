/** What a row of docs/results.md is made of, and how it is printed. */

/** A model trained with three seeds, beside the published number. */
export interface Result {
  readonly task: string
  readonly model: string
  readonly published?: number
  /** By seed. */
  readonly values: readonly number[]
  /** What the true model would reach on these data. */
  readonly floor?: number
  /** How many numbers are learned. */
  readonly parameters?: number
  /** Mean wall time of one training run. */
  readonly seconds?: number
}

export const seeds = [1, 2, 3]

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const short = (x: number | undefined): string =>
  x === undefined ? '' : x >= 0.1 && x < 1000 ? x.toPrecision(3) : x.toExponential(2)
const row = (...cells: string[]): void => console.log(`| ${cells.join(' | ')} |`)

/** @param what the error that is compared */
export function printTable(what: string, results: readonly Result[]): void {
  const columns = [
    'published',
    ...seeds.map(seed => `seed ${seed}`),
    'mean',
    'floor',
    'parameters',
    'training',
  ]
  row(what, 'model', ...columns)
  row('---', '---', ...columns.map(() => '--:'))
  for (const { task, model, published, values, floor, parameters, seconds } of results) {
    const runs = seeds.map((_, k) => short(values[k]))
    const time = seconds === undefined ? '' : `${seconds.toPrecision(2)} s`
    row(
      task,
      model,
      short(published),
      ...runs,
      short(mean(values)),
      short(floor),
      String(parameters ?? ''),
      time,
    )
  }
}
