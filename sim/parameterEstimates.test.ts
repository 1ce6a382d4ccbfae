import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type ParameterEstimate, parameterEstimates } from './parameterEstimates.ts'
import { parseScene } from './scene/index.ts'
import { trainScene } from './train.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-estimates-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function estimates(system: string, learn: string, rest: string): Promise<ParameterEstimate[]> {
  const scene = parseScene(
    `{version: 1, name: test, system: ${system}, learn: {parameters: ${learn}},
      solver: {method: tsit5, span: [0, 4], rtol: 1.0e-8, atol: 1.0e-9, save_every: 0.1}, ${rest}}`,
    'test.yaml',
  )
  return parameterEstimates(
    scene,
    await trainScene(scene, { text: '', out: join(folder, 'run'), threads: 1 }),
  )
}

const spring =
  '{type: equations, parameters: {k: 2, c: 0.3}, state: {x: 1, v: 0}, derivatives: {x: v, v: -k*x - c*v}}'
const training = 'training: {optimizer: {type: levenberg-marquardt}, epochs: 15}'

it('95 % intervals hold the truth about 95 times in a hundred', async () => {
  const trials = 60
  let [covered, ratio] = [0, 0]
  for (let seed = 0; seed < trials; seed++) {
    const found = await estimates(
      spring,
      '{k: {start: 1.7, positive: true}, c: {start: 0.5}}',
      `data: {observe: {x: x}, simulate: {trajectories: 2, noise: 0.05, seed: ${seed}}, split: [1, 0, 0]}, ${training}`,
    )
    for (const [k, { value, interval, standardError }] of found.entries()) {
      const truth = [2, 0.3][k]
      if (truth > interval[0] && truth < interval[1]) covered++
      ratio += ((value - truth) / standardError) ** 2
    }
  }
  // 114 ± 3 (one standard deviation 2.4) of 120; the mean of χ² is 1.
  expect(covered).toBeGreaterThan(105)
  expect(covered).toBeLessThan(120)
  expect(ratio / (2 * trials)).toBeGreaterThan(0.6)
  expect(ratio / (2 * trials)).toBeLessThan(1.6)
}, 60_000)

it('what the data do not determine has no interval: two parameters of which only the product acts', async () => {
  const [a] = await estimates(
    '{type: equations, parameters: {a: 2, b: 1}, state: {x: 1, v: 0}, derivatives: {x: v, v: -a*b*x}}',
    '{a: {start: 1.9}, b: {start: 1.1}}',
    `data: {simulate: {trajectories: 1, noise: 0.01}, split: [1, 0, 0]}, ${training}`,
  )
  expect(a.standardError > 1e3 || Number.isNaN(a.standardError)).toBe(true)
})

it('outliers move a least squares fit, and not one by Huber’s loss', async () => {
  const folderOf = mkdtempSync(join(folder, 'table-'))
  const rows = Array.from({ length: 80 }, (_, k) => {
    const t = 0.05 * k
    const outlier = k % 13 === 5 ? 1.5 : 0
    return `${t},${Math.exp(-0.7 * t) + 0.01 * Math.sin(12.9898 * k * k) + outlier}`
  })
  const file = join(folderOf, 'decay.csv')
  writeFileSync(file, `t,x\n${rows.join('\n')}\n`)
  const found = (loss: string) =>
    estimates(
      '{type: equations, parameters: {k: 0.4}, state: {x: 1}, derivatives: {x: -k*x}}',
      '{k: {positive: true}}',
      `data: {file: ${JSON.stringify(file)}, columns: {time: t, x: x}, split: [1, 0, 0]},
       training: {optimizer: {type: levenberg-marquardt}, epochs: 40, start: known ${loss}}`,
    )
  const [plain] = await found('')
  const [robust] = await found(', loss: {huber: 0.05}')
  expect(Math.abs(plain.value - 0.7)).toBeGreaterThan(0.05)
  expect(Math.abs(robust.value - 0.7)).toBeLessThan(0.02)
})
