import { conditionEstimate, factor, isFactored } from '../../solvers/linear/direct/index.ts'
import type { Rollout, Verdict } from '../evaluate.ts'
import type { ParameterEstimate } from '../parameterEstimates.ts'
import type { Scene } from '../scene/index.ts'
import { along } from '../simulate.ts'
import type { TrainedSystem } from '../train.ts'
import { version } from '../version.ts'
import { chart, escaped } from './chart.ts'

/** Observed values beyond these are left out: a page is to be read. */
const mostValues = 6

/**
 * A training run as one HTML page that needs nothing else: what was asked for and reached, parameters with their intervals, the loss,
 * predictions over data that were not trained on, their residuals, the condition of M, and two baselines to beat.
 */
export function reportPage(
  scene: Scene,
  trained: TrainedSystem,
  tests: readonly Rollout[],
  verdicts: readonly Verdict[],
  estimates: readonly ParameterEstimate[],
): string {
  const { metrics, seconds, data, system } = trained
  const isTest = data.test.length > 0
  const parts: string[] = []
  if (verdicts.length > 0)
    parts.push(
      section(
        'Criteria',
        table(
          ['criterion', 'value', 'wanted', ''],
          verdicts.map(({ metric, value, below, above, met }) => [
            metric,
            number(value),
            [below === undefined ? '' : `below ${below}`, above === undefined ? '' : `above ${above}`]
              .join(' ')
              .trim(),
            `<span class="${met ? 'met' : 'missed'}">${met ? 'met' : 'not met'}</span>`,
          ]),
        ),
      ),
    )
  if (estimates.length > 0)
    parts.push(
      section(
        'Parameters',
        table(
          ['parameter', 'value', 'standard error', '95 % interval'],
          estimates.map(({ name, value, standardError, interval }) => [
            escaped(name),
            number(value, 6),
            Number.isFinite(standardError) ? number(standardError) : '–',
            Number.isFinite(standardError)
              ? interval.map(end => number(end, 6)).join(' … ')
              : 'not determined by the data',
          ]),
        ),
        'By the Gauss–Newton Hessian at the end: residuals are taken as independent and normal, the model as true.',
      ),
    )
  const epochs = metrics.map(({ epoch }) => Number(epoch))
  const curve = (key: 'loss' | 'validation') => metrics.map(line => Number(line[key] ?? Number.NaN))
  const validation = curve('validation')
  parts.push(
    section(
      'Training',
      chart(
        [
          { name: 'loss', x: epochs, y: curve('loss') },
          ...(validation.some(Number.isFinite) ? [{ name: 'validation', x: epochs, y: validation }] : []),
        ],
        { title: 'Loss', xLabel: 'epoch', logarithmic: true },
      ),
      `${epochs.at(-1) ?? 0} epochs in ${number(seconds)} s.`,
    ),
  )
  if (tests.length > 0) parts.push(predictions(trained, tests, isTest))
  const condition = system.massMatrix && tests.length > 0 ? conditionChart(trained, tests[0]) : ''
  if (condition) parts.push(section('Condition of the mass matrix', condition))
  return page(scene, parts, verdicts)
}

/** The first rollout over data, its residuals, and errors of all beside those of baselines. */
function predictions({ truth }: TrainedSystem, tests: readonly Rollout[], isTest: boolean): string {
  const names = truth.observationNames
  const m = names.length
  const [{ series, observed }] = tests
  const column = (values: ArrayLike<number>, j: number) => Array.from(series.t, (_, k) => values[k * m + j])
  const figures = names.slice(0, mostValues).flatMap((name, j) => {
    const [measured, predicted] = [column(series.values, j), column(observed, j)]
    return [
      chart(
        [
          { name: 'predicted', x: series.t, y: predicted },
          { name: 'measured', x: series.t, y: measured, marks: true },
        ],
        { title: name, xLabel: 't / s' },
      ),
      chart(
        [
          {
            name: 'measured − predicted',
            x: series.t,
            y: measured.map((value, k) => value - predicted[k]),
            marks: true,
          },
        ],
        { title: `${name}, residual`, xLabel: 't / s', zero: true },
      ),
    ]
  })
  const rows = names.map((name, j) => [
    escaped(name),
    ...[
      (test: Rollout, k: number) => test.observed[k * m + j],
      (test: Rollout) => test.series.values[j],
      (test: Rollout, k: number) => {
        const { t, values } = test.series
        const slope = (values[m + j] - values[j]) / (t[1] - t[0])
        return values[j] + slope * (t[k] - t[0])
      },
    ].map(predict => number(rootMeanSquare(tests, m, j, predict))),
  ])
  return section(
    isTest
      ? 'Predictions of data that were not trained on'
      : 'Predictions (of the training data: there are no others)',
    `<div class="figures">${figures.join('')}</div>${table(['root mean square error', 'model', 'stays as it begins', 'goes on as it begins'], rows)}`,
    `Each of ${tests.length} series from its own beginning to its end${names.length > mostValues ? `; pictures of the first ${mostValues} of ${names.length} values` : ''}.`,
  )
}

