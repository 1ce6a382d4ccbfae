import type { Series, Trajectory } from '../sim/files/trajectory.ts'
import { truthSeries } from '../sim/files/viewerSeries.ts'

/**
 * A trajectory with another one in place of its truth, on the same clock: ghost, plots and errors then compare the two.
 *
 * @param name what the other one is called
 */
export function against(trajectory: Trajectory, other: Trajectory, name: string): Trajectory {
  const own = Object.entries(trajectory.series).filter(([key]) => !key.startsWith(truthSeries('')))
  const theirs = Object.entries(other.series)
    .filter(([key]) => !key.startsWith(truthSeries('')) && !key.startsWith('mesh:'))
    .map(([key, series]): [string, Series] => [truthSeries(key), series])
  const sameTimes =
    other.t.length === trajectory.t.length && other.t.every((time, i) => time === trajectory.t[i])
  const sameState = other.names.join('\n') === trajectory.names.join('\n')
  return {
    ...trajectory,
    series: {
      ...Object.fromEntries([...own, ...theirs]),
      ...(sameTimes ? {} : { [truthSeries('t')]: { shape: [other.t.length], data: other.t } }),
      ...(sameState
        ? { [truthSeries('y')]: { shape: [other.t.length, other.names.length], data: other.y } }
        : {}),
    },
    meta: {
      ...trajectory.meta,
      viewer: { ...trajectory.meta.viewer, compare: { ...trajectory.meta.viewer?.compare, name } },
    },
  }
}
