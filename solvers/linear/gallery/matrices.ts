/**
 * Matrices of the classical kinds with known spectra, inverses or condition, for tests and comparisons; after Higham, The Test Matrix
 * Toolbox for MATLAB (1995), which names the sources.
 */
import { cos, sin } from '../../../kernels/elementary/numbers.ts'
import { type CsrMatrix, csrFromDense, csrFromTriplets, multiplyCsr, type Triplet } from '../csr.ts'

const dense = (n: number, entry: (i: number, j: number) => number): CsrMatrix =>
  csrFromDense(
    Float64Array.from({ length: n * n }, (_, k) => entry(Math.floor(k / n), k % n)),
    n,
    n,
  )

/** Below, on and above the diagonal of row i. */
function tridiagonal(
  n: number,
  below: (i: number) => number,
  on: (i: number) => number,
  above: (i: number) => number,
): CsrMatrix {
  const entries: Triplet[] = []
  for (let i = 0; i < n; i++) {
    if (i > 0) entries.push([i, i - 1, below(i)])
    entries.push([i, i, on(i)])
    if (i < n - 1) entries.push([i, i + 1, above(i)])
  }
  return csrFromTriplets(n, n, entries)
}

/** The five-point Laplacian on an m×m grid: eigenvalues 4 − 2·cos(jπ/(m+1)) − 2·cos(kπ/(m+1)). */
export const poisson = (m: number): CsrMatrix => convectionDiffusion(m, 0)

/** A clamped plate, nearly: the square of the Laplacian, 13 points; eigenvalues are squares of Poisson's. */
export const biharmonic = (m: number): CsrMatrix => multiplyCsr(poisson(m), poisson(m))

/**
 * Diffusion in a wind along both axes, upwind differences, on an m×m grid; `speed` is the wind by the diffusion of a cell. Row- and
 * column-dominant, weakly; eigenvalues 4 + 2s − 2√(1+s)·(cos(jπ/(m+1)) + cos(kπ/(m+1))).
 */
export function convectionDiffusion(m: number, speed: number): CsrMatrix {
  const entries: Triplet[] = []
  for (let k = 0; k < m * m; k++) {
    entries.push([k, k, 4 + 2 * speed])
    if (k % m < m - 1) entries.push([k, k + 1, -1], [k + 1, k, -1 - speed])
    if (k + m < m * m) entries.push([k, k + m, -1], [k + m, k, -1 - speed])
  }
  return csrFromTriplets(m * m, m * m, entries)
}

/**
 * Consistent masses of a mesh of nx×ny eight-node elements with these densities: D⁻¹A, D its diagonal, has eigenvalues in
 * [1/4, 9/2] (Wathen, IMA J. Numer. Anal. 7, 1987).
 * @param density of element (i, j), positive
 */
export function wathen(nx: number, ny: number, density: (i: number, j: number) => number): CsrMatrix {
  const e1 = [6, -6, 2, -8, -6, 32, -6, 20, 2, -6, 6, -6, -8, 20, -6, 32]
  const e2 = [3, -8, 2, -6, -8, 16, -8, 20, 2, -8, 3, -8, -6, 20, -8, 16]
  const element = (a: number, b: number) => {
    const at = 4 * (a % 4) + (b % 4)
    return (a < 4 === b < 4 ? e1[at] : a < 4 ? e2[at] : e2[4 * (b % 4) + (a % 4)]) / 45
  }
  const entries: Triplet[] = []
  for (let j = 1; j <= ny; j++) {
    for (let i = 1; i <= nx; i++) {
      const right = 3 * j * nx + 2 * i + 2 * j
      const left = 3 * (j - 1) * nx + 2 * i + 2 * j - 4
      const middle = (3 * j - 1) * nx + 2 * j + i - 2
      const nodes = [right, right - 1, right - 2, middle, left, left + 1, left + 2, middle + 1]
      for (let a = 0; a < 8; a++)
        for (let b = 0; b < 8; b++) entries.push([nodes[a], nodes[b], density(i, j) * element(a, b)])
    }
  }
  const n = 3 * nx * ny + 2 * nx + 2 * ny + 1
  return csrFromTriplets(n, n, entries)
}

/** min(i, j)/max(i, j): positive definite, with a tridiagonal inverse. */
export const lehmer = (n: number): CsrMatrix =>
  dense(n, (i, j) => (Math.min(i, j) + 1) / (Math.max(i, j) + 1))

/** UᵀU with U unit upper triangular, −1 above the diagonal: positive definite, determinant 1, one tiny eigenvalue. */
export const moler = (n: number): CsrMatrix => dense(n, (i, j) => (i === j ? i + 1 : Math.min(i, j) - 1))

