import { sampleAt } from './interpolate.ts'
import type { Motion } from './motion.ts'

/** Series that the viewer derives where a file lacks them: names that `plots` may ask for. */

/** Energy less its value at the start. */
export const driftSeries = 'drift'
/** Root mean square of the differences between the state and the truth's, each in its own unit. */
export const errorSeries = 'error'

/** The energy less its first value. */
export function driftOf(energy: Float64Array): Float64Array {
  const start = energy.find(Number.isFinite) ?? 0
  return energy.map(value => value - start)
}

/** A motion with its energy's drift, where it has an energy. */
export function withDrift(motion: Motion): Motion {
  const energy = motion.series.get('energy')
  if (!energy || motion.series.has(driftSeries)) return motion
  return { ...motion, series: new Map([...motion.series, [driftSeries, driftOf(energy)]]) }
}

/**
 * The main motion with its distance from the truth, where there is one.
 *
 * @param names the components of the state
 */
export function withError(main: Motion, truth: Motion | null, names: readonly string[]): Motion {
  const error = truth && !main.series.has(errorSeries) ? errorOf(main, truth, names) : null
  return error ? { ...main, series: new Map([...main.series, [errorSeries, error]]) } : main
}

/** The distance from the truth at the motion's own times, NaN before and after the truth's; null where they share no component. */
export function errorOf(main: Motion, truth: Motion, names: readonly string[]): Float64Array | null {
  const compared = names.filter(name => truth.series.has(name))
  if (compared.length === 0) return null
  const columns = compared.map(name => [main.series.get(name)!, truth.series.get(name)!])
  const last = truth.t[truth.t.length - 1]
  const expected = [0]
  return main.t.map((time, i) => {
    if (time < truth.t[0] || time > last) return Number.NaN
    let sum = 0
    for (const [own, other] of columns) {
      if (truth.t === main.t) expected[0] = other[i]
      else sampleAt(truth.t, other, 1, time, expected)
      sum += (own[i] - expected[0]) ** 2
    }
    return Math.sqrt(sum / columns.length)
  })
}
