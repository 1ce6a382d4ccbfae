import { tangent } from '../../solvers/adjoint/index.ts'
import type { Solution, VectorField } from '../../solvers/ode/index.ts'
import type { Observation } from './observation.ts'
import { levenbergMarquardtState, levenbergMarquardtStep } from './optimizers/levenbergMarquardt.ts'
import type { LeastSquares } from './optimizers/objective.ts'
import type { Series } from './windows.ts'

/** Weight of the guess, which decides about components that the samples do not tell. */
const prior = 1e-6
const mostSteps = 50

/**
 * The state at the first sample of a series from which the model's own motion passes all of them best, by least squares
 * (Levenberg–Marquardt over exact forward sensitivities): θ is what it is. Null where no motion gets through the samples.
 *
 * @param integrate the model's motion from a state at t[0], at these times
 * @param guess a state at t[0], n
 */
export function estimateStart(
  field: VectorField,
  observation: Observation,
  { t, values }: Series,
  guess: Float64Array,
  integrate: (start: Float64Array, times: Float64Array) => Solution,
): Float64Array | null {
  const n = field.dimension
  const m = observation.size
  const observed = new Float64Array(m)
  const byState = new Float64Array(m)
  const noTheta = new Float64Array(field.parameterCount)
  const problem: LeastSquares = {
    size: n,
    residualCount: t.length * m + n,
    evaluate(start, residuals, jacobian) {
      const solution = integrate(start, t)
      if (!solution.success || solution.t.length < t.length) return false
      const at = (k: number) => solution.y.subarray(k * n, (k + 1) * n)
      for (let k = 0; k < t.length; k++) {
        observation.evaluate(t[k], at(k), observed)
        for (let j = 0; j < m; j++) {
          const data = values[k * m + j]
          residuals[k * m + j] = Number.isNaN(data) ? 0 : observed[j] - data
        }
      }
      for (let i = 0; i < n; i++) residuals[t.length * m + i] = prior * (start[i] - guess[i])
      if (!jacobian) return true
      jacobian.fill(0)
      const unit = new Float64Array(n)
      for (let i = 0; i < n; i++) {
        unit.fill(0)
        unit[i] = 1
        const motion = tangent(field, solution, unit, null)
        for (let k = 0; k < t.length; k++) {
          observation.jvp(t[k], at(k), motion.subarray(k * n, (k + 1) * n), noTheta, byState)
          for (let j = 0; j < m; j++)
            if (!Number.isNaN(values[k * m + j])) jacobian[(k * m + j) * n + i] = byState[j]
        }
        jacobian[(t.length * m + i) * n + i] = prior
      }
      return true
    },
  }
  const start = guess.slice()
  const state = levenbergMarquardtState(problem, start)
  if (!state) return null
  for (let step = 0; step < mostSteps && levenbergMarquardtStep(problem, start, state); step++);
  return start
}