/** 1/(i + j − 1): positive definite, κ₂ ≈ e^(3.5·n); its inverse has whole numbers. */
export const hilbert = (n: number): CsrMatrix => dense(n, (i, j) => 1 / (i + j + 1))

/** −1 below the diagonal, 1 on it and on three diagonals above: Toeplitz, with sensitive eigenvalues. */
export const grcar = (n: number): CsrMatrix =>
  dense(n, (i, j) => (j === i - 1 ? -1 : j >= i && j <= i + 3 ? 1 : 0))

/** Tridiagonal, not symmetric, with negative real eigenvalues: those of the symmetric one with ones beside its diagonal. */
export const lesp = (n: number): CsrMatrix =>
  tridiagonal(
    n,
    i => 1 / (i + 1),
    i => -(2 * i + 5),
    i => i + 2,
  )

/** An M-matrix of a singularly perturbed boundary value problem, θ its small parameter: row-dominant, weakly; ill-conditioned. */
export function dorr(n: number, theta = 0.01): CsrMatrix {
  const h = 1 / (n + 1)
  const diffusion = theta / (h * h)
  const middle = Math.floor((n + 1) / 2)
  const wind = (i: number) => (0.5 - (i + 1) * h) / h
  const below = (i: number) => (i < middle ? -diffusion : -diffusion + wind(i))
  const above = (i: number) => (i < middle ? -diffusion - wind(i) : -diffusion)
  return tridiagonal(n, below, i => -(below(i) + above(i)), above)
}

/** Upper triangular, rows sⁱ·(1, −c, −c, …) with s = sin θ, c = cos θ: ill-conditioned, though nothing on its diagonal shows it. */
export function kahan(n: number, theta = 1.2): CsrMatrix {
  const [s, c] = [sin(theta), cos(theta)]
  const powers = Float64Array.from({ length: n }).fill(1)
  for (let i = 1; i < n; i++) powers[i] = powers[i - 1] * s
  return dense(n, (i, j) => (i === j ? powers[i] : j > i ? -c * powers[i] : 0))
}

/** Upper Hessenberg with determinant 1 and eigenvalues in pairs λ, 1/λ, of which the small ones are ill-conditioned. */
export const frank = (n: number): CsrMatrix => dense(n, (i, j) => (j >= i - 1 ? n - Math.max(i, j) : 0))

/** 1/(i − j + ½): Toeplitz and Cauchy; most singular values are π to many digits. */
export const parter = (n: number): CsrMatrix => dense(n, (i, j) => 1 / (i - j + 0.5))

/** Zero diagonal, √(k(n−k)) beside it: indefinite, eigenvalues ±(n−1), ±(n−3), …; singular for odd n. */
export const clement = (n: number): CsrMatrix =>
  tridiagonal(
    n,
    i => Math.sqrt(i * (n - i)),
    () => 0,
    i => Math.sqrt((i + 1) * (n - i - 1)),
  )

/**
 * Slow viscous flow in a box of m×m cells: [A Bᵀ; B 0], A the Laplacians of both velocities on a staggered grid (Harlow & Welch,
 * Phys. Fluids 8, 1965), B the divergence; one pressure is left out. Symmetric, with as many negative eigenvalues as pressures.
 */
export function stokes(m: number): CsrMatrix {
  const faces = m * (m - 1)
  const n = 2 * faces + m * m - 1
  const entries: Triplet[] = []
  const symmetric = (i: number, j: number, value: number) => entries.push([i, j, value], [j, i, value])
  /** Faces (a, b) across one axis, a = 0…m−2 along it; `first` numbers the first, `cell` a cell of this orientation. */
  const component = (first: number, cell: (a: number, b: number) => number) => {
    const face = (a: number, b: number) => first + a * m + b
    for (let a = 0; a < m - 1; a++) {
      for (let b = 0; b < m; b++) {
        // A wall along the face is half a cell away.
        entries.push([face(a, b), face(a, b), 4 + (b === 0 ? 1 : 0) + (b === m - 1 ? 1 : 0)])
        if (a < m - 2) symmetric(face(a, b), face(a + 1, b), -1)
        if (b < m - 1) symmetric(face(a, b), face(a, b + 1), -1)
        for (const [pressure, sign] of [
          [cell(a, b), 1],
          [cell(a + 1, b), -1],
        ])
          if (pressure < m * m - 1) symmetric(2 * faces + pressure, face(a, b), sign)
      }
    }
  }
  component(0, (a, b) => a * m + b)
  component(faces, (a, b) => b * m + a)
  return csrFromTriplets(n, n, entries)
}
