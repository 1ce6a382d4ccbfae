import type { Solution } from '../ode/solution.ts'
import type { VectorField } from '../ode/vectorField.ts'
import { checkLength } from './checkLength.ts'
import { differentiableSteps } from './stepDerivative.ts'

/**
 * Forward sensitivity: the exact derivative, to rounding, of the saved states in the direction (δy0, δθ), with the
 * accepted steps frozen; the transpose of `adjoint`. Null is the zero direction. Gives δy (row-major T×n, as
 * `solution.y`), written to `out` if that is given. θ must be what it was in the forward run.
 *
 * @throws Error where the field has no `jvp`, or the method is not differentiable here (odex).
 * @throws RangeError where an array has the wrong length.
 */
export function tangent(
  field: VectorField,
  solution: Solution,
  y0Tangent: Float64Array | null,
  thetaTangent: Float64Array | null,
  out = new Float64Array(solution.y.length),
): Float64Array {
  if (!field.jvp) throw new Error('the tangent needs field.jvp, which this vector field does not have')
  const n = field.dimension
  const y = new Float64Array(n) // δy
  const theta = thetaTangent ?? new Float64Array(field.parameterCount) // δθ
  if (y0Tangent) {
    checkLength('y0Tangent', y0Tangent, n)
    y.set(y0Tangent)
  }
  checkLength('thetaTangent', theta, field.parameterCount)
  checkLength('out', out, solution.y.length)
  const { steps, derivative } = differentiableSteps(solution)
  const times = solution.t
  const y1 = new Float64Array(n)
  const savedTangent = new Float64Array(n)
  const direction = Math.sign(steps.h[0])
  if (steps.count > 0) derivative.startJvp(steps.t[0], steps.y.subarray(0, n), 0, y, theta)
  out.set(y)
  let saved = 1

  for (let step = 0; step < steps.count && saved < times.length; step++) {
    const t = steps.t[step]
    const t1 = steps.t[step + 1]
    derivative.load(step)
    derivative.stepJvp(0, 0, y, theta, y1)
    for (; saved < times.length && (times[saved] - t1) * direction <= 0; saved++) {
      if (times[saved] === t1) {
        out.set(y1, saved * n)
        continue
      }
      derivative.interpolateJvp((times[saved] - t) / steps.h[step], 0, savedTangent)
      out.set(savedTangent, saved * n)
    }
    y.set(y1)
  }
  return out
}
