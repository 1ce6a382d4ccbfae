import type { Observation } from './observation.ts'
import { levenbergMarquardtState, levenbergMarquardtStep } from './optimizers/levenbergMarquardt.ts'
import type { LeastSquares } from './optimizers/objective.ts'
import type { Series } from './windows.ts'

const prior = 1e-6

/**
 * The state at each sample that explains the observed values best, by least squares: T × n. A component that is not
 * observed stays near the sample before; the rate `q_dot` of an observed `q` is then a finite difference.
 *
 * @param field the names of the state's components, and the length of θ
 * @param first a guess for the first sample
 */
export function estimateStates(
  series: Series,
  observation: Observation,
  field: { readonly names: readonly string[]; readonly parameterCount: number },
  first: Float64Array,
): Float64Array {
  const { names, parameterCount } = field
  const n = names.length
  const m = observation.size
  const { t, values } = series
  const states = new Float64Array(t.length * n)
  const jacobianColumn = new Float64Array(m)
  const observed = new Float64Array(m)
  const unit = new Float64Array(n)
  const noTheta = new Float64Array(parameterCount)
  const influence = new Float64Array(n)
  let guess = first.slice()

  t.forEach((time, k) => {
    const before = guess.slice()
    const problem: LeastSquares = {
      size: n,
      residualCount: m + n,
      evaluate(y, residuals, jacobian) {
        observation.evaluate(time, y, observed)
        for (let j = 0; j < m; j++) {
          const data = values[k * m + j]
          residuals[j] = Number.isNaN(data) ? 0 : observed[j] - data
        }
        for (let i = 0; i < n; i++) residuals[m + i] = prior * (y[i] - before[i])
        if (!jacobian) return true
        jacobian.fill(0)
        for (let i = 0; i < n; i++) {
          unit[i] = 1
          observation.jvp(time, y, unit, noTheta, jacobianColumn)
          unit[i] = 0
          for (let j = 0; j < m; j++) {
            if (Number.isNaN(values[k * m + j])) continue
            jacobian[j * n + i] = jacobianColumn[j]
            influence[i] += Math.abs(jacobianColumn[j])
          }
          jacobian[(m + i) * n + i] = prior
        }
        return true
      },
    }
    const y = before.slice()
    const state = levenbergMarquardtState(problem, y)!
    for (let step = 0; step < 20 && levenbergMarquardtStep(problem, y, state); step++);
    states.set(y, k * n)
    guess = y
  })
  names.forEach((name, i) => {
    const q = names.indexOf(name.replace(/_dot$/, ''))
    if (influence[i] === 0 && q !== i && q >= 0) differentiate(t, states, n, q, i)
  })
  return states
}

/** Component `to` becomes the central difference of component `from` over time. */
function differentiate(t: Float64Array, states: Float64Array, n: number, from: number, to: number): void {
  const last = t.length - 1
  if (last < 1) return
  for (let k = 0; k <= last; k++) {
    const [a, b] = [Math.max(0, k - 1), Math.min(last, k + 1)]
    states[k * n + to] = (states[b * n + from] - states[a * n + from]) / (t[b] - t[a])
  }
}
