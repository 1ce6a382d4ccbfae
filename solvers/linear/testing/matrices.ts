/** Families of sparse matrices for tests: of known spectra, or of known kinds. */

import { type CsrMatrix, csrFromTriplets, type Triplet } from '../csr.ts'
import { random } from './random.ts'

/** Five-point stencil on an m×m grid, row by row; the coefficient of the edge between two neighbouring cells. */
function gridMatrix(m: number, edge: (from: number, to: number) => number, shift: number): CsrMatrix {
  const triplets: Triplet[] = []
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      const k = i * m + j
      triplets.push([k, k, shift])
      for (const [a, b] of [
        [i - 1, j],
        [i + 1, j],
        [i, j - 1],
        [i, j + 1],
      ]) {
        const inside = a >= 0 && a < m && b >= 0 && b < m
        const weight = edge(k, inside ? a * m + b : -1)
        triplets.push([k, k, weight])
        if (inside) triplets.push([k, a * m + b, -weight])
      }
    }
  }
  return csrFromTriplets(m * m, m * m, triplets)
}

/** The 2-D Laplacian with Dirichlet boundaries: eigenvalues 4 − 2cos(iπ/(m+1)) − 2cos(jπ/(m+1)). */
export const poisson = (m: number, shift = 0): CsrMatrix => gridMatrix(m, () => 1, shift)

/** −∇·(k∇u) with a coefficient that jumps by up to `contrast` from cell to cell; harmonic means on the edges. SPD. */
export function diffusion(m: number, contrast: number, seed: number): CsrMatrix {
  const uniform = random(seed)
  const k = Float64Array.from({ length: m * m }, () => (uniform() < 0.5 ? 1 : 1 + (contrast - 1) * uniform()))
  return gridMatrix(m, (i, j) => (j < 0 ? k[i] : (2 * k[i] * k[j]) / (k[i] + k[j])), 0)
}

/** Convection and diffusion with upwind differences: nonsymmetric, an M-matrix, row-dominant by at least `shift`. */
export function convection(m: number, speed: number, shift = 0): CsrMatrix {
  const weight = (from: number, to: number) => {
    if (to < 0) return 1 + speed
    return to === from - 1 || to === from - m ? 1 + speed : 1
  }
  return gridMatrix(m, weight, shift)
}

/** tridiag(lower, diagonal, upper), n×n. */
export function tridiagonal(n: number, lower: number, diagonal: number, upper: number): CsrMatrix {
  const triplets: Triplet[] = []
  for (let i = 0; i < n; i++) {
    if (i > 0) triplets.push([i, i - 1, lower])
    triplets.push([i, i, diagonal])
    if (i < n - 1) triplets.push([i, i + 1, upper])
  }
  return csrFromTriplets(n, n, triplets)
}

/** A saddle point [[K, Bᵀ], [B, 0]] of a 1-D Laplacian K and sums over neighbouring pairs B: symmetric indefinite. */
export function saddlePoint(n: number): CsrMatrix {
  const constraints = Math.floor(n / 2)
  const triplets: Triplet[] = []
  for (let i = 0; i < n; i++) {
    triplets.push([i, i, 2.5])
    if (i > 0) triplets.push([i, i - 1, -1], [i - 1, i, -1])
  }
  for (let c = 0; c < constraints; c++) {
    for (const j of [2 * c, 2 * c + 1]) triplets.push([n + c, j, 1], [j, n + c, 1])
  }
  return csrFromTriplets(n + constraints, n + constraints, triplets)
}

/**
 * A random matrix with about `perRow` entries a row off the diagonal, of both signs.
 * @param dominance a_ii = ±(Σ|a_ij| + dominance)
 */
export function randomDominant(n: number, perRow: number, dominance: number, seed: number): CsrMatrix {
  const uniform = random(seed)
  const triplets: Triplet[] = []
  for (let i = 0; i < n; i++) {
    const row = new Map<number, number>()
    for (let k = 0; k < perRow; k++) {
      const j = Math.floor(uniform() * n)
      if (j !== i) row.set(j, 2 * uniform() - 1)
    }
    let sum = dominance
    for (const [j, value] of row) {
      triplets.push([i, j, value])
      sum += Math.abs(value)
    }
    triplets.push([i, i, uniform() < 0.5 ? sum : -sum])
  }
  return csrFromTriplets(n, n, triplets)
}
