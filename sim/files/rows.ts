import type { Series, Trajectory } from './trajectory.ts'
import { truthSeries } from './viewerSeries.ts'

/**
 * The trajectory at some of its samples only. Each array whose first axis is time keeps the same rows; the truth's arrays
 * keep those chosen of its own times, where it has some. Arrays without a time axis (meshes) stay whole.
 *
 * @param choose the rows to keep, increasing, of the times it is given
 *
 * @example
 * const firstSecond = withRows(trajectory, t => [...t.keys()].filter(i => t[i] <= 1))
 */
export function withRows(trajectory: Trajectory, choose: (t: Float64Array) => readonly number[]): Trajectory {
  const { t, y, names, series } = trajectory
  const truthTimes = series[truthSeries('t')]?.data
  const rows = choose(t)
  const truthRows = truthTimes ? choose(truthTimes) : rows
  const kept = Object.entries(series).map(([name, one]): [string, Series] => {
    const ofTruth = name.startsWith(truthSeries(''))
    const times = ofTruth ? (truthTimes ?? t) : t
    if (isStatic(name) || one.shape[0] !== times.length) return [name, one]
    const chosen = ofTruth ? truthRows : rows
    const width = one.data.length / times.length
    return [name, { shape: [chosen.length, ...one.shape.slice(1)], data: pick(one.data, width, chosen) }]
  })
  return {
    ...trajectory,
    t: pick(t, 1, rows),
    y: pick(y, names.length, rows),
    series: Object.fromEntries(kept),
  }
}

/** Meshes do not change with time, whatever the number of their vertices. */
const isStatic = (name: string): boolean => name.startsWith('mesh:')

function pick(data: Float64Array, width: number, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length * width)
  rows.forEach((row, i) => {
    out.set(data.subarray(row * width, (row + 1) * width), i * width)
  })
  return out
}

/** At most about `count` samples, as evenly spread over the rows as can be, the first and the last among them. */
export function decimated(trajectory: Trajectory, count: number): Trajectory {
  return withRows(trajectory, ({ length }) => {
    const kept = Math.min(Math.max(Math.floor(count), 2), length)
    return Array.from({ length: kept }, (_, i) =>
      kept > 1 ? Math.round((i * (length - 1)) / (kept - 1)) : 0,
    )
  })
}

/** More numbers than this, and a browser would be short of memory, or slow to begin: 64 MB. */
const mostNumbers = 8e6

/**
 * The trajectory, or every few samples of it where it is too large for a page to hold; `meta.samples` then says how many
 * there were.
 */
export function limited(trajectory: Trajectory, most = mostNumbers): Trajectory {
  const { t, y, series, meta } = trajectory
  const numbers = Object.values(series).reduce((sum, { data }) => sum + data.length, t.length + y.length)
  if (numbers <= most) return trajectory
  const fewer = decimated(trajectory, Math.floor((t.length * most) / numbers))
  return { ...fewer, meta: { ...meta, samples: t.length } }
}

/** The samples from `from` to `to`, and at least one: the nearest to the middle. */
export function between(trajectory: Trajectory, from: number, to: number): Trajectory {
  return withRows(trajectory, t => {
    const inside = [...t.keys()].filter(i => t[i] >= from && t[i] <= to)
    if (inside.length > 0) return inside
    const middle = (from + to) / 2
    return [t.reduce((best, time, i) => (Math.abs(time - middle) < Math.abs(t[best] - middle) ? i : best), 0)]
  })
}
