import { FileError } from './fileError.ts'
import type { LiveRun } from './liveRun.ts'
import { float64Array, type NpzArray, readNpz, textArray, textOf, writeNpz } from './npz.ts'
import type { ViewerMeta } from './viewerSeries.ts'

/** A trajectory as it lies in a file: y [T, n] at the times t [T], named series, and what is known of it. */
export interface Trajectory {
  /** T times, s, strictly monotone. */
  readonly t: Float64Array
  /** T×n, row-major. */
  readonly y: Float64Array
  /** Names of the n components. */
  readonly names: readonly string[]
  /** Further arrays, whose first axis is T (or the T' of `truth:t`). */
  readonly series: Readonly<Record<string, Series>>
  readonly meta: TrajectoryMeta
  /** A WebAssembly module of the system, which `meta.run` describes. */
  readonly model?: Uint8Array
}

export interface Series {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export interface TrajectoryMeta extends ViewerMeta {
  /** How the array `model` is run. */
  run?: LiveRun
  /** Names of the components of y. */
  state?: readonly string[]
  method?: string
  rtol?: number
  atol?: number | readonly number[]
  statistics?: Readonly<Record<string, number>>
  versions?: Readonly<Record<string, string>>
}

export function writeTrajectory({ t, y, names, series, meta, model }: Trajectory): Uint8Array {
  const arrays: Record<string, NpzArray> = {
    t: float64Array(t),
    y: float64Array(y, [t.length, names.length]),
  }
  for (const [name, { data, shape }] of Object.entries(series)) arrays[name] = float64Array(data, shape)
  if (model) arrays.model = { data: model, shape: [model.length] }
  arrays.meta = textArray(JSON.stringify({ ...meta, state: names }))
  return writeNpz(arrays)
}

/** @throws FileError where the file is damaged or no trajectory. */
export function readTrajectory(bytes: Uint8Array, place: string): Trajectory {
  const { t, y, meta: metaArray, model: modelArray, ...rest } = readNpz(bytes, place)
  if (!t || !y) {
    throw new FileError(place, `this is no trajectory: it holds no array '${t ? 'y' : 't'}'`)
  }
  const points = t.shape[0]
  if (t.shape.length !== 1 || !(t.data instanceof Float64Array) || points < 1) {
    throw new FileError(place, 't must be a list of times')
  }
  if (y.shape.length !== 2 || y.shape[0] !== points || !(y.data instanceof Float64Array)) {
    throw new FileError(place, `y must be of shape (${points}, n), as t is, not (${y.shape.join(', ')})`)
  }
  let meta: TrajectoryMeta = {}
  if (metaArray) {
    try {
      meta = JSON.parse(textOf(metaArray)) as TrajectoryMeta
    } catch {
      throw new FileError(place, 'meta is not JSON')
    }
    if (typeof meta !== 'object' || meta === null) throw new FileError(place, 'meta is not a JSON object')
  }
  const n = y.shape[1]
  const named = Array.isArray(meta.state) && meta.state.length === n
  const names = named ? (meta.state as string[]) : Array.from({ length: n }, (_, i) => `y${i}`)
  const series: Record<string, Series> = {}
  for (const [name, { shape, data }] of Object.entries(rest)) {
    if (data instanceof Float64Array) series[name] = { shape, data }
  }
  const model = modelArray?.data instanceof Uint8Array ? { model: modelArray.data } : {}
  return { t: t.data, y: y.data, names, series, meta, ...model }
}
