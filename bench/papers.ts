/**
 * Published results and ours, as the tables of docs/results.md: published number, ours with three seeds, wall time.
 *
 *     NEURODE_DATA=… npx tsx bench/papers.ts          all tables
 *     npx tsx bench/papers.ts hamiltonian             one: hamiltonian, lagrangian, characters, controlled, chains, filmed, arm
 *
 * `characters`, `filmed` and `arm` read recordings: NEURODE_DATA names the folder with delan_character/, ibm_double_pendulum/ and
 * dfki_double_pendulum/.
 */
import { join } from 'node:path'
import { chainModels, chainResult } from './papers/constrainedChain.ts'
import { controlledSystemResults } from './papers/controlledSystems.ts'
import { armHorizons, dfkiArm } from './papers/dfkiArm.ts'
import { hamiltonianResults } from './papers/hamiltonianTasks.ts'
import { filmedPendulum, horizons } from './papers/ibmDoublePendulum.ts'
import { lagrangianPendulumResults } from './papers/lagrangianPendulum.ts'
import { printTable } from './papers/results.ts'
import { writingArmResults } from './papers/writingArm.ts'

function recordings(name: string): string {
  const folder = process.env.NEURODE_DATA
  if (!folder) throw new Error('NEURODE_DATA is not set: let it name the folder that holds the recordings')
  return join(folder, name)
}

const row = (...cells: string[]): void => console.log(`| ${cells.join(' | ')} |`)
const short = (x: number): string => String(Number(x.toPrecision(2)))

async function filmed(): Promise<void> {
  const { trained, parameters, errors, constantVelocity, sequences } = await filmedPendulum(
    recordings('ibm_double_pendulum'),
  )
  row('median error / rad after', ...horizons.map(count => `${count} frames`), 'training')
  row('---', ...horizons.map(() => '--:'), '--:')
  row('wanted', '0.005', '0.017', '0.07', '')
  row('constant velocity', ...constantVelocity.map(short), '')
  row('seven parameters', ...errors.map(short), `${trained.seconds.toPrecision(2)} s`)
  console.log(
    `\n${sequences} sequences, both arms; ${Object.entries(parameters)
      .map(([name, value]) => `${name} = ${value.toPrecision(4)}`)
      .join(', ')}.`,
  )
}

async function arm(): Promise<void> {
  const { parameters, errors, publishedErrors, starts, seconds } = await dfkiArm(
    recordings('dfki_double_pendulum'),
  )
  row('RMSE / rad after', ...armHorizons.map(horizon => `${horizon} s`), 'training')
  row('---', ...armHorizons.map(() => '--:'), '--:')
  row('published parameters', ...publishedErrors.map(short), '')
  row('seven parameters', ...errors.map(short), `${seconds.toPrecision(2)} s`)
  console.log(
    `\n${starts} starts in two recordings that were not fitted; ${Object.entries(parameters)
      .map(([name, value]) => `${name} = ${value.toPrecision(4)}`)
      .join(', ')}.`,
  )
}

const tables: Readonly<Record<string, () => Promise<void> | void>> = {
  hamiltonian: async () => printTable('energy MSE', await hamiltonianResults()),
  lagrangian: () => printTable('energy drift in 100 s', lagrangianPendulumResults()),
  characters() {
    const { times, matrices } = writingArmResults(join(recordings('delan_character'), 'character_data.json'))
    printTable('held-out characters', [...times, ...matrices])
  },
  controlled: () => printTable('prediction error', controlledSystemResults()),
  chains() {
    const results = [1, 2, 3, 5].flatMap(links => chainModels.map(model => chainResult(links, model)))
    printTable('relative error', results)
  },
  filmed,
  arm,
}

const [name] = process.argv.slice(2)
if (name !== undefined && !(name in tables)) {
  throw new Error(
    `there is no table '${name}': choose one of ${Object.keys(tables).join(', ')}, or none for all`,
  )
}
for (const [key, print] of Object.entries(tables)) {
  if (name !== undefined && key !== name) continue
  await print()
  if (name === undefined) console.log()
}
