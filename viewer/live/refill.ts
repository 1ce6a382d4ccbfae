import { massMatrixSeries } from '../../sim/files/viewerSeries.ts'
import { driftOf, driftSeries, errorOf, errorSeries } from '../derived.ts'
import { stateBody, type TrajectoryView, writePhasePoints } from '../trajectoryView.ts'

/**
 * Writes another motion, at the same times, into the arrays of a view: what draws them has only to draw again. What the motion
 * does not tell stays as it was.
 *
 * @param y T × n
 * @param series by the name that it has in the file, T rows each
 */
export function refill(
  view: TrajectoryView,
  y: Float64Array,
  series: Readonly<Record<string, Float64Array>>,
): void {
  const { main, truth, stateNames, phaseSpace } = view
  const n = stateNames.length
  stateNames.forEach((name, i) => {
    const column = main.series.get(name)
    if (column) for (let k = 0; k < column.length; k++) column[k] = y[k * n + i]
  })
  for (const [name, data] of Object.entries(series)) {
    const [, kind, of] = /^(\w+):(.*)$/s.exec(name) ?? []
    const target =
      kind === 'point'
        ? main.points.get(of)
        : kind === 'quaternion'
          ? main.quaternions.get(of)
          : kind === 'field'
            ? main.fields.get(of)?.data
            : name === massMatrixSeries
              ? main.massMatrix?.data
              : main.series.get(name)
    target?.set(data)
  }
  const energy = main.series.get('energy')
  if (energy) main.series.get(driftSeries)?.set(driftOf(energy))
  const error = truth && errorOf(main, truth, stateNames)
  if (error) main.series.get(errorSeries)?.set(error)
  const points = main.points.get(stateBody)
  if (phaseSpace && points) writePhasePoints(main, phaseSpace, points)
}
