import type { CsrMatrix } from '../csr.ts'
import { isSymmetric } from '../csr.ts'
import { csrOperator, isCsr, type LinearOperator } from '../operator.ts'
import type { KrylovOptions, KrylovResult, KrylovStatus } from './result.ts'
import { addScaled, maximumNorm, norm } from './vectors.ts'

/** Why a cycle ended. All but the first two may pass: the next cycle starts anew from the true residual. */
export type CycleEnd =
  | 'reached'
  | 'limit'
  | Exclude<KrylovStatus, 'converged' | 'too many iterations' | 'stagnated'>

/**
 * One run of a Krylov method for A·d = r from d = 0: d is written, r is overwritten. It ends where the norm of its
 * residual is at most `target`, after `budget` iterations, or where it cannot go on; d is then finite. It calls `step`
 * once per iteration, with the norm of its residual. It allocates nothing.
 */
export type Cycle = (
  r: Float64Array,
  d: Float64Array,
  target: number,
  budget: number,
  step: (norm: number) => void,
) => CycleEnd

interface Method {
  readonly name: string
  /** Asks for A = Aᵀ: said where the method fails and A is not. */
  readonly symmetric: boolean
  /** Allocates what a cycle works with. */
  cycle(A: LinearOperator, options: KrylovOptions): Cycle
}

/** A cycle that leaves more than this of the residual is no progress. */
const leastProgress = 0.99

/**
 * Krylov methods as refinement: cycles of the method, each on the true residual of what the former left, until that is
 * small. So 'converged' is a statement about b − Ax as computed from x, not about a recurrence that has drifted from it.
 * Residuals are scaled by a power of two before each cycle: a tiny b is solved as well as a large one.
 */
export function solveByCycles(
  { name, symmetric, cycle }: Method,
  matrix: LinearOperator | CsrMatrix,
  b: Float64Array,
  options: KrylovOptions,
): KrylovResult {
  const A = isCsr(matrix) ? csrOperator(matrix) : matrix
  const n = b.length
  checkSizes(name, A, b, options)
  const { rtol = 1e-10, atol = 0, maxIterations = Math.max(100, 10 * n), initialGuess, history } = options
  const x = new Float64Array(n)
  const former = new Float64Array(n)
  const r = new Float64Array(n)
  const d = new Float64Array(n)
  const scaleOfB = norm(b)
  const target = Math.max(rtol * scaleOfB, atol)
  const relative = (residual: number) => (scaleOfB > 0 ? residual / scaleOfB : residual)
  const norms: number[] = []
  let iterations = 0

  const finish = (status: KrylovStatus, residual: number): KrylovResult => ({
    x,
    status,
    message: messageOf(
      name,
      status,
      iterations,
      relative(residual),
      symmetric && isCsr(matrix) ? matrix : null,
    ),
    iterations,
    relativeResidual: relative(residual),
    ...(history ? { history: norms.map(relative) } : {}),
  })
  if (!Number.isFinite(scaleOfB)) return finish('breakdown', scaleOfB)
  if (initialGuess && scaleOfB > 0) x.set(initialGuess)

  const run = cycle(A, options)
  let previous = Number.POSITIVE_INFINITY
  let end: CycleEnd = 'limit'
  for (;;) {
    if (x.some(value => value !== 0)) {
      A.apply(x, r)
      for (let i = 0; i < n; i++) r[i] = b[i] - r[i]
    } else r.set(b)
    const residual = norm(r)
    if (previous === Number.POSITIVE_INFINITY) {
      if (!Number.isFinite(residual)) return finish('breakdown', residual)
      norms.push(residual)
    }
    if (residual <= target) return finish('converged', residual)
    const worse = !(residual <= previous)
    if (worse) x.set(former)
    if (!(residual <= leastProgress * previous)) {
      const status = end === 'reached' || end === 'limit' ? 'stagnated' : end
      return finish(iterations < maxIterations ? status : 'too many iterations', worse ? previous : residual)
    }
    if (end === 'not positive definite' || end === 'preconditioner not positive definite')
      return finish(end, residual)
    if (iterations >= maxIterations) return finish('too many iterations', residual)
    previous = residual
    former.set(x)

    const scale = powerOfTwoBelow(maximumNorm(r))
    for (let i = 0; i < n; i++) r[i] /= scale
    d.fill(0)
    end = run(r, d, target / scale, maxIterations - iterations, size => {
      iterations++
      if (history) norms.push(size * scale)
    })
    addScaled(x, scale, d)
  }
}

/** 2ᵉ ≤ x: multiplying and dividing by it rounds nothing. */
function powerOfTwoBelow(x: number): number {
  let power = 1
  while (power > x) power /= 2
  while (power * 2 <= x) power *= 2
  return power
}

function checkSizes(
  name: string,
  A: LinearOperator,
  b: Float64Array,
  { preconditioner, initialGuess, rtol = 1e-10, atol = 0 }: KrylovOptions,
): void {
  const n = b.length
  if (A.rows !== n || A.columns !== n) {
    throw new RangeError(
      `${name}: b has ${n} entries, which wants a ${n}×${n} matrix, not ${A.rows}×${A.columns}`,
    )
  }
  if (initialGuess && initialGuess.length !== n) {
    throw new RangeError(`${name}: initialGuess has ${initialGuess.length} entries, b has ${n}`)
  }
  if (preconditioner && preconditioner.size !== n) {
    throw new RangeError(`${name}: the preconditioner is for ${preconditioner.size} unknowns, not ${n}`)
  }
  if (!(rtol >= 0 && atol >= 0))
    throw new RangeError(`${name}: rtol ${rtol} and atol ${atol} must not be negative`)
}

function messageOf(
  name: string,
  status: KrylovStatus,
  iterations: number,
  relativeResidual: number,
  matrix: CsrMatrix | null,
): string {
  const reached = `${name}: relative residual ${relativeResidual.toExponential(1)} after ${iterations} iterations`
  if (status === 'converged') return reached
  if (matrix && !isSymmetric(matrix, 1e-12)) {
    return `${reached}; ${status}: the matrix is not symmetric, which ${name} needs. Use gmres or bicgstab`
  }
  return `${reached}; ${advice[status]}`
}

const advice: Readonly<Record<Exclude<KrylovStatus, 'converged'>, string>> = {
  'too many iterations': 'too many iterations: use a better preconditioner, or allow more',
  stagnated:
    'stagnated: more iterations do not help; ask for less (rtol), use a preconditioner, or (gmres) a longer restart',
  breakdown: 'breakdown: a divisor vanished or a number is not finite; the matrix may be singular. Try gmres',
  'not positive definite':
    'the matrix is not positive definite. Use minres where it is symmetric, else gmres',
  'preconditioner not positive definite':
    'r·M⁻¹r ≤ 0: the preconditioner is not positive definite. Use another, or gmres',
}
