import { factor, isFactored } from '../linear/direct/index.ts'
import { addScaled, dot, maximumNorm, norm } from '../linear/krylov/vectors.ts'
import {
  activeMatrix,
  checkedProgram,
  equalityResidual,
  gradientOf,
  type Program,
  type QuadraticProgram,
  reducedMatrix,
  residuals,
  slacks,
  violation,
} from './conditions.ts'
import { type ActiveSystem, derivativesOf, type QuadraticProgramDerivatives } from './programDerivatives.ts'

export interface QuadraticProgramOptions {
  /** Residuals and complementarity, relative to the data. Default 1e-10; the solution is then polished to rounding. */
  readonly tolerance?: number
  /** Default 100. */
  readonly maxIterations?: number
}

export interface QuadraticProgramSolution extends QuadraticProgramDerivatives {
  readonly status: 'converged' | 'infeasible' | 'unbounded' | 'singular' | 'iteration limit' | 'not finite'
  readonly message: string
  /** [n] */
  readonly x: Float64Array
  /** ν [p], of the equalities */
  readonly equalityMultipliers: Float64Array
  /** λ ≥ 0 [m], of the inequalities */
  readonly inequalityMultipliers: Float64Array
  /** Rows of G that hold with equality and have a multiplier. */
  readonly active: readonly number[]
  readonly iterations: number
  /** The largest violation of the conditions of Karush, Kuhn and Tucker, relative to the data. */
  readonly residual: number
  /**
   * min over the inequalities of max(λᵢ, sᵢ), s = h − G·x, relative to the data. Near zero, a constraint is active without force:
   * x has a kink in the data there, and the derivatives are one-sided.
   */
  readonly strictComplementarity: number
}

/**
 * A quadratic program as a layer: Mehrotra's predictor–corrector method (SIAM J. Optim. 2, 1992; the reduced system of
 * Mattingley & Boyd, CVXGEN, 2012), a last step on the active set, and exact derivatives from the factors of that last system
 * (Amos & Kolter, OptNet, ICML 2017, eqs. 6–8).
 *
 *     // The point of the simplex that is nearest to c.
 *     const solution = quadraticProgram({
 *       Q: new Float64Array([1, 0, 0, 1]), q: c.map(value => -value),
 *       A: new Float64Array([1, 1]), b: new Float64Array([1]),
 *       G: new Float64Array([-1, 0, 0, -1]), h: new Float64Array(2),
 *     })
 *     const { q: gradient } = solution.vjp(gradientX)
 *
 * @throws RangeError where sizes do not fit or Q is not symmetric. Infeasible and unbounded programs are a status.
 */
