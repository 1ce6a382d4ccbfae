import type { CsrMatrix } from '../csr.ts'
import { csrOperator, isCsr, type LinearOperator } from '../operator.ts'
import { identityPreconditioner, type Preconditioner } from '../preconditioners/preconditioner.ts'
import type { KrylovOptions, KrylovResult, KrylovStatus } from './result.ts'
import { addScaled, norm, scaleAndAdd } from './vectors.ts'

export interface LsmrResult extends KrylovResult {
  /** ‖Aᵀr‖ / (‖A‖_F·‖r‖), r = b − Ax: zero for the least-squares solution. ‖A‖_F as the bidiagonalisation has it. */
  readonly normalResidual: number
}

/**
 * The x that minimises ‖b − A·x‖₂ for any m×n A, by LSMR (Fong & Saunders, SIAM J. Sci. Comput. 33, 2011): Golub–Kahan
 * bidiagonalisation, with ‖Aᵀr‖ decreasing in every step. Where many x do, the one nearest to the initial guess (0: the
 * one of least norm). It has converged where ‖r‖ ≤ rtol·‖b‖ (A·x = b can be met), or ‖Aᵀr‖ ≤ rtol·‖A‖_F·‖r‖ (it cannot),
 * both computed from x at the end. A preconditioner works on the right, on the columns: x = M⁻¹y, and AM⁻¹ stands for A.
 *
 *     const { x, normalResidual } = lsmr(A, b, { rtol: 1e-12 })
 *
 * @param matrix m×n; an operator must know its transpose
 * @param b [m]; not changed
 * @returns x [n]
 * @throws RangeError where the sizes do not fit. A failure of the method is a status.
 */
export function lsmr(
  matrix: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: KrylovOptions = {},
): LsmrResult {
  const A = isCsr(matrix) ? csrOperator(matrix) : matrix
  const [m, n] = [A.rows, A.columns]
  checkSizes(A, b, options)
  const { rtol = 1e-10, atol = 0, maxIterations = Math.max(100, 10 * n), initialGuess, history } = options
  const M = options.preconditioner ?? identityPreconditioner(n)
  const { multiply, multiplyTransposed } = preconditioned(A, M)
  const scaleOfB = norm(b)
  const relative = (residual: number) => (scaleOfB > 0 ? residual / scaleOfB : residual)
  const target = Math.max(rtol * scaleOfB, atol)

  const x = new Float64Array(n)
  if (initialGuess) x.set(initialGuess)
  const [u, w] = [new Float64Array(m), new Float64Array(m)]
  const [v, h, hBar, y, z] = Array.from({ length: 5 }, () => new Float64Array(n))
  const residualInto = (out: Float64Array): number => {
    A.apply(x, out)
    for (let i = 0; i < m; i++) out[i] = b[i] - out[i]
    return norm(out)
  }

  let beta = residualInto(u)
  const norms = [beta]
  if (beta > 0) for (let i = 0; i < m; i++) u[i] /= beta
  multiplyTransposed(u, v)
  let alpha = norm(v)
  if (alpha > 0) for (let j = 0; j < n; j++) v[j] /= alpha
  h.set(v)
  let squaredNormOfA = alpha * alpha
  let iterations = 0
  let status: KrylovStatus = Number.isFinite(alpha * beta) ? 'too many iterations' : 'breakdown'

  let [alphaBar, zeta, zetaBar, rho, rhoBar, cBar, sBar] = [alpha, 0, alpha * beta, 1, 1, 1, 0]
  const estimate = residualEstimate(beta)
  let residual = beta
  while (status === 'too many iterations') {
    if (residual <= target || Math.abs(zetaBar) <= rtol * Math.sqrt(squaredNormOfA) * residual) {
      status = 'converged'
      break
    }
    if (iterations >= maxIterations) break
    iterations++
    multiply(v, w)
    scaleAndAdd(u, -alpha, w)
    beta = norm(u)
    if (beta > 0) for (let i = 0; i < m; i++) u[i] /= beta
    multiplyTransposed(u, z)
    scaleAndAdd(v, -beta, z)
    alpha = norm(v)
    if (alpha > 0) for (let j = 0; j < n; j++) v[j] /= alpha
    squaredNormOfA += alpha * alpha + beta * beta

    const formerRho = rho
    rho = Math.sqrt(alphaBar * alphaBar + beta * beta)
    const [c, s] = [alphaBar / rho, beta / rho]
    const theta = s * alpha
    alphaBar = c * alpha

    const formerRhoBar = rhoBar
    const thetaBar = sBar * rho
    const along = cBar * rho
    rhoBar = Math.sqrt(along * along + theta * theta)
    cBar = along / rhoBar
    sBar = theta / rhoBar
    const formerZeta = zeta
    zeta = cBar * zetaBar
    zetaBar *= -sBar
    if (!Number.isFinite(zeta / (rho * rhoBar))) {
      status = 'breakdown'
      break
    }
    scaleAndAdd(hBar, (-thetaBar * rho) / (formerRho * formerRhoBar), h)
    addScaled(y, zeta / (rho * rhoBar), hBar)
    scaleAndAdd(h, -theta / rho, v)
    residual = estimate(c, s, thetaBar, rhoBar, formerZeta, zeta)
    if (history) norms.push(residual)
  }
  M.apply(y, z)
  addScaled(x, 1, z)

  const size = residualInto(w)
  multiplyTransposed(w, y)
  const normalResidual = size > 0 && squaredNormOfA > 0 ? norm(y) / (Math.sqrt(squaredNormOfA) * size) : 0
  // The recurrences' last digits differ from the true residual's: twice the tolerance is met, ten times is not.
  if (status === 'converged' && size > 2 * target && normalResidual > 2 * rtol) status = 'stagnated'
  return {
    x,
    status,
    message: `lsmr: ${status} after ${iterations} iterations, ‖r‖/‖b‖ = ${relative(size).toExponential(1)}, ‖Aᵀr‖/(‖A‖‖r‖) = ${normalResidual.toExponential(1)}`,
    iterations,
    relativeResidual: relative(size),
    normalResidual,
    ...(history ? { history: norms.map(relative) } : {}),
  }
}

