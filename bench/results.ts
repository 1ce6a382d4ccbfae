/**
 * The shipped scenes beside published results, as the tables of docs/results.md.
 *
 *     npx tsx bench/results.ts pendulum            test rows 445 … 554, as in HNN
 *     npx tsx bench/results.ts pendulum 555        test rows 445 … 555, as in the dissipative HNN repository
 *     npx tsx bench/results.ts double-pendulum
 *
 * NEURODE_DATA names the folder with schmidt_lipson/real_pend_h_1.txt.
 *
 * Energy MSE: mean over the test rows of (E(predicted) − E(measured))², E = 2.4·(1 − cos q) + p², of one rollout from the
 * first measured test row (Greydanus, Dzamba & Yosinski, Hamiltonian Neural Networks, NeurIPS 2019).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  formatScene,
  judge,
  learnedScalars,
  loadScene,
  rollouts,
  type TrainedSystem,
  trainScene,
  type Verdict,
} from '../sim/index.ts'

interface Run {
  readonly trained: TrainedSystem
  readonly verdicts: readonly Verdict[]
}

const seeds = [1, 2, 3]
const folder = mkdtempSync(join(tmpdir(), 'neurode-results-'))

async function run(name: string, seed: number, set: readonly string[] = []): Promise<Run> {
  const scene = loadScene(name, { set })
  const trained = await trainScene(scene, { text: formatScene(scene), out: join(folder, 'run'), seed })
  return { trained, verdicts: judge(scene, trained, rollouts(scene, trained)) }
}

/** One run for each seed, one after another. */
async function runs(name: string, set?: readonly string[]): Promise<Run[]> {
  const all: Run[] = []
  for (const seed of seeds) all.push(await run(name, seed, set))
  return all
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const short = (x: number): string => x.toExponential(2)
const row = (...cells: string[]): void => console.log(`| ${cells.join(' | ')} |`)

function head(...names: string[]): void {
  row(...names)
  row(...names.map((_, k) => (k === 0 ? '---' : '--:')))
}

const columns = ['parameters', 'epochs', ...seeds.map(seed => `seed ${seed}`), 'mean', 'training']

/** A row of what others published, or of a single number of ours. */
function numberRow(name: string, value: number): void {
  row(name, ...columns.map(column => (column === 'mean' ? short(value) : '')))
}

/** A row of the scene's k-th criterion. */
function runsRow(name: string, all: readonly Run[], k = 0): void {
  const { system, metrics } = all[0].trained
  const values = all.map(({ verdicts }) => verdicts[k].value)
  const seconds = mean(all.map(({ trained }) => trained.seconds))
  const counts = [system.field.parameterCount, metrics.length].map(String)
  row(name, ...counts, ...values.map(short), short(mean(values)), `${seconds.toPrecision(2)} s`)
}

/**
 * What the three parameters reach when they are fitted on the rows of the test itself. The rollout begins at the first
 * measured row, as everywhere.
 */
async function noiseFloor(first: number, last: number): Promise<number> {
  const rows = readFileSync(join(process.env.NEURODE_DATA!, 'schmidt_lipson/real_pend_h_1.txt'), 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('%'))
    .slice(first - 1, last)
  const file = join(folder, 'test-rows.txt')
  writeFileSync(file, rows.join('\n'))
  const set = [`data.file=${file}`, `data.split=[${rows.length}, 0, 0]`]
  return (await run('real-pendulum-parameters', seeds[0], set)).verdicts[0].value
}

async function pendulum(published: readonly [string, number][], last: number): Promise<void> {
  head('energy MSE', ...columns)
  for (const [name, value] of published) numberRow(`published: ${name}`, value)
  const split = [`data.split=[444, 0, ${last - 444}]`]
  runsRow('real-pendulum: learned M(q), V(q), damping, sensor scale', await runs('real-pendulum', split))
  const fits = await runs('real-pendulum-parameters', split)
  runsRow('real-pendulum-parameters: three parameters', fits)
  numberRow('noise floor: three parameters fitted on the test rows', await noiseFloor(445, last))
  const learned = Object.entries(learnedScalars(fits[0].trained))
  console.log(
    `\nThe three parameters: ${learned.map(([name, value]) => `${name} = ${value.toPrecision(5)}`).join(', ')}.`,
  )
}

async function doublePendulum(): Promise<void> {
  const all = await runs('double-pendulum')
  head('double-pendulum', ...columns)
  all[0].verdicts.forEach(({ metric, below }, k) => {
    runsRow(`${metric}, wanted below ${below}`, all, k)
  })
}

/** By the last test row. */
const published: Record<number, [name: string, energyError: number][]> = {
  554: [['HNN', 1.45e-2]],
  555: [
    ['MLP', 1.17e-3],
    ['HNN', 1.02e-2],
    ['dissipative HNN', 1.07e-3],
  ],
}

const [scene = 'pendulum', last = '554'] = process.argv.slice(2)
try {
  if (scene === 'double-pendulum') await doublePendulum()
  else await pendulum(published[Number(last)], Number(last))
} finally {
  rmSync(folder, { recursive: true })
}
