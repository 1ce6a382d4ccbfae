import { factor, isFactored } from '../../solvers/linear/direct/index.ts'
import { createShooting, type ShootingProblem } from './shooting.ts'
import { cutWindows } from './windows.ts'

/** How well data determine θ. */
export interface Uncertainty {
  /** Standard deviation of each entry of θ [p]; NaN where the data do not determine it. */
  readonly standardErrors: Float64Array
  /** Standard deviation of the data in units of their scales, by the residuals. */
  readonly noise: number
  /** Measured values less what was fitted to them. */
  readonly degreesOfFreedom: number
}

/** Beyond these, a Jacobian by forward sensitivities takes longer than it is worth. */
const mostColumns = 300

/**
 * The covariance of θ from the Gauss–Newton Hessian at the least squares, each series followed as a whole from its own initial state,
 * which is fitted too: σ²·(Σ JθᵀJθ − JθᵀJz(JzᵀJz)⁻¹JzᵀJθ)⁻¹ (Bates & Watts, Nonlinear Regression Analysis, 1988, section 2.3). It
 * presumes that residuals are independent, with the same variance in units of their scales, and the model true.
 *
 * @param estimates of each series, T × n: the first state is where it begins
 * @returns null where there are too many unknowns, too few data, or no trajectory
 */
export function uncertaintyOf(
  problem: ShootingProblem,
  estimates: readonly Float64Array[],
): Uncertainty | null {
  const { field, startIsKnown = false } = problem
  const [n, p] = [field.dimension, field.parameterCount]
  const starts = startIsKnown ? 0 : n
  if (p === 0 || p + starts > mostColumns) return null
  const shooting = createShooting(problem)
  const windows = cutWindows(problem.series, Number.POSITIVE_INFINITY)
  const columns = p + n
  const hessian = new Float64Array(p * p)
  let squares = 0
  for (const window of windows) {
    const rows = shooting.residualCount(window)
    const residuals = new Float64Array(rows)
    const J = new Float64Array(rows * columns)
    const place = { entries: J, columns, row: 0, z: p, next: p }
    const start = estimates[window.series].slice(0, n)
    if (!shooting.residualsAndJacobian(window, start, null, residuals, place)) return null
    squares += residuals.reduce((sum, r) => sum + r * r, 0)
    const gram = (i: number, j: number) => {
      let sum = 0
      for (let row = 0; row < rows; row++) sum += J[row * columns + i] * J[row * columns + j]
      return sum
    }
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) hessian[i * p + j] += gram(i, j)
    if (starts === 0) continue
    const own = new Float64Array(n * n)
    const mixed = new Float64Array(n * p)
    for (let a = 0; a < n; a++) {
      for (let b = 0; b <= a; b++) {
        own[a * n + b] = gram(p + a, p + b)
        own[b * n + a] = own[a * n + b]
      }
      for (let j = 0; j < p; j++) mixed[a * p + j] = gram(p + a, j)
    }
    // What no datum tells of the initial state takes nothing from θ.
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    for (let a = 0; a < n; a++) own[a * (n + 1)] += 1e-14 * largest || 1
    const factors = factor(own, { structure: 'spd' })
    if (!isFactored(factors)) return null
    const solved = factors.solve(mixed, p)
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++)
        for (let a = 0; a < n; a++) hessian[i * p + j] -= mixed[a * p + i] * solved[a * p + j]
  }
  const degreesOfFreedom = shooting.measuredValues(windows) - p - starts * windows.length
  if (degreesOfFreedom < 1) return null
  const noise = Math.sqrt(squares / degreesOfFreedom)
  return { standardErrors: deviations(hessian, p, noise), noise, degreesOfFreedom }
}

/** σ·√(H⁻¹)_ii, with H scaled to a unit diagonal first. */
function deviations(hessian: Float64Array, p: number, noise: number): Float64Array {
  const scale = Float64Array.from({ length: p }, (_, i) => 1 / Math.sqrt(hessian[i * (p + 1)]))
  const undetermined = new Float64Array(p).fill(Number.NaN)
  if (!scale.every(Number.isFinite)) return undetermined
  const scaled = hessian.map((value, k) => {
    const [i, j] = [Math.floor(k / p), k % p]
    return 0.5 * (value + hessian[j * p + i]) * scale[i] * scale[j]
  })
  const factors = factor(scaled, { structure: 'spd', symmetryTolerance: 1e-12 })
  if (!isFactored(factors)) return undetermined
  const inverse = factors.solve(
    Float64Array.from({ length: p * p }, (_, k) => Number(k % (p + 1) === 0)),
    p,
  )
  return Float64Array.from({ length: p }, (_, i) => noise * scale[i] * Math.sqrt(inverse[i * (p + 1)]))
}