export function quadraticProgram(
  program: QuadraticProgram,
  options: QuadraticProgramOptions = {},
): QuadraticProgramSolution {
  const { tolerance = 1e-10, maxIterations = 100 } = options
  const data = checkedProgram(program)
  const { Q, q, A, b, G, h, n, p, m } = data
  const scale =
    1 +
    Math.max(maximumNorm(Q), maximumNorm(q), maximumNorm(A), maximumNorm(b), maximumNorm(G), maximumNorm(h))
  let [x, nu, lambda, s]: Float64Array[] = [n, p, m, m].map(length => new Float64Array(length))
  const end = (
    status: QuadraticProgramSolution['status'],
    message: string,
    iterations: number,
    last?: ActiveSystem,
  ): QuadraticProgramSolution => ({
    status,
    message,
    x,
    equalityMultipliers: nu,
    inequalityMultipliers: lambda,
    active: last?.active ?? [],
    iterations,
    residual: violation(data, x, nu, lambda) / scale,
    strictComplementarity:
      s.reduce((least, slack, i) => Math.min(least, Math.max(slack, lambda[i])), Infinity) / scale,
    ...derivativesOf(data, x, nu, lambda, last, message),
  })
  if (![Q, q, A, b, G, h].every(array => array.every(Number.isFinite)))
    return end('not finite', 'the data have an entry that is not a finite number', 0)

  // A start that satisfies all but the signs, then those (Mattingley & Boyd, section 5.2).
  const first = factor(reducedMatrix(data, m === 0 ? [] : new Float64Array(m).fill(1)), {
    structure: 'symmetric',
  })
  if (!isFactored(first)) return end('singular', whySingular(data, first.message), 0)
  const start = first.solve(Float64Array.of(...q.map(value => -value), ...b, ...h))
  x = start.slice(0, n)
  nu = start.slice(n, n + p)
  const z = start.slice(n + p)
  const shifted = (values: Float64Array) => {
    const deficit = values.reduce((most, value) => Math.max(most, -value), Number.NEGATIVE_INFINITY)
    return deficit < 0 ? values : values.map(value => value + 1 + deficit)
  }
  s = shifted(z.map(value => -value))
  lambda = shifted(z)

  let iterations = 0
  for (; iterations < maxIterations; iterations++) {
    const [dual, primal, inequality] = residuals(data, x, nu, lambda, s)
    const mu = m === 0 ? 0 : dot(s, lambda) / m
    const error = Math.max(maximumNorm(dual), maximumNorm(primal), maximumNorm(inequality), mu) / scale
    if (error <= tolerance) break
    const certificate = certificateOf(data, x, nu, lambda)
    if (certificate) return end(certificate.status, certificate.message, iterations)
    const weights = s.map((slack, i) => slack / lambda[i])
    const factors = factor(reducedMatrix(data, weights), { structure: 'symmetric' })
    if (!isFactored(factors)) {
      if (error <= 1e-6) break
      return end('singular', whySingular(data, factors.message), iterations)
    }
    /** The step to s∘λ = target (to first order). */
    const stepTo = (target: Float64Array) => {
      const solved = factors.solve(
        Float64Array.of(
          ...dual.map(value => -value),
          ...primal.map(value => -value),
          ...inequality.map((value, i) => -value + s[i] - target[i] / lambda[i]),
        ),
      )
      const dlambda = solved.slice(n + p)
      const ds = s.map((slack, i) => -slack + target[i] / lambda[i] - weights[i] * dlambda[i])
      return { dx: solved.slice(0, n), dnu: solved.slice(n, n + p), dlambda, ds }
    }
    let step = stepTo(new Float64Array(m))
    if (m > 0) {
      const length = Math.min(1, stepLength(s, step.ds), stepLength(lambda, step.dlambda))
      let after = 0
      for (let i = 0; i < m; i++)
        after += (s[i] + length * step.ds[i]) * (lambda[i] + length * step.dlambda[i])
      const ratio = after / m / mu
      const centre = ratio * ratio * ratio * mu
      const { ds, dlambda } = step
      step = stepTo(s.map((_, i) => centre - ds[i] * dlambda[i]))
    }
    const length = Math.min(1, 0.99 * stepLength(s, step.ds), 0.99 * stepLength(lambda, step.dlambda))
    addScaled(x, length, step.dx)
    addScaled(nu, length, step.dnu)
    addScaled(lambda, length, step.dlambda)
    addScaled(s, length, step.ds)
    if (!x.every(Number.isFinite))
      return end('not finite', 'the iteration overflowed: scale the data', iterations)
  }
  if (iterations === maxIterations)
    return end(
      'iteration limit',
      `not converged after ${iterations} iterations; is the program feasible?`,
      iterations,
    )

  const polished = polish(data, x, lambda, s, scale)
  if (polished) {
    x = polished.x
    nu = polished.nu
    lambda = polished.lambda
    s = polished.s
    return end('converged', 'converged', iterations, polished)
  }
  const active = Array.from({ length: m }, (_, i) => i).filter(i => lambda[i] > s[i])
  const factors = factor(activeMatrix(data, active), { structure: 'symmetric' })
  if (isFactored(factors))
    return end('converged', 'converged, with a degenerate active set', iterations, { factors, active })
  return end(
    'converged',
    'the active constraints depend on each other: x is found, but multipliers and derivatives are not unique',
    iterations,
  )
}