/** ‖r_k‖ step by step, from the QR factorisations that LSMR has at hand (section 5.1 of the paper, β̈ ρ̇ τ̃ spelled out). */
function residualEstimate(beta: number) {
  let [betaTwoDots, betaDot, rhoDot, tauTilde, thetaTilde, formerRho] = [beta, 0, 1, 0, 0, 0]
  return (
    c: number,
    s: number,
    thetaBar: number,
    rhoBar: number,
    formerZeta: number,
    zeta: number,
  ): number => {
    const betaHat = c * betaTwoDots
    betaTwoDots *= -s
    const formerThetaTilde = thetaTilde
    formerRho = Math.sqrt(rhoDot * rhoDot + thetaBar * thetaBar)
    const [cTilde, sTilde] = [rhoDot / formerRho, thetaBar / formerRho]
    thetaTilde = sTilde * rhoBar
    rhoDot = cTilde * rhoBar
    betaDot = -sTilde * betaDot + cTilde * betaHat
    tauTilde = (formerZeta - formerThetaTilde * tauTilde) / formerRho
    const tauDot = (zeta - thetaTilde * tauTilde) / rhoDot
    return Math.sqrt((betaDot - tauDot) * (betaDot - tauDot) + betaTwoDots * betaTwoDots)
  }
}

/** AM⁻¹ and its transpose. */
function preconditioned(A: LinearOperator, M: Preconditioner) {
  const z = new Float64Array(A.columns)
  return {
    multiply(v: Float64Array, out: Float64Array): void {
      M.apply(v, z)
      A.apply(z, out)
    },
    multiplyTransposed(u: Float64Array, out: Float64Array): void {
      A.applyTransposed!(u, z)
      M.applyTransposed(z, out)
    },
  }
}

function checkSizes(A: LinearOperator, b: Float64Array, { initialGuess, preconditioner }: KrylovOptions) {
  if (!A.applyTransposed) throw new RangeError('lsmr: the operator has no applyTransposed; give it one')
  if (b.length !== A.rows) throw new RangeError(`lsmr: A has ${A.rows} rows, b has ${b.length} entries`)
  if (initialGuess && initialGuess.length !== A.columns) {
    throw new RangeError(`lsmr: initialGuess has ${initialGuess.length} entries, A has ${A.columns} columns`)
  }
  if (preconditioner && preconditioner.size !== A.columns) {
    throw new RangeError(`lsmr: the preconditioner is for ${preconditioner.size} unknowns, not ${A.columns}`)
  }
}
