import type { Trajectory } from '../../sim/files/trajectory.ts'

/** A number that a slider sets. */
export interface Handle {
  readonly kind: 'start' | 'parameter'
  readonly name: string
  /** As the trajectory was made. */
  readonly value: number
  readonly min: number
  readonly max: number
}

/** More components than this are not set by hand. */
const mostStarts = 24

/**
 * What one may change of a trajectory with a model, and how far: a parameter to twice itself and down to nothing; a component
 * of the start by as much as it moves.
 */
export function handlesOf({ names, y, meta }: Trajectory): Handle[] {
  const n = names.length
  const starts = names.slice(0, mostStarts).map((name, i): Handle => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let k = i; k < y.length; k += n) {
      if (y[k] < low) low = y[k]
      if (y[k] > high) high = y[k]
    }
    const reach = high > low ? high - low : Math.abs(y[i]) || 1
    return { kind: 'start', name, value: y[i], min: y[i] - reach, max: y[i] + reach }
  })
  const parameters = (meta.run?.parameters ?? []).map(({ name, value }): Handle => {
    const [min, max] = value === 0 ? [-1, 1] : value > 0 ? [0, 2 * value] : [2 * value, 0]
    return { kind: 'parameter', name, value, min, max }
  })
  return [...parameters, ...starts]
}
