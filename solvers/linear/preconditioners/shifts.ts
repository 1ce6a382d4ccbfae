import type { Preconditioner } from './preconditioner.ts'

/** An incomplete factorisation, of A + shift·diag|A|. */
export interface IncompleteFactorisation extends Preconditioner {
  /** 0 where A itself could be factored. */
  readonly shift: number
}

/**
 * Incomplete factors of A may not exist though A is positive definite. Then those of A + σ·diag|A| are taken, σ = 1e-3, 2e-3,
 * 4e-3, … (Manteuffel, Math. Comp. 34, 1980); from σ so large that A + σ·diag|A| is dominant on, they exist.
 */
export function withShifts<T>(attempt: (shift: number) => T | null, where: string): T {
  for (let shift = 0; shift < 1e6; shift = shift === 0 ? 1e-3 : 2 * shift) {
    const factors = attempt(shift)
    if (factors) return factors
  }
  throw new RangeError(`${where}: no shift of the diagonal makes the pivots nonzero; is every number finite?`)
}
