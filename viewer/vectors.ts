import { vectorSeries } from '../sim/files/viewerSeries.ts'
import type { VectorKind } from './display.ts'
import { rateAt, sampleAt } from './interpolate.ts'
import type { Motion } from './motion.ts'
import type { TrajectoryView } from './trajectoryView.ts'

/** Writes a vector at a body at a time into `out`; false where the motion has none there. */
export function vectorAt(
  motion: Motion,
  kind: VectorKind,
  body: string,
  time: number,
  out: Float64Array | number[],
): boolean {
  if (kind === 'velocity') {
    const points = motion.points.get(body)
    if (points) rateAt(motion.t, points, 3, time, out)
    return points !== undefined && Number.isFinite(out[0] + out[1] + out[2])
  }
  const rows = motion.vectors.get(vectorSeries(kind, body))
  if (rows) sampleAt(motion.t, rows, 3, time, out)
  return rows !== undefined && Number.isFinite(out[0] + out[1] + out[2])
}

export const unitOfVector: Readonly<Record<VectorKind, string>> = {
  velocity: 'm/s',
  force: 'N',
  reaction: 'N',
}

/** The kinds that a view has: velocity in space, forces where the file holds them. */
export function vectorKindsOf({ main, phaseSpace, bodies }: TrajectoryView): VectorKind[] {
  const has = (kind: 'force' | 'reaction'): boolean =>
    bodies.some(body => main.vectors.has(vectorSeries(kind, body)))
  return [
    ...(phaseSpace || bodies.length === 0 ? [] : (['velocity'] as const)),
    ...(['force', 'reaction'] as const).filter(has),
  ]
}

/** Times at which the size of a vector is looked at to find a scale for all. */
const probes = 400

/**
 * How large a kind of vector becomes in a view, as a round number (1, 2 or 5 × 10ᵏ) at or above: the arrow of full length.
 */
export function fullScale({ main, bodies }: TrajectoryView, kinds: readonly VectorKind[]): number {
  const out = [0, 0, 0]
  let largest = 0
  const last = main.t.length - 1
  for (let k = 0; k <= probes; k++) {
    const time = main.t[Math.round((k / probes) * last)]
    for (const body of bodies)
      for (const kind of kinds)
        if (vectorAt(main, kind, body, time, out)) largest = Math.max(largest, Math.hypot(...out))
  }
  if (largest === 0) return 1
  const power = 10 ** Math.floor(Math.log10(largest))
  return power * ([1, 2, 5, 10].find(step => step * power >= largest * (1 - 1e-12)) ?? 10)
}
