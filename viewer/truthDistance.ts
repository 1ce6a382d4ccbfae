import { positionAt } from './motion.ts'
import type { TrajectoryView } from './trajectoryView.ts'

const a = [0, 0, 0]
const b = [0, 0, 0]

/** How far a body is from where the truth has it at a time, in m; NaN where either is not known. */
export function distanceFromTruth({ main, truth }: TrajectoryView, body: string, time: number): number {
  if (!truth) return Number.NaN
  positionAt(main, body, time, a)
  positionAt(truth, body, time, b)
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

const probes = 400

/** The largest distance of any body, looked for at some hundred times: the end of the colour scale. */
export function largestDistance(view: TrajectoryView): number {
  const { main, truth, bodies } = view
  if (!truth) return 0
  const last = main.t.length - 1
  let largest = 0
  for (let k = 0; k <= probes; k++)
    for (const body of bodies) {
      const distance = distanceFromTruth(view, body, main.t[Math.round((k / probes) * last)])
      if (distance > largest) largest = distance
    }
  return largest
}
