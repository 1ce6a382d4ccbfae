/** Factors of matrices that are made of others: low-rank updates, borders, blocks on the diagonal. */

import { csrFromTriplets, type Triplet } from '../csr.ts'
import { factorGeneral } from './denseFactors.ts'
import { type FactorResult, type Factors, isFactored, notFactored, toFactors } from './factors.ts'
import { eachEntry, type Matrix } from './matrixForm.ts'

/** Σ_i u_ia·v_ib: UᵀV [p × q] for U [n × p] and V [n × q], row-major. */
function gram(U: Float64Array, V: Float64Array, n: number, p: number, q: number): Float64Array {
  const product = new Float64Array(p * q)
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < p; a++) for (let b = 0; b < q; b++) product[a * q + b] += U[i * p + a] * V[i * q + b]
  }
  return product
}

/** X ← X − U·C for X [n × q], U [n × p], C [p × q]. */
function subtractProduct(
  X: Float64Array,
  U: Float64Array,
  C: Float64Array,
  n: number,
  p: number,
  q: number,
): void {
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < p; a++) for (let b = 0; b < q; b++) X[i * q + b] -= U[i * p + a] * C[a * q + b]
  }
}

/** The dense matrix of A's entries. */
function toDense(
  A: Matrix,
  rows = A.rows,
  columns = A.columns,
  at = 0,
  into = new Float64Array(rows * columns),
) {
  eachEntry(A, (i, j, p) => {
    into[(at + i) * columns + at + j] = A.values[p]
  })
  return into
}

/**
 * A + U·Vᵀ from the factors of A, for U and V of few columns k: k solves, and then each solution costs one solve with A more
 * (Woodbury: (A + UVᵀ)⁻¹ = A⁻¹ − A⁻¹U(I + VᵀA⁻¹U)⁻¹VᵀA⁻¹). It inherits the condition of A, not only that of A + UVᵀ: refine where
 * A is far worse.
 *
 *     const updated = lowRankUpdate(factors, u, v)   // rank one: u and v are vectors
 *
 * @param U [n × k], row-major
 * @param V [n × k]
 */
export function lowRankUpdate(factors: Factors, U: Float64Array, V: Float64Array): FactorResult {
  const n = factors.size
  const k = n === 0 ? 0 : U.length / n
  if (!Number.isInteger(k) || V.length !== U.length) {
    throw new RangeError(
      `lowRankUpdate: U and V want ${n} rows each, and as many columns; they have ${U.length} and ${V.length} numbers`,
    )
  }
  const explanation = [...factors.explanation, `a change of rank ${k} at most: Woodbury's formula`]
  const inverseU = factors.solve(U, k)
  const inverseV = factors.solveTransposed(V, k)
  const capacitance = gram(V, inverseU, n, k, k)
  for (let a = 0; a < k; a++) capacitance[a * (k + 1)] += 1
  const small = factorGeneral({ rows: k, columns: k, values: capacitance }, [])
  if (!isFactored(small)) {
    const message = `A + U·Vᵀ is singular to working precision: I + VᵀA⁻¹U is, at its pivot ${small.place + 1}`
    return notFactored('singular', message, small.place, explanation)
  }
  const values = toDense(factors.matrix)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) for (let a = 0; a < k; a++) values[i * n + j] += U[i * k + a] * V[j * k + a]
  }
  return toFactors({
    structure: 'low-rank update',
    matrix: { rows: n, columns: n, values },
    explanation,
    solveInPlace(X, columns, transposed) {
      const [left, inverse, solve] = transposed
        ? [U, inverseV, factors.solveTransposed]
        : [V, inverseU, factors.solve]
      X.set(solve(X, columns))
      const reduced = gram(left, X, n, k, columns)
      const C = transposed ? small.solveTransposed(reduced, columns) : small.solve(reduced, columns)
      subtractProduct(X, inverse, C, n, k, columns)
    },
    logDeterminant() {
      const [a, b] = [factors.logDeterminant(), small.logDeterminant()]
      return { logarithm: a.logarithm + b.logarithm, sign: (a.sign * b.sign) as 1 | -1 }
    },
  })
}

/**
 * [[A, B], [Cᵀ, D]] from the factors of A, for few further rows k, by the Schur complement S = D − CᵀA⁻¹B.
 *
 * @param B [n × k], row-major
 * @param C [n × k]
 * @param D [k × k]
 */
