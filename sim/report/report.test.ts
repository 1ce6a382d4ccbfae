import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { judge, rollouts } from '../evaluate.ts'
import { parameterEstimates } from '../parameterEstimates.ts'
import { parseScene } from '../scene/index.ts'
import { trainScene } from '../train.ts'
import { chart } from './chart.ts'
import { reportPage } from './report.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a chart', () => {
  const path = (svg: string) => /class="curve"/.test(svg) && /<path d="([^"]*)"/.exec(svg)![1]
  it('draws its points in order, breaks at what is no number, and keeps peaks when it is thinned', () => {
    const gap = chart([{ name: 'a', x: [0, 1, 2, 3], y: [0, 1, Number.NaN, 2] }], { title: 'a', xLabel: 't' })
    expect(path(gap)).toMatch(/^M[\d.]+ [\d.]+L[\d.]+ [\d.]+M[\d.]+ [\d.]+$/)
    const x = Array.from({ length: 50_000 }, (_, k) => k)
    const flat = chart([{ name: 'a', x, y: x.map(k => (k === 31_234 ? 1 : 0)) }], { title: 'a', xLabel: 't' })
    const heights = [...String(path(flat)).matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(match => Number(match[1]))
    expect(heights.length).toBeLessThan(1000)
    expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(100)
  })
  it('escapes names', () => {
    const svg = chart([{ name: '<b>', x: [0, 1], y: [0, 1] }], { title: '"&"', xLabel: 't' })
    expect(svg).not.toContain('<b>&lt;')
    expect(svg).toContain('&lt;b&gt;')
    expect(svg).toContain('&quot;&amp;&quot;')
  })
})

it('a report has verdicts, intervals, pictures of what was not trained on, the condition of M and baselines; no scripts', async () => {
  const scene = parseScene(
    `{version: 1, name: swing, about: a <pendulum>,
      system: {type: lagrangian, parameters: {g: 9.81}, coordinates: {a: {start: 1}}, kinetic: 0.5*a_dot^2, potential: -g*cos(a)},
      learn: {parameters: {g: {start: 9}}},
      solver: {method: tsit5, span: [0, 2], save_every: 0.05},
      data: {simulate: {trajectories: 3, vary: {a: [0.5, 1]}, noise: 0.001}, split: [0.4, 0.3, 0.3]},
      training: {optimizer: {type: levenberg-marquardt}, epochs: 10},
      criteria: [{metric: parameter_error, below: 0.05}, {metric: state_mse, above: 1}]}`,
    'swing.yaml',
  )
  const trained = await trainScene(scene, { text: '', out: join(folder, 'run'), threads: 1 })
  const tests = rollouts(scene, trained)
  const page = reportPage(
    scene,
    trained,
    tests,
    judge(scene, trained, tests),
    parameterEstimates(scene, trained),
  )
  for (const part of [
    '1 of 2 criteria met',
    '>not met<',
    '95 % interval',
    'a, residual',
    'κ₁(M)',
    'goes on as it begins',
    'a &lt;pendulum&gt;',
  ])
    expect(page).toContain(part)
  expect(page).not.toMatch(/<script|https?:|NaN|undefined/)
  // Two values observed: prediction and residual of each, the loss, the condition.
  expect(page.match(/<svg/g)).toHaveLength(6)
})
