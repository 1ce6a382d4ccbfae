import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readableFolder, reasonOf, writeFolderAtomically } from '../files/atomic.ts'
import { FileError } from '../files/fileError.ts'
import { float64Array, type NpzArray, readNpz, writeNpz } from '../files/npz.ts'
import { packTrainerState, type TrainerState, unpackTrainerState } from '../training/state.ts'
import type { ParameterBlock } from '../vectorField.ts'

/** One line of metrics.jsonl. */
export type MetricsLine = Readonly<Record<string, number | string | undefined>>

/** A training run as it stands after an epoch. */
export interface Checkpoint {
  /** The scene as resolved, YAML. */
  readonly scene: string
  readonly seed: number
  /** Replaces the epochs of the scene, where it was asked for. */
  readonly epochs?: number
  readonly blocks: readonly ParameterBlock[]
  readonly state: TrainerState
  readonly metrics: readonly MetricsLine[]
}

const folderOf = (run: string) => join(run, 'checkpoint')

/**
 * Writes `RUN/checkpoint/`: scene.yaml, parameters.npz (θ by name), trainer.npz and trainer.json (all that decides how
 * training goes on), metrics.jsonl. A kill at any moment leaves the last whole one.
 */
export function writeCheckpoint(run: string, checkpoint: Checkpoint): void {
  const { scene, seed, epochs, blocks, state, metrics } = checkpoint
  const { arrays, json } = packTrainerState(state)
  writeFolderAtomically(folderOf(run), {
    'scene.yaml': scene,
    'parameters.npz': writeNpz(namedParameters(blocks, state.theta)),
    'trainer.npz': writeNpz(
      Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, float64Array(a)])),
    ),
    'trainer.json': `${JSON.stringify({ version: 1, seed, epochs, ...json }, null, 1)}\n`,
    'metrics.jsonl': metrics.map(line => `${JSON.stringify(line)}\n`).join(''),
  })
}

/** @throws FileError where there is none, or it is damaged. */
export function readCheckpoint(run: string): Omit<Checkpoint, 'blocks'> {
  const folder = existingCheckpoint(run)
  const read = (name: string) => readFile(join(folder, name))
  const text = (name: string) => new TextDecoder().decode(read(name))
  const arrays = readNpz(read('trainer.npz'), join(folder, 'trainer.npz'))
  const json = parseJson(text('trainer.json'), join(folder, 'trainer.json'))
  if (json.version !== 1) throw new FileError(join(folder, 'trainer.json'), `unknown version ${json.version}`)
  const metrics = text('metrics.jsonl')
    .split('\n')
    .filter(line => line !== '')
    .map(line => metricsLine(parseJson(line, join(folder, 'metrics.jsonl'))))
  const values = Object.fromEntries(
    Object.entries(arrays).map(([name, { data }]) => [name, data as Float64Array]),
  )
  let state: TrainerState
  try {
    state = unpackTrainerState(values, json)
  } catch (error) {
    throw new FileError(folder, `the checkpoint is damaged: ${(error as Error).message}`)
  }
  const epochs = json.epochs === undefined ? undefined : Number(json.epochs)
  return { scene: text('scene.yaml'), seed: Number(json.seed), epochs, state, metrics }
}

/**
 * Makes the folder of a run, if it is not there.
 * @throws FileError
 */
export function beginRun(run: string): void {
  try {
    mkdirSync(run, { recursive: true })
  } catch (error) {
    throw new FileError(run, `cannot be made (${reasonOf(error)})`)
  }
}

/** Whether a run was killed before its first checkpoint was whole: it is resumed by starting anew. */
export const isUnbegun = (run: string): boolean =>
  existsSync(run) && readdirSync(run).every(name => name === 'checkpoint.partial')

export const hasCheckpoint = (run: string): boolean => readableFolder(folderOf(run)) !== null

/** Where the checkpoint of a run lies; the checkpoint's own folder may be given as well. */
export function existingCheckpoint(run: string): string {
  const folder = readableFolder(folderOf(run)) ?? (run.endsWith('checkpoint') ? readableFolder(run) : null)
  if (!folder)
    throw new FileError(run, 'there is no checkpoint here: it is made by `neurode train SCENE --out DIR`')
  return folder
}

/**
 * Sets θ from the parameters.npz of a run.
 * @throws FileError where names or shapes do not fit the model
 */
export function loadParameters(run: string, blocks: readonly ParameterBlock[], theta: Float64Array): void {
  const file = join(existingCheckpoint(run), 'parameters.npz')
  const arrays = readNpz(readFile(file), file)
  for (const { name, shape, offset } of blocks) {
    const array = arrays[name]
    if (!array) throw new FileError(file, `it holds no '${name}': it belongs to another model`)
    if (array.shape.join() !== shape.join()) {
      throw new FileError(
        file,
        `'${name}' has shape (${array.shape.join(', ')}), the model's is (${shape.join(', ')})`,
      )
    }
    theta.set(array.data, offset)
  }
}

export function namedParameters(
  blocks: readonly ParameterBlock[],
  theta: Float64Array,
): Record<string, NpzArray> {
  return Object.fromEntries(
    blocks.map(({ name, shape, offset, size }) => [
      name,
      float64Array(theta.slice(offset, offset + size), shape),
    ]),
  )
}

function readFile(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    throw new FileError(path, reasonOf(error))
  }
}

function parseJson(text: string, place: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new FileError(place, 'this is not JSON: the file is damaged')
  }
  if (typeof value !== 'object' || value === null) {
    throw new FileError(place, 'this is no JSON object: the file is damaged')
  }
  return value as Record<string, unknown>
}

/** A line of metrics; JSON writes a number that is not finite as null. */
const metricsLine = (line: Record<string, unknown>): MetricsLine =>
  Object.fromEntries(Object.entries(line).map(([name, value]) => [name, (value ?? Number.NaN) as number]))
