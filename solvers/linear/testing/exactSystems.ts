/**
 * Random systems whose solutions are known to the last bit: entries are small multiples of powers of two, x and λ are chosen,
 * and b = Ax, c = Aᵀλ are sums without rounding. So a bound that is false by one rounding error is found.
 */

import { applyCsr, applyCsrTransposed, type CsrMatrix, csrFromTriplets, type Triplet } from '../csr.ts'

export interface ExactSystem {
  readonly kind: 'dominant' | 'H-matrix' | 'SPD'
  readonly A: CsrMatrix
  readonly x: Float64Array
  readonly b: Float64Array
  readonly lambda: Float64Array
  readonly c: Float64Array
  /** 'SPD': A ⪰ αI. */
  readonly alpha: number
}

export function exactSystem(kind: ExactSystem['kind'], uniform: () => number): ExactSystem {
  const whole = (from: number, to: number) => from + Math.floor(uniform() * (to - from + 1))
  const n = whole(2, 24)
  const dyadic = () => whole(-64, 64) / 2 ** whole(0, 6)
  const alpha = 2 ** whole(-6, 2)
  const A =
    kind === 'SPD' ? gramMatrix(n, alpha, whole) : dominantMatrix(n, dyadic, whole, kind === 'H-matrix')
  const vector = () => Float64Array.from({ length: n }, () => whole(-256, 256) / 2 ** whole(0, 8))
  const [x, lambda, b, c] = [vector(), vector(), new Float64Array(n), new Float64Array(n)]
  applyCsr(A, x, b)
  applyCsrTransposed(A, lambda, c)
  return { kind, A, x, b, lambda, c, alpha }
}

/** a_ii = ±(Σ|a_ij| + δ); for an H-matrix, columns are then scaled by powers of two. */
function dominantMatrix(
  n: number,
  dyadic: () => number,
  whole: (from: number, to: number) => number,
  scaled: boolean,
): CsrMatrix {
  const scales = Array.from({ length: n }, () => (scaled ? 2 ** whole(-4, 4) : 1))
  const triplets: Triplet[] = []
  for (let i = 0; i < n; i++) {
    const row = new Map<number, number>()
    for (let k = whole(0, 4); k > 0; k--) {
      const j = whole(0, n - 1)
      if (j !== i) row.set(j, dyadic())
    }
    let sum = 2 ** whole(-8, 2)
    for (const [j, value] of row) {
      triplets.push([i, j, value * scales[j]])
      sum += Math.abs(value)
    }
    triplets.push([i, i, (whole(0, 1) ? sum : -sum) * scales[i]])
  }
  return csrFromTriplets(n, n, triplets)
}

/** BᵀB + αI with whole B. */
function gramMatrix(n: number, alpha: number, whole: (from: number, to: number) => number): CsrMatrix {
  const B = Array.from({ length: n }, () => Array.from({ length: n }, () => (whole(0, 2) ? 0 : whole(-3, 3))))
  const triplets: Triplet[] = []
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const product = B.reduce((sum, row) => sum + row[i] * row[j], 0) + (i === j ? alpha : 0)
      if (product !== 0) triplets.push([i, j, product])
    }
  }
  return csrFromTriplets(n, n, triplets)
}