/**
 * The solution with the active constraints as equalities, exact to rounding (as OSQP polishes: Stellato et al., 2020, section 4),
 * where it has the signs that it must have.
 */
function polish(data: Program, x0: Float64Array, lambda0: Float64Array, s0: Float64Array, scale: number) {
  const { n, p, m, q, b, h } = data
  const active = Array.from({ length: m }, (_, i) => i).filter(i => lambda0[i] > s0[i])
  const factors = factor(activeMatrix(data, active), { structure: 'symmetric' })
  if (!isFactored(factors)) return undefined
  const right = Float64Array.of(...q.map(value => -value), ...b, ...active.map(i => h[i]))
  const solved = factors.solve(right)
  // One step of iterative refinement.
  const defect = right.slice()
  const size = right.length
  const K = activeMatrix(data, active)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) defect[i] -= K[i * size + j] * solved[j]
  addScaled(solved, 1, factors.solve(defect))
  const x = solved.slice(0, n)
  const lambda = new Float64Array(m)
  active.forEach((i, k) => {
    lambda[i] = solved[n + p + k]
  })
  const s = slacks(data, x)
  const slip = 1e-9 * scale
  if (norm(x.map((value, i) => value - x0[i])) > 1e-4 * (1 + norm(x0))) return undefined
  if (lambda.some(value => value < -slip) || s.some(value => value < -slip)) return undefined
  for (const i of active) s[i] = 0
  return {
    x,
    nu: solved.slice(n, n + p),
    lambda: lambda.map(value => Math.max(value, 0)),
    s: s.map(value => Math.max(value, 0)),
    factors,
    active,
  }
}

/** Farkas' lemma: multipliers that show that no x is feasible, or a direction along which the objective falls for ever. */
function certificateOf(data: Program, x: Float64Array, nu: Float64Array, lambda: Float64Array) {
  const { Q, q, A, G, b, h, n } = data
  const none = { ...data, Q: new Float64Array(n * n), q: new Float64Array(n) }
  const force = Math.sqrt(dot(nu, nu) + dot(lambda, lambda))
  const gain = -(dot(b, nu) + dot(h, lambda))
  const near = 1e-8
  if (force > 1e4 && gain > 0 && maximumNorm(gradientOf(none, x, nu, lambda)) <= near * gain)
    return {
      status: 'infeasible' as const,
      message: 'infeasible: no x satisfies the constraints (the multipliers are Farkas’ certificate)',
    }
  const fall = -dot(q, x)
  if (norm(x) > 1e4 && fall > 0) {
    const flat = { ...data, q: new Float64Array(n) }
    const curvature = maximumNorm(gradientOf({ ...flat, p: 0, m: 0 }, x, nu, lambda))
    const equality = maximumNorm(equalityResidual({ ...data, b: new Float64Array(b.length) }, x))
    const outside = slacks({ ...data, h: new Float64Array(h.length) }, x).reduce(
      (most, v) => Math.max(most, -v),
      0,
    )
    if (Math.max(curvature, equality, outside) <= near * fall && Q.length + A.length + G.length > 0)
      return {
        status: 'unbounded' as const,
        message: 'unbounded: along x the objective falls without end within the constraints',
      }
  }
  return undefined
}

const whySingular = ({ p }: Program, message: string): string =>
  p > 0
    ? `the KKT matrix is singular (${message}): rows of A depend on each other, or Q has no curvature where A allows motion`
    : `the KKT matrix is singular (${message}): Q has no curvature along a direction that no constraint bounds`

/** The greatest α with v + α·d ≥ 0. */
function stepLength(v: Float64Array, d: Float64Array): number {
  let length = Number.POSITIVE_INFINITY
  for (let i = 0; i < v.length; i++) if (d[i] < 0) length = Math.min(length, -v[i] / d[i])
  return length
}