export function bordered(factors: Factors, B: Float64Array, C: Float64Array, D: Float64Array): FactorResult {
  const n = factors.size
  const k = Math.sqrt(D.length)
  if (!Number.isInteger(k) || B.length !== n * k || C.length !== n * k) {
    throw new RangeError(
      `bordered: D of ${D.length} numbers wants a square, and B and C ${n} rows of as many columns; they have ${B.length} and ${C.length} numbers`,
    )
  }
  const explanation = [...factors.explanation, `bordered by ${k} rows: the Schur complement`]
  const inverseB = factors.solve(B, k)
  const inverseC = factors.solveTransposed(C, k)
  const correction = gram(C, inverseB, n, k, k)
  const schur = factorGeneral({ rows: k, columns: k, values: D.map((entry, p) => entry - correction[p]) }, [])
  if (!isFactored(schur)) {
    const message = `the bordered matrix is singular to working precision: its Schur complement is, at pivot ${schur.place + 1}`
    return notFactored('singular', message, n + schur.place, explanation)
  }
  const size = n + k
  const values = toDense(factors.matrix, size, size)
  for (let a = 0; a < k; a++) {
    for (let i = 0; i < n; i++) {
      values[i * size + n + a] = B[i * k + a]
      values[(n + a) * size + i] = C[i * k + a]
    }
    for (let b = 0; b < k; b++) values[(n + a) * size + n + b] = D[a * k + b]
  }
  return toFactors({
    structure: 'bordered',
    matrix: { rows: size, columns: size, values },
    explanation,
    solveInPlace(X, columns, transposed) {
      const [first, second] = [X.subarray(0, n * columns), X.subarray(n * columns)]
      const [left, inverse, solve] = transposed
        ? [B, inverseC, factors.solveTransposed]
        : [C, inverseB, factors.solve]
      first.set(solve(first, columns))
      const reduced = gram(left, first, n, k, columns)
      for (let e = 0; e < reduced.length; e++) second[e] -= reduced[e]
      second.set(transposed ? schur.solveTransposed(second, columns) : schur.solve(second, columns))
      subtractProduct(first, inverse, second, n, k, columns)
    },
    logDeterminant() {
      const [a, b] = [factors.logDeterminant(), schur.logDeterminant()]
      return { logarithm: a.logarithm + b.logarithm, sign: (a.sign * b.sign) as 1 | -1 }
    },
  })
}

/** The block diagonal matrix of factored blocks, one after another. */
export function blockDiagonal(blocks: readonly Factors[]): Factors {
  const starts = [0]
  for (const { size } of blocks) starts.push(starts[starts.length - 1] + size)
  const n = starts[blocks.length]
  const triplets: Triplet[] = []
  blocks.forEach(({ matrix }, k) => {
    eachEntry(matrix, (i, j, p) => triplets.push([starts[k] + i, starts[k] + j, matrix.values[p]]))
  })
  return toFactors({
    structure: 'block diagonal',
    matrix: csrFromTriplets(n, n, triplets),
    explanation: [`${blocks.length} blocks on the diagonal, each factored by itself`],
    solveInPlace(X, columns, transposed) {
      blocks.forEach((block, k) => {
        const part = X.subarray(starts[k] * columns, starts[k + 1] * columns)
        part.set(transposed ? block.solveTransposed(part, columns) : block.solve(part, columns))
      })
    },
    logDeterminant() {
      let logarithm = 0
      let sign: 1 | -1 = 1
      for (const block of blocks) {
        const part = block.logDeterminant()
        logarithm += part.logarithm
        sign = (sign * part.sign) as 1 | -1
      }
      return { logarithm, sign }
    },
  })
}

/**
 * The matrix [[H, Jᵀ], [J, −δI]] of an equality-constrained quadratic problem, in CSR: symmetric indefinite. Where H is positive
 * definite on the kernel of J and J has full rank, it has as many negative eigenvalues as constraints.
 *
 * @param H [n × n]
 * @param J [m × n]
 * @param regularisation δ ≥ 0. Default 0
 */
export function kktMatrix(H: Matrix, J: Matrix, regularisation = 0) {
  const [n, m] = [H.rows, J.rows]
  if (H.columns !== n || J.columns !== n) {
    throw new RangeError(`kktMatrix: H ${H.rows}×${H.columns} and J ${J.rows}×${J.columns} do not fit`)
  }
  const triplets: Triplet[] = []
  eachEntry(H, (i, j, p) => triplets.push([i, j, H.values[p]]))
  eachEntry(J, (i, j, p) => triplets.push([n + i, j, J.values[p]], [j, n + i, J.values[p]]))
  for (let i = 0; i < m; i++) triplets.push([n + i, n + i, -regularisation])
  return csrFromTriplets(n + m, n + m, triplets)
}
