import { type Matrix, oneNorm } from './matrixForm.ts'

/** How a matrix was factored. */
export type FactorStructure =
  | 'general'
  | 'symmetric'
  | 'spd'
  | 'lower triangular'
  | 'upper triangular'
  | 'tridiagonal'
  | 'banded'
  | 'block diagonal'
  | 'low-rank update'
  | 'bordered'

/** The factors of a square matrix A: one factorisation for the solution, its adjoint, its tangents and their derivatives. */
export interface Factors {
  readonly status: 'factored'
  /** n */
  readonly size: number
  readonly structure: FactorStructure
  /** Why it was factored so: what was tested, and how the tests went. */
  readonly explanation: readonly string[]
  /** A as it was factored. */
  readonly matrix: Matrix
  /** X with A·X = B. @param B [n × columns], row-major; not changed */
  solve(B: Float64Array, columns?: number): Float64Array
  /** X with Aᵀ·X = B. */
  solveTransposed(B: Float64Array, columns?: number): Float64Array
  /** log |det A|, and the sign of det A. */
  logDeterminant(): LogDeterminant
}

export interface LogDeterminant {
  readonly logarithm: number
  readonly sign: 1 | -1
}

/** A matrix that was not factored, and why. */
export interface NotFactored {
  readonly status:
    | 'singular'
    | 'not finite'
    | 'not symmetric'
    | 'not positive definite'
    | 'not of the structure'
  /** What was found and where, and what to do. */
  readonly message: string
  /** Zero-based row or column of the pivot, or row of the entry, that shows it. */
  readonly place: number
  readonly explanation: readonly string[]
}

export type FactorResult = Factors | NotFactored

/** What a factorisation must know to be `Factors`. */
export interface RawFactors {
  readonly structure: FactorStructure
  readonly matrix: Matrix
  readonly explanation: readonly string[]
  /** Overwrites X [n × columns] by A⁻¹·X or A⁻ᵀ·X. */
  solveInPlace(X: Float64Array, columns: number, transposed: boolean): void
  logDeterminant(): LogDeterminant
}

/** Adds the checks and copies that every kind of factors shares. */
export function toFactors({
  structure,
  matrix,
  explanation,
  solveInPlace,
  logDeterminant,
}: RawFactors): Factors {
  const n = matrix.rows
  const solve = (name: string, B: Float64Array, columns: number, transposed: boolean): Float64Array => {
    if (B.length !== n * columns) {
      throw new RangeError(
        `${name}: ${n} rows and ${columns} columns want ${n * columns} numbers, not ${B.length}`,
      )
    }
    const X = B.slice()
    if (X.length > 0) solveInPlace(X, columns, transposed)
    return X
  }
  return {
    status: 'factored',
    size: n,
    structure,
    explanation,
    matrix,
    solve: (B, columns = 1) => solve('solve', B, columns, false),
    solveTransposed: (B, columns = 1) => solve('solveTransposed', B, columns, true),
    logDeterminant,
  }
}

export const notFactored = (
  status: NotFactored['status'],
  message: string,
  place: number,
  explanation: readonly string[] = [],
): NotFactored => ({ status, message, place, explanation: [...explanation, message] })

export const isFactored = (result: FactorResult): result is Factors => result.status === 'factored'

/**
 * An estimate of κ₁(A) = ‖A‖₁·‖A⁻¹‖₁ by a few solves: a lower bound, and rarely less than a third of the truth.
 *
 * (Hager, SIAM J. Sci. Stat. Comput. 5, 1984; Higham, Accuracy and Stability of Numerical Algorithms, 2002, algorithm 15.4.)
 */
export function conditionEstimate(factors: Factors): number {
  const n = factors.size
  if (n === 0) return 1
  const norm = (x: Float64Array) => x.reduce((sum, entry) => sum + Math.abs(entry), 0)
  const signs = (x: Float64Array) => x.map(entry => (entry < 0 ? -1 : 1))
  let y = factors.solve(new Float64Array(n).fill(1 / n))
  let estimate = norm(y)
  let sign = signs(y)
  let last = -1
  for (let turn = 0; n > 1 && turn < 5; turn++) {
    const z = factors.solveTransposed(sign)
    const largest = z.reduce((best, entry, i) => (Math.abs(entry) > Math.abs(z[best]) ? i : best), 0)
    if (largest === last) break
    last = largest
    const unit = new Float64Array(n)
    unit[largest] = 1
    y = factors.solve(unit)
    const next = norm(y)
    const former = sign
    sign = signs(y)
    if (next <= estimate || sign.every((entry, i) => entry === former[i])) {
      estimate = Math.max(estimate, next)
      break
    }
    estimate = next
  }
  // Where cancellation misled the search, this vector finds growth.
  const alternating = Float64Array.from(
    { length: n },
    (_, i) => (i % 2 ? -1 : 1) * (1 + i / Math.max(1, n - 1)),
  )
  const other = (2 * norm(factors.solve(alternating))) / (3 * n)
  return oneNorm(factors.matrix) * Math.max(estimate, other)
}
