import type { Solution } from '../ode/solution.ts'
import { combine, denseWeights } from '../ode/tableau.ts'
import type { VectorField } from '../ode/vectorField.ts'
import { checkLength } from './checkLength.ts'
import { frozenSteps } from './frozenSteps.ts'

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
  const frozen = frozenSteps(solution)
  const { flat, steps } = frozen
  const { stages, end, a } = flat
  const times = solution.t

  const k = new Float64Array(stages * n) // δk
  const stage = Array.from({ length: stages }, (_, i) => k.subarray(i * n, (i + 1) * n))
  const y1 = new Float64Array(n)
  const stageTangent = new Float64Array(n)
  const state = new Float64Array(n)
  const weights = new Float64Array(stages)
  const direction = Math.sign(steps.h[0])
  out.set(y)
  let saved = 1
  if (steps.count > 0) {
    for (let m = 0; m < n; m++) state[m] = steps.y[m]
    field.jvp(steps.t[0], state, y, theta, stage[0])
  }

  for (let step = 0; step < steps.count && saved < times.length; step++) {
    const t = steps.t[step]
    const t1 = steps.t[step + 1]
    const h = steps.h[step]
    frozen.load(step)
    for (let i = 1; i < stages; i++) {
      const target = i === end ? y1 : stageTangent
      combine(y, h, a, i * stages, i, k, target)
      frozen.stageState(step, i, state)
      field.jvp(frozen.stageTime(step, i), state, target, theta, stage[i])
    }
    for (; saved < times.length && (times[saved] - t1) * direction <= 0; saved++) {
      if (times[saved] === t1) {
        out.set(y1, saved * n)
        continue
      }
      denseWeights(flat, (times[saved] - t) / h, weights)
      combine(y, h, weights, 0, stages, k, stageTangent)
      out.set(stageTangent, saved * n)
    }
    y.set(y1)
    stage[0].set(stage[end])
  }
  return out
}
