/**
 * Published measurements, and what fitted models predict of them: published number, ours, wall time.
 *
 *     NEURODE_DATA=… npx tsx bench/papers.ts
 *
 * NEURODE_DATA names the folder with ibm_double_pendulum/ (`neurode data get`).
 */
import { join } from 'node:path'
import { filmedPendulum, horizons } from './papers/ibmDoublePendulum.ts'

const row = (...cells: string[]): void => console.log(`| ${cells.join(' | ')} |`)
const short = (x: number): string => String(Number(x.toPrecision(2)))

const folder = process.env.NEURODE_DATA
if (!folder) throw new Error('NEURODE_DATA is not set: let it name the folder that holds the recordings')

const { trained, parameters, errors, constantVelocity, sequences } = await filmedPendulum(
  join(folder, 'ibm_double_pendulum'),
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
