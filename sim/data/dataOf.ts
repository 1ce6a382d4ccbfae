import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { reasonOf } from '../files/atomic.ts'
import { FileError } from '../files/fileError.ts'
import type { InputTable } from '../problem/measuredInputs.ts'
import type { CompiledSystem } from '../problem/problem.ts'
import type { Scene } from '../scene/index.ts'
import { simulate } from '../simulate.ts'
import type { Series } from '../training/windows.ts'
import { randomStream } from './random.ts'
import { type DataSplit, seriesOf, splitSeries } from './series.ts'
import { columnIndex, readTable } from './table.ts'

const dataVariable = '$NEURODE_DATA'

/**
 * The data of a scene, observed values in the order of the system's `observationNames`: read from its file, or simulated
 * from the ground truth with noise.
 *
 * @param truth the ground truth, which simulated data are made of
 * @throws FileError for a file that cannot be read, or data that nothing can be learned from; SimulationError
 */
export function dataOf(scene: Scene, truth: CompiledSystem): DataSplit {
  const { data } = scene
  if (!data) throw new FileError(scene.place, 'the scene has no `data`: there is nothing to train on')
  const series = data.simulate
    ? simulatedSeries(scene, truth)
    : measuredSeries(scene, scene.place, truth.observationNames)
  return splitSeries(series, data.split, truth.observationNames.length, scene.place)
}

function measuredSeries(scene: Scene, scenePath: string, names: readonly string[]): Series[] {
  const { columns, trials } = scene.data!
  const { table, path } = tableOf(scene, scenePath)
  const { time, trial, ...rest } = columns!
  const values = Object.fromEntries(
    names.map(name => {
      const column = rest[name]
      if (column === undefined) throw new FileError(scenePath, `data.columns names no column for '${name}'`)
      return [name, column]
    }),
  )
  return seriesOf(table, { time: time!, trial, trials, values }, path)
}

/**
 * The measured inputs of a scene, at the samples where all of them are there. Recordings follow one another in time.
 * @throws FileError where the times of two recordings overlap
 */
export function inputTable(scene: Scene): InputTable {
  const { columns, trials, inputs = {} } = scene.data!
  const { table, path } = tableOf(scene, scene.place)
  const { time, trial } = columns!
  const recordings = seriesOf(table, { time: time!, trial, trials, values: inputs }, path)
  recordings.sort((a, b) => a.t[0] - b.t[0])
  if (recordings.some(({ t }, k) => k > 0 && !(t[0] > recordings[k - 1].t.at(-1)!)))
    throw new FileError(
      scene.place,
      `data.inputs: ${path} holds ${recordings.length} recordings whose times overlap: shift them, or choose one by data.trials`,
    )
  const t = recordings.flatMap(recording => [...recording.t])
  const values = recordings.flatMap(recording => [...recording.values])
  const names = Object.keys(inputs)
  const whole = [...t.keys()].filter(k => names.every((_, j) => !Number.isNaN(values[k * names.length + j])))
  return {
    t: Float64Array.from(whole, k => t[k]),
    values: Object.fromEntries(
      names.map((name, j) => [name, Float64Array.from(whole, k => values[k * names.length + j])]),
    ),
  }
}

/**
 * Whether the data file that a scene names is there, with the columns that the scene wants (true also where it names none).
 * @throws FileError where the file cannot be read, or lacks a column
 */
export function hasDataFile(scene: Scene): boolean {
  const { file, columns = {}, inputs = {} } = scene.data ?? {}
  if (file === undefined) return true
  if (file.startsWith(dataVariable) && !process.env.NEURODE_DATA) return false
  if (!existsSync(dataPath(file, scene.place))) return false
  const { table, path } = tableOf(scene, scene.place)
  for (const column of [...Object.values(columns), ...Object.values(inputs)]) {
    if (column !== undefined) columnIndex(table, column, path)
  }
  return true
}

function tableOf(scene: Scene, scenePath: string) {
  const path = dataPath(scene.data!.file!, scenePath)
  try {
    return { table: readTable(readFileSync(path, 'utf8'), path), path }
  } catch (error) {
    if (error instanceof FileError) throw error
    throw new FileError(path, `cannot be read: ${reasonOf(error)}`)
  }
}

/** A data file's path: beside the scene, or below the folder that the environment names. */
function dataPath(file: string, scenePath: string): string {
  if (!file.startsWith(dataVariable)) return isAbsolute(file) ? file : join(dirname(scenePath), file)
  const folder = process.env.NEURODE_DATA
  if (folder) return join(folder, file.slice(dataVariable.length))
  throw new FileError(
    scenePath,
    `data.file is ${file}, but the environment variable NEURODE_DATA is not set: let it name the folder that holds the data`,
  )
}

/** Trajectories of the ground truth from random starts, observed with normal noise. */
function simulatedSeries(scene: Scene, truth: CompiledSystem): Series[] {
  const { trajectories, span, vary, noise, seed, save_every } = scene.data!.simulate!
  const random = randomStream(seed)
  const { names, start } = truth.model
  const n = names.length
  const observed = new Float64Array(truth.observationNames.length)
  const state = new Float64Array(n)
  return Array.from({ length: trajectories }, () => {
    const y0 = start.slice()
    for (const [name, [low, high]] of Object.entries(vary)) {
      y0[names.indexOf(name)] = low + (high - low) * random.uniform()
    }
    const solution = simulate(scene, truth, y0, {
      span: [span[0], span[1]],
      saveEvery: save_every ?? scene.solver.save_every,
    })
    // At an event that acts there are two states, where every step is saved: the one after it counts.
    const kept = [...solution.t.keys()].filter(k => solution.t[k] !== solution.t[k + 1])
    const t = Float64Array.from(kept, k => solution.t[k])
    const values = new Float64Array(t.length * observed.length)
    kept.forEach((from, k) => {
      state.set(solution.y.subarray(from * n, (from + 1) * n))
      truth.observation.evaluate(t[k], state, observed)
      for (let j = 0; j < observed.length; j++)
        values[k * observed.length + j] = observed[j] + noise * random.normal()
    })
    return { t, values }
  })
}
