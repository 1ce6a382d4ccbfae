/**
 * A constant mass matrix M of rank r taken apart by LU with full pivoting, P·M·Q = L·U (Golub & Van Loan, *Matrix
 * Computations*, 3.4.8). Row and column exchanges leave the r `bound` unknowns first and the n − r `free` ones last.
 */
export interface RangeOfMass {
  readonly rank: number
  /** N, (n − r)×n by rows: Nᵀ·M = 0, so that N·f = 0 are the algebraic equations. */
  readonly leftNull: Float64Array
  /** V, (n − r)×n by rows: M·V = 0, the directions of the algebraic components. */
  readonly rightNull: Float64Array
  /** x ← the solution of M·x = b whose free unknowns are zero, for a b in the range of M. */
  solve(b: Float64Array, x: Float64Array): void
  /** b ← the product of x with the transpose of that map. */
  solveTransposed(x: Float64Array, b: Float64Array): void
}

export function createRangeOfMass(n: number, mass: Float64Array): RangeOfMass {
  const a = mass.slice()
  const rows = Int32Array.from({ length: n }, (_, i) => i)
  const columns = rows.slice()
  const negligible =
    mass.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) * n * Number.EPSILON
  let rank = 0
  for (; rank < n; rank++) {
    let [row, column, largest] = [rank, rank, negligible]
    for (let i = rank; i < n; i++)
      for (let j = rank; j < n; j++)
        if (Math.abs(a[i * n + j]) > largest) [row, column, largest] = [i, j, Math.abs(a[i * n + j])]
    if (largest === negligible) break
    for (let j = 0; j < n; j++) exchange(a, rank * n + j, row * n + j)
    for (let i = 0; i < n; i++) exchange(a, i * n + rank, i * n + column)
    exchange(rows, rank, row)
    exchange(columns, rank, column)
    for (let i = rank + 1; i < n; i++) {
      a[i * n + rank] /= a[rank * n + rank]
      for (let j = rank + 1; j < n; j++) a[i * n + j] -= a[i * n + rank] * a[rank * n + j]
    }
  }
  const r = rank
  const w = new Float64Array(n)

  /** w[0 … r) ← U₁₁⁻¹·w, or U₁₁⁻ᵀ·w. */
  function solveUpper(transposed: boolean): void {
    if (transposed) {
      for (let i = 0; i < r; i++) {
        w[i] /= a[i * n + i]
        for (let j = i + 1; j < r; j++) w[j] -= a[i * n + j] * w[i]
      }
      return
    }
    for (let i = r - 1; i >= 0; i--) {
      for (let j = i + 1; j < r; j++) w[i] -= a[i * n + j] * w[j]
      w[i] /= a[i * n + i]
    }
  }

  const leftNull = new Float64Array((n - r) * n)
  const rightNull = new Float64Array((n - r) * n)
  for (let k = 0; k < n - r; k++) {
    // a row of L⁻¹ beyond the rank: e_{r+k} − L₂₁·L₁₁⁻¹
    for (let j = 0; j < r; j++) w[j] = -a[(r + k) * n + j]
    for (let j = r - 1; j >= 0; j--) for (let i = j + 1; i < r; i++) w[j] -= a[i * n + j] * w[i]
    for (let j = 0; j < r; j++) leftNull[k * n + rows[j]] = w[j]
    leftNull[k * n + rows[r + k]] = 1
    for (let i = 0; i < r; i++) w[i] = -a[i * n + r + k]
    solveUpper(false)
    for (let i = 0; i < r; i++) rightNull[k * n + columns[i]] = w[i]
    rightNull[k * n + columns[r + k]] = 1
  }

  return {
    rank,
    leftNull,
    rightNull,
    solve(b, x) {
      for (let i = 0; i < r; i++) {
        w[i] = b[rows[i]]
        for (let j = 0; j < i; j++) w[i] -= a[i * n + j] * w[j]
      }
      solveUpper(false)
      x.fill(0)
      for (let i = 0; i < r; i++) x[columns[i]] = w[i]
    },
    solveTransposed(x, b) {
      for (let i = 0; i < r; i++) w[i] = x[columns[i]]
      solveUpper(true)
      for (let j = r - 1; j >= 0; j--) for (let i = j + 1; i < r; i++) w[j] -= a[i * n + j] * w[i]
      b.fill(0)
      for (let i = 0; i < r; i++) b[rows[i]] = w[i]
    },
  }
}

function exchange(values: Float64Array | Int32Array, i: number, j: number): void {
  const value = values[i]
  values[i] = values[j]
  values[j] = value
}
