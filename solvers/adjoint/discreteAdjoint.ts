import type { Solution } from '../ode/solution.ts'
import type { VectorField } from '../ode/vectorField.ts'
import { checkLength } from './checkLength.ts'
import { differentiableSteps } from './stepDerivative.ts'

/**
 * The discrete adjoint: the exact derivative, to rounding, of the numbers that the integrator computed, with the accepted
 * steps frozen. A scalar L of the saved states has `cotangents` = ∂L/∂y (row-major T×n, as `solution.y`); added to `gradY0`
 * (n) is ∂L/∂y0 and to `gradTheta` (p) ∂L/∂θ. θ must be what it was in the forward run.
 *
 * The steps are gone through backwards; what a step's derivative is, its family of methods says (`StepDerivative`).
 *
 * @throws Error where the field has no `vjp`, or the method is not differentiable here (odex).
 * @throws RangeError where an array has the wrong length.
 */
export function adjoint(
  field: VectorField,
  solution: Solution,
  cotangents: Float64Array,
  gradY0: Float64Array,
  gradTheta: Float64Array,
): void {
  if (!field.vjp) throw new Error('the adjoint needs field.vjp, which this vector field does not have')
  checkLength('cotangents', cotangents, solution.y.length)
  checkLength('gradY0', gradY0, field.dimension)
  checkLength('gradTheta', gradTheta, field.parameterCount)
  const { steps, derivative } = differentiableSteps(solution)
  const n = field.dimension
  const times = solution.t
  const lambda = new Float64Array(n) // ∂L/∂y
  const lambda1 = new Float64Array(n) // ∂L/∂y₁
  const savedCotangent = new Float64Array(n)
  const direction = Math.sign(steps.h[0])
  let saved = times.length - 1

  derivative.beginVjp()
  for (let step = steps.count - 1; step >= 0; step--) {
    const t = steps.t[step]
    const t1 = steps.t[step + 1]
    derivative.load(step)
    lambda1.set(lambda)
    lambda.fill(0)
    for (; saved >= 0 && (times[saved] - t) * direction > 0; saved--) {
      const at = saved * n
      if (times[saved] === t1) {
        for (let m = 0; m < n; m++) lambda1[m] += cotangents[at + m]
        continue
      }
      for (let m = 0; m < n; m++) savedCotangent[m] = cotangents[at + m]
      derivative.interpolateVjp((times[saved] - t) / steps.h[step], savedCotangent, lambda)
    }
    derivative.stepVjp(lambda1, lambda, gradTheta)
  }
  for (; saved >= 0; saved--) for (let m = 0; m < n; m++) lambda[m] += cotangents[saved * n + m]
  derivative.startVjp(steps.t[0], steps.y.subarray(0, n), lambda, gradTheta)
  for (let m = 0; m < n; m++) gradY0[m] += lambda[m]
}
