import { sampleAt } from './interpolate.ts'
import type { Motion } from './motion.ts'

/** Series that the viewer derives where a file lacks them: names that `plots` may ask for. */

/** Energy less its value at the start. */
export const driftSeries = 'drift'
/** Root mean square of the differences between the state and the truth's, each in its own unit. */
export const errorSeries = 'error'

/** A motion with its energy's drift, where it has an energy. */
export function withDrift(motion: Motion): Motion {
  const energy = motion.series.get('energy')
  if (!energy || motion.series.has(driftSeries)) return motion
  const start = energy.find(Number.isFinite) ?? 0
  return { ...motion, series: new Map([...motion.series, [driftSeries, energy.map(value => value - start)]]) }
}

/**
 * The main motion with its distance from the truth, at its own times; NaN before and after the truth's.
 *
 * @param names the components of the state
 */
export function withError(main: Motion, truth: Motion | null, names: readonly string[]): Motion {
  const compared = names.filter(name => truth?.series.has(name))
  if (!truth || compared.length === 0 || main.series.has(errorSeries)) return main
  const columns = compared.map(name => [main.series.get(name)!, truth.series.get(name)!])
  const last = truth.t[truth.t.length - 1]
  const expected = [0]
  const error = main.t.map((time, i) => {
    if (time < truth.t[0] || time > last) return Number.NaN
    let sum = 0
    for (const [own, other] of columns) {
      if (truth.t === main.t) expected[0] = other[i]
      else sampleAt(truth.t, other, 1, time, expected)
      sum += (own[i] - expected[0]) ** 2
    }
    return Math.sqrt(sum / columns.length)
  })
  return { ...main, series: new Map([...main.series, [errorSeries, error]]) }
}
