import { log } from '../../../kernels/elementary/numbers.ts'
import { entryOf } from './functionalCertificate.ts'
import { checkRow, type RightSide, type RowOracle, type SparseVector } from './rowOracle.ts'

export interface WalkOptions {
  readonly walks: number
  /** Uniform in [0, 1): `uniformNumbers(seed)`. */
  readonly random: () => number
  /** Of the bound: it is false with this probability at most. Default 1e-3. */
  readonly failureProbability?: number
}

export interface WalkResult {
  /** An unbiased estimate of cᵀx. */
  readonly value: number
  readonly standardError: number
  /** |cᵀx − value| is at most this, but with the failure probability (Hoeffding, 1963: a walk gives at most ‖c‖₁‖b‖∞/δ). */
  readonly errorBound: number
  /** Unbiased estimates of λ = A⁻ᵀc, by index: where the walks ended. */
  readonly adjoint: SparseVector
  readonly steps: number
}

/**
 * cᵀx, A·x = b, by random walks (von Neumann & Ulam; Forsythe & Leibler, Math. Comp. 4, 1950): start at i with probability
 * |c_i|/‖c‖₁; at u stop with probability 1 − Σ|a_uv|/|a_uu| and take ±b_u/(|a_uu| − Σ|a_uv|), else go to v with probability
 * |a_uv|/|a_uu| and turn the sign by −sgn(a_uu·a_uv). A walk has about ‖A‖/δ steps whatever n is; the error falls as 1/√walks.
 *
 *     walk(oracle, b, new Map([[i, 1]]), { walks: 1e4, random: uniformNumbers(7) })
 *
 * @throws NotDominantError where a row that is met contradicts the declared δ
 */
export function walk(
  oracle: RowOracle,
  b: RightSide,
  c: SparseVector,
  { walks, random, failureProbability = 1e-3 }: WalkOptions,
): WalkResult {
  if (!(Number.isInteger(walks) && walks >= 2))
    throw new RangeError(`walk: walks must be 2 or more, not ${walks}`)
  const starts = [...c]
  const weight = starts.reduce((sum, [, value]) => sum + Math.abs(value), 0)
  const adjoint = new Map<number, number>()
  let steps = 0
  let mean = 0
  let squares = 0

  const startOf = (): readonly [number, number] => {
    let left = random() * weight
    for (const start of starts) {
      left -= Math.abs(start[1])
      if (left < 0) return start
    }
    return starts[starts.length - 1]
  }
  for (let k = 1; k <= walks && starts.length > 0; k++) {
    const [start, first] = startOf()
    let u = start
    let sign = Math.sign(first)
    let score = 0
    for (;;) {
      steps++
      const row = oracle.row(u)
      checkRow(oracle, u, row)
      const { columns, values } = row
      let diagonal = 0
      let others = 0
      for (let p = 0; p < columns.length; p++) {
        if (columns[p] === u) diagonal = values[p]
        else others += Math.abs(values[p])
      }
      let left = random() * Math.abs(diagonal)
      if (left >= others) {
        score = (sign * Math.sign(diagonal) * weight) / (Math.abs(diagonal) - others)
        break
      }
      for (let p = 0; p < columns.length; p++) {
        if (columns[p] === u) continue
        left -= Math.abs(values[p])
        if (left < 0) {
          sign *= -Math.sign(diagonal * values[p])
          u = columns[p]
          break
        }
      }
      // Rounding may leave nothing to go to: such a walk draws again from where it is.
    }
    adjoint.set(u, (adjoint.get(u) ?? 0) + score / walks)
    // Welford's running mean and sum of squares.
    const sample = score * entryOf(b, u)
    const deviation = sample - mean
    mean += deviation / k
    squares += deviation * (sample - mean)
  }
  const largest = (weight * b.maximum) / oracle.dominance
  return {
    value: mean,
    standardError: Math.sqrt(squares / (walks - 1) / walks),
    errorBound: largest * Math.sqrt((2 * log(2 / failureProbability)) / walks),
    adjoint,
    steps,
  }
}
