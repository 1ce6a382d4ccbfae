import { createStepContext } from '../../context.ts'
import type { IntegratorOptions } from '../../options.ts'
import type { Solution } from '../../solution.ts'
import type { Stepper } from '../../stepper.ts'
import type { VectorField } from '../../vectorField.ts'
import { implicitMethods } from '../methods.ts'

/** The saved states (T×n) of the frozen steps of a solution, played again by the method from another y0 and θ. */
function replay(
  field: VectorField,
  stepper: Stepper,
  solution: Solution,
  y0: Float64Array,
  theta: Float64Array,
): Float64Array {
  const { steps, dimension: n } = solution
  const kept = field.parameters.slice()
  field.parameters.set(theta)
  const y = y0.slice()
  const y1 = new Float64Array(n)
  const saved = new Float64Array(solution.y.length)
  stepper.control.reset()
  stepper.start(steps.t[0], y)
  saved.set(y)
  let count = 1
  for (let step = 0; step < steps.count; step++) {
    const [t, h] = [steps.t[step], steps.h[step]]
    stepper.attempt(t, h, y, y1)
    stepper.complete(true)
    for (; count < solution.t.length && (solution.t[count] - steps.t[step + 1]) * h <= 0; count++) {
      const out = saved.subarray(count * n, (count + 1) * n)
      if (solution.t[count] === steps.t[step + 1]) out.set(y1)
      else stepper.interpolate((solution.t[count] - t) / h, out)
    }
    stepper.advance()
    y.set(y1)
  }
  field.parameters.set(kept)
  return saved
}

/**
 * The oracle of the gradients: central differences of the frozen steps at step sizes that halve, extrapolated to zero by
 * Richardson's scheme (order 8 in δ); Newton's iterations go on to rounding.
 */
export function differences(
  field: VectorField,
  method: keyof typeof implicitMethods,
  options: IntegratorOptions,
  solution: Solution,
  y0: ArrayLike<number>,
  y0Tangent: ArrayLike<number>,
  thetaTangent: ArrayLike<number>,
  size = 0.02,
): Float64Array {
  const context = createStepContext(field, { ...options, newtonTolerance: 0 })
  const stepper = implicitMethods[method](context)
  const moved = (delta: number) =>
    replay(
      field,
      stepper,
      solution,
      Float64Array.from(y0, (value, m) => value + delta * y0Tangent[m]),
      field.parameters.map((value, j) => value + delta * thetaTangent[j]),
    )
  let rows = [0, 1, 2, 3].map(level => {
    const delta = size / 2 ** level
    const [ahead, behind] = [moved(delta), moved(-delta)]
    return ahead.map((value, i) => (value - behind[i]) / (2 * delta))
  })
  for (let order = 2; rows.length > 1; order += 2)
    rows = rows
      .slice(1)
      .map((finer, l) => finer.map((value, i) => value + (value - rows[l][i]) / (2 ** order - 1)))
  return rows[0]
}
