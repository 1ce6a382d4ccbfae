import type { Solution } from '../ode/solution.ts'
import { denseWeights } from '../ode/tableau.ts'
import type { VectorField } from '../ode/vectorField.ts'
import { checkLength } from './checkLength.ts'
import { frozenSteps } from './frozenSteps.ts'

/**
 * The discrete adjoint: the exact derivative, to rounding, of the numbers that an explicit Runge–Kutta method computed,
 * with the accepted steps frozen. A scalar L of the saved states has `cotangents` = ∂L/∂y (row-major T×n, as
 * `solution.y`); added to `gradY0` (n) is ∂L/∂y0 and to `gradTheta` (p) ∂L/∂θ. θ must be what it was in the forward run.
 *
 * Backwards through one step, with λ = ∂L/∂y₁ and κ_i = ∂L/∂k_i (Hager, Numerische Mathematik 87 (2000) 247–282, for
 * the transposed tableau; dense output and the first-same-as-last stage are variables as any other):
 *
 *     a saved state u(θ) = y + h·Σ b_i(θ)·k_i :   λ_y += ū,  κ_i += h·b_i(θ)·ū
 *     stage i, last to first:                     μ = κ_iᵀ·∂f/∂y(Y_i),  λ_y += μ,  κ_j += h·a_ij·μ  (j < i)
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
  const frozen = frozenSteps(solution)
  const { flat, steps } = frozen
  const { stages, end, a } = flat
  const n = field.dimension
  const times = solution.t

  const kappa = new Float64Array(stages * n)
  const stageKappa = Array.from({ length: stages }, (_, i) => kappa.subarray(i * n, (i + 1) * n))
  const lambda = new Float64Array(n) // ∂L/∂y
  const lambda1 = new Float64Array(n) // ∂L/∂y₁
  const mu = new Float64Array(n)
  const state = new Float64Array(n)
  const weights = new Float64Array(stages)
  const direction = Math.sign(steps.h[0])
  let saved = times.length - 1

  for (let step = steps.count - 1; step >= 0; step--) {
    const t = steps.t[step]
    const t1 = steps.t[step + 1]
    const h = steps.h[step]
    frozen.load(step)
    lambda1.set(lambda)
    lambda.fill(0)
    // k_0 of the step after is stage `end` of this one
    stageKappa[end].set(stageKappa[0])
    for (let i = 0; i < stages; i++) if (i !== end) stageKappa[i].fill(0)

    for (; saved >= 0 && (times[saved] - t) * direction > 0; saved--) {
      const at = saved * n
      const isEnd = times[saved] === t1
      const target = isEnd ? lambda1 : lambda
      for (let m = 0; m < n; m++) target[m] += cotangents[at + m]
      if (isEnd) continue
      denseWeights(flat, (times[saved] - t) / h, weights)
      for (let i = 0; i < stages; i++)
        for (let m = 0, to = i * n; m < n; m++) kappa[to + m] += h * weights[i] * cotangents[at + m]
    }

    for (let i = stages - 1; i > 0; i--) {
      const isEnd = i === end // evaluated at y₁, whose cotangent is λ₁ in all
      if (!isEnd) mu.fill(0)
      const target = isEnd ? lambda1 : mu
      if (hasNonzero(stageKappa[i])) {
        frozen.stageState(step, i, state)
        field.vjp(frozen.stageTime(step, i), state, stageKappa[i], target, gradTheta)
      } else if (!isEnd) continue
      for (let m = 0; m < n; m++) lambda[m] += target[m]
      for (let j = 0; j < i; j++) {
        const weight = h * a[i * stages + j]
        if (weight !== 0) for (let m = 0, to = j * n; m < n; m++) kappa[to + m] += weight * target[m]
      }
    }
  }
  for (; saved >= 0; saved--) for (let m = 0; m < n; m++) lambda[m] += cotangents[saved * n + m]
  if (hasNonzero(stageKappa[0])) {
    for (let m = 0; m < n; m++) state[m] = steps.y[m]
    field.vjp(steps.t[0], state, stageKappa[0], lambda, gradTheta)
  }
  for (let m = 0; m < n; m++) gradY0[m] += lambda[m]
}

function hasNonzero(v: Float64Array): boolean {
  for (let m = 0; m < v.length; m++) if (v[m] !== 0) return true
  return false
}