function rootMeanSquare(
  tests: readonly Rollout[],
  m: number,
  j: number,
  predict: (test: Rollout, k: number) => number,
): number {
  let [sum, count] = [0, 0]
  for (const test of tests)
    for (let k = 0; k < test.series.t.length; k++) {
      const data = test.series.values[k * m + j]
      if (Number.isNaN(data)) continue
      sum += (predict(test, k) - data) ** 2
      count++
    }
  return Math.sqrt(sum / count)
}

function conditionChart({ system }: TrainedSystem, { series, y }: Rollout): string {
  const matrices = along(system.massMatrix!, series.t, y)
  const size = system.massMatrix!.size
  const kappa = Array.from(series.t, (_, k) => {
    const factors = factor(matrices.slice(k * size, (k + 1) * size), { structure: 'general' })
    return isFactored(factors) ? conditionEstimate(factors) : Number.NaN
  })
  return chart([{ name: 'κ₁(M)', x: series.t, y: kappa }], {
    title: 'κ₁(M) along the prediction',
    xLabel: 't / s',
    logarithmic: true,
  })
}

const number = (value: number, digits = 3): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(digits))).replace('-', '−') : '–'

const section = (title: string, body: string, note = ''): string =>
  `<section><h2>${title}</h2>${body}${note ? `<p class="note">${escaped(note)}</p>` : ''}</section>`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead><tr>${head.map(cell => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows
    .map(row => `<tr>${row.map(cell => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`

function page(scene: Scene, parts: readonly string[], verdicts: readonly Verdict[]): string {
  const met = verdicts.filter(verdict => verdict.met).length
  const summary = verdicts.length > 0 ? `${met} of ${verdicts.length} criteria met` : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(scene.name)}: training report</title>
<style>
:root { color-scheme: light dark; --ground: #fff; --ink: #1c1f24; --quiet: #5d646e; --line: #e3e4e0; --c0: #2560b8; --c1: #c8502a; --good: #1c7c50; --bad: #b3341f }
@media (prefers-color-scheme: dark) { :root { --ground: #15181c; --ink: #e8e9eb; --quiet: #9aa2ad; --line: #2c3138; --c0: #6ea0f0; --c1: #ff8a63; --good: #4cc38a; --bad: #ff8a70 } }
body { margin: 0 auto; max-width: 1160px; padding: 32px 24px 64px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 26px } h2 { margin: 40px 0 12px; font-size: 18px }
p { margin: 4px 0; color: var(--quiet) } .note { font-size: 13px }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 8px 0 } th, td { padding: 5px 24px 5px 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap }
th { color: var(--quiet); font-weight: 500; font-size: 13px } .met { color: var(--good); font-weight: 600 } .missed { color: var(--bad); font-weight: 600 }
section { overflow-x: auto } .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 16px 24px }
figure { margin: 0; max-width: 640px } figcaption { font-size: 13px } svg { width: 100%; height: auto; display: block }
svg text { fill: var(--quiet); font-size: 11px } .grid { stroke: var(--line) } .zero { stroke: var(--quiet) }
.curve { fill: none; stroke: var(--c); stroke-width: 1.6; stroke-linejoin: round } .mark { fill: var(--c) }
.key { color: var(--quiet); margin-left: 12px } .key::before { content: ''; display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; background: var(--c) }
</style></head><body>
<h1>${escaped(scene.name)}</h1><p>${escaped(scene.about ?? '')}</p><p>${summary}</p>
${parts.join('\n')}
<p class="note">neurode ${version}</p>
</body></html>
`
}
