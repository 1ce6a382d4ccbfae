import type { LeastSquares } from './objective.ts'

/**
 * Levenberg–Marquardt: (JᵀJ + λ·diag(JᵀJ))·δ = −Jᵀr with Marquardt's scaling and Nielsen's update of λ
 * (Madsen, Nielsen & Tingleff, Methods for Non-Linear Least Squares Problems, 2nd ed., 2004, algorithm 3.16).
 * One call of `levenbergMarquardtStep` is one accepted step, so that a caller can save the state in between.
 */
export interface LevenbergMarquardtState {
  /** λ, the damping. */
  damping: number
  /** ν, the factor of the next increase. */
  growth: number
  /** ½‖r‖². */
  value: number
}

const mostRejections = 40

export interface Workspace {
  residuals: Float64Array
  trialResiduals: Float64Array
  jacobian: Float64Array
}

const workspace = (problem: LeastSquares): Workspace => ({
  residuals: new Float64Array(problem.residualCount),
  trialResiduals: new Float64Array(problem.residualCount),
  jacobian: new Float64Array(problem.residualCount * problem.size),
})

/** @returns null where the residuals do not exist at x. */
export function levenbergMarquardtState(
  problem: LeastSquares,
  x: Float64Array,
): LevenbergMarquardtState | null {
  const residuals = new Float64Array(problem.residualCount)
  if (!problem.evaluate(x, residuals, null)) return null
  return { damping: 1e-3, growth: 2, value: halfSquare(residuals) }
}

/**
 * One accepted step in place.
 * @returns false if no step lowers the sum of squares: x is a minimum to working precision.
 */
export function levenbergMarquardtStep(
  problem: LeastSquares,
  x: Float64Array,
  state: LevenbergMarquardtState,
  { residuals, trialResiduals, jacobian } = workspace(problem),
): boolean {
  const n = problem.size
  if (!problem.evaluate(x, residuals, jacobian)) return false
  state.value = halfSquare(residuals)
  const { normal, gradient } = normalEquations(jacobian, residuals, n)
  const trial = new Float64Array(n)
  for (let rejections = 0; rejections < mostRejections; rejections++) {
    const step = solveDamped(normal, gradient, state.damping, n)
    let predicted = 0
    if (step) {
      for (let i = 0; i < n; i++) {
        trial[i] = x[i] + step[i]
        predicted += 0.5 * step[i] * (state.damping * scaleOf(normal, i, n) * step[i] - gradient[i])
      }
    }
    if (step && problem.evaluate(trial, trialResiduals, null)) {
      const value = halfSquare(trialResiduals)
      const ratio = (state.value - value) / predicted
      if (value < state.value && ratio > 0) {
        const cubed = (2 * ratio - 1) * (2 * ratio - 1) * (2 * ratio - 1)
        x.set(trial)
        state.damping = Math.max(1e-15, state.damping * Math.max(1 / 3, 1 - cubed))
        state.growth = 2
        state.value = value
        return true
      }
      if (predicted <= 1e-16 * state.value) return false
    }
    state.damping *= state.growth
    state.growth *= 2
    if (!Number.isFinite(state.damping)) return false
  }
  return false
}

function normalEquations(jacobian: Float64Array, residuals: Float64Array, n: number) {
  const normal = new Float64Array(n * n)
  const gradient = new Float64Array(n)
  for (let row = 0; row < residuals.length; row++) {
    const base = row * n
    for (let i = 0; i < n; i++) {
      const entry = jacobian[base + i]
      if (entry === 0) continue
      gradient[i] += entry * residuals[row]
      for (let j = 0; j <= i; j++) normal[i * n + j] += entry * jacobian[base + j]
    }
  }
  return { normal, gradient }
}

/** Marquardt's scale of coordinate i: its diagonal entry, or 1 where it has no influence. */
const scaleOf = (normal: Float64Array, i: number, n: number): number => normal[i * n + i] || 1

/** δ of the damped normal equations by Cholesky; null if they are not positive definite in floating point. */
function solveDamped(
  normal: Float64Array,
  gradient: Float64Array,
  damping: number,
  n: number,
): Float64Array | null {
  const L = normal.slice()
  for (let i = 0; i < n; i++) L[i * n + i] += damping * scaleOf(normal, i, n)
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = L[i * n + j]
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k]
      if (i === j) {
        if (!(sum > 0)) return null
        L[j * n + j] = Math.sqrt(sum)
      } else L[i * n + j] = sum / L[j * n + j]
    }
  }
  const step = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = -gradient[i]
    for (let k = 0; k < i; k++) sum -= L[i * n + k] * step[k]
    step[i] = sum / L[i * n + i]
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = step[i]
    for (let k = i + 1; k < n; k++) sum -= L[k * n + i] * step[k]
    step[i] = sum / L[i * n + i]
  }
  return step
}

function halfSquare(residuals: Float64Array): number {
  let sum = 0
  for (const r of residuals) sum += r * r
  return 0.5 * sum
}
