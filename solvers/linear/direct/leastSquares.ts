import {
  emitQR,
  emitQRGramSolve,
  emitQRLeastSquares,
  emitQRMinimumNorm,
  qrLength,
} from '../../../kernels/structured/index.ts'
import { unitRoundoff } from '../rounding.ts'
import { outer } from './derivatives.ts'
import { type DenseMatrix, multiplyMatrix, withValues } from './matrixForm.ts'
import { notFiniteEntry } from './properties.ts'
import { factorPacked, kernels, solvePacked } from './scratch.ts'

/** x for a matrix that is not square: of all that make ‖b − Ax‖ smallest, or of all with Ax = b the smallest. */
export interface RectangularFactors {
  readonly status: 'factored'
  readonly matrix: DenseMatrix
  /** X [columns of A × columns] for B [rows of A × columns], row-major. */
  solve(B: Float64Array, columns?: number): Float64Array
  /** Gradients by A and B from that by X. @param X as solved for */
  cotangents(
    B: Float64Array,
    X: Float64Array,
    cotangent: Float64Array,
    columns?: number,
  ): { readonly A: Float64Array; readonly B: Float64Array }
  /** Ẋ for a direction (Ȧ, Ḃ). */
  tangent(
    B: Float64Array,
    X: Float64Array,
    tangents: { readonly A?: Float64Array; readonly B?: Float64Array },
    columns?: number,
  ): Float64Array
}

export interface RankDeficient {
  readonly status: 'rank deficient' | 'not finite'
  /** Columns (or rows) that are independent to working precision. */
  readonly rank: number
  readonly message: string
}

export interface RectangularOptions {
  /** A diagonal entry of R below this share of the largest counts as zero. Default max(m, n)·2⁻⁵³. */
  readonly rankTolerance?: number
}

/**
 * Least squares, min ‖b − Ax‖₂, for A with at least as many rows as columns, by QR with column pivoting.
 *
 *     const fit = leastSquares(denseMatrix(new Float64Array([1, 0, 1, 1, 1, 2]), 3, 2))
 *     if (fit.status === 'factored') fit.solve(new Float64Array([1, 3, 5]))   // 1, 2: the line 1 + 2t
 *
 * Derivatives, with r = b − Ax and z = (AᵀA)⁻¹x̄: b̄ = Az, Ā = −(Az)xᵀ + rzᵀ, ẋ = A⁺(ḃ − Ȧx) + (AᵀA)⁻¹Ȧᵀr.
 *
 * @throws RangeError where A has fewer rows than columns
 */
export function leastSquares(
  matrix: DenseMatrix,
  options: RectangularOptions = {},
): RectangularFactors | RankDeficient {
  const { rows: m, columns: n } = matrix
  if (m < n)
    throw new RangeError(`leastSquares: A is ${m}×${n}, with fewer rows than columns; see minimumNorm`)
  const qr = factorQR(matrix, options)
  if ('status' in qr) return qr
  const nearest = (B: Float64Array, columns: number) => qr.run('leastSquares', B, columns, n, columns)
  const gram = (B: Float64Array, columns: number) => qr.run('gram', B, columns, n)
  const residual = (B: Float64Array, X: Float64Array, columns: number) =>
    subtract(B, multiplyMatrix(matrix, X, columns))
  return {
    status: 'factored',
    matrix,
    solve(B, columns = 1) {
      checkLength('leastSquares', B, m, columns)
      return nearest(B, columns)
    },
    cotangents(B, X, cotangent, columns = 1) {
      const Z = gram(cotangent, columns)
      const AZ = multiplyMatrix(matrix, Z, columns)
      const first = outer(matrix, AZ, X, columns, false, -1)
      const second = outer(matrix, residual(B, X, columns), Z, columns, false, 1)
      return { A: first.map((entry, p) => entry + second[p]), B: AZ }
    },
    tangent(B, X, { A, B: direction }, columns = 1) {
      const right = direction?.slice() ?? new Float64Array(m * columns)
      if (!A) return nearest(right, columns)
      const change = withValues(matrix, A)
      const first = nearest(subtract(right, multiplyMatrix(change, X, columns)), columns)
      const second = gram(multiplyMatrix(change, residual(B, X, columns), columns, true), columns)
      return first.map((entry, p) => entry + second[p])
    },
  }
}

/**
 * The smallest x with Ax = b, for A with at most as many rows as columns, by QR of Aᵀ with column pivoting.
 *
 * Derivatives, with z = (AAᵀ)⁻¹b and p = (AAᵀ)⁻¹Ax̄: b̄ = p, Ā = −pxᵀ + z(x̄ − Aᵀp)ᵀ, ẋ = A⁺(ḃ − Ȧx) + (I − A⁺A)Ȧᵀz.
 *
 * @throws RangeError where A has more rows than columns
 */
export function minimumNorm(
  matrix: DenseMatrix,
  options: RectangularOptions = {},
): RectangularFactors | RankDeficient {
  const { rows: m, columns: n } = matrix
  if (m > n)
    throw new RangeError(`minimumNorm: A is ${m}×${n}, with more rows than columns; see leastSquares`)
  const transposed = new Float64Array(m * n)
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) transposed[j * m + i] = matrix.values[i * n + j]
  const qr = factorQR({ rows: n, columns: m, values: transposed }, options)
  if ('status' in qr) return qr
  const smallest = (B: Float64Array, columns: number) =>
    qr.run('minimumNorm', B, columns, n, (n - m + 1) * columns)
  const gram = (B: Float64Array, columns: number) => qr.run('gram', B, columns, m)
  /** X less its part in the range of Aᵀ: X − Aᵀ(AAᵀ)⁻¹AX. */
  const inKernel = (X: Float64Array, columns: number) =>
    subtract(X, multiplyMatrix(matrix, gram(multiplyMatrix(matrix, X, columns), columns), columns, true))
  return {
    status: 'factored',
    matrix,
    solve(B, columns = 1) {
      checkLength('minimumNorm', B, m, columns)
      return smallest(B, columns)
    },
    cotangents(B, X, cotangent, columns = 1) {
      const Z = gram(B, columns)
      const P = gram(multiplyMatrix(matrix, cotangent, columns), columns)
      const rest = subtract(cotangent, multiplyMatrix(matrix, P, columns, true))
      const first = outer(matrix, P, X, columns, false, -1)
      const second = outer(matrix, Z, rest, columns, false, 1)
      return { A: first.map((entry, p) => entry + second[p]), B: P }
    },
    tangent(B, X, { A, B: direction }, columns = 1) {
      const right = direction?.slice() ?? new Float64Array(m * columns)
      if (!A) return smallest(right, columns)
      const change = withValues(matrix, A)
      const first = smallest(subtract(right, multiplyMatrix(change, X, columns)), columns)
      const second = inKernel(multiplyMatrix(change, gram(B, columns), columns, true), columns)
      return first.map((entry, p) => entry + second[p])
    },
  }
}

const pivotedQR = kernels((module, m, n) => emitQR(module, { m, n, pivoting: true }))
const solves = {
  leastSquares: kernels((module, m, n, columns) => emitQRLeastSquares(module, { m, n, columns })),
  minimumNorm: kernels((module, m, n, columns) => emitQRMinimumNorm(module, { m, n, columns })),
  gram: kernels((module, m, n, columns) => emitQRGramSolve(module, { m, n, columns })),
}

interface QRFactors {
  /** A kernel's result, so many rows of it, from a copy of B and `room` behind it. */
  run(
    kernel: keyof typeof solves,
    B: Float64Array,
    columns: number,
    rows: number,
    room?: number,
  ): Float64Array
}

/** QR with column pivoting, and its solves; or what is wrong with the rank. */
function factorQR(matrix: DenseMatrix, { rankTolerance }: RectangularOptions): QRFactors | RankDeficient {
  const { rows: m, columns: n, values } = matrix
  const bad = notFiniteEntry(matrix)
  if (bad) {
    const message = `entry (${bad.row}, ${bad.column}) of A is ${bad.value}`
    return { status: 'not finite', rank: 0, message }
  }
  const packed = new Float64Array(qrLength(m, n))
  packed.set(values)
  if (n > 0) factorPacked(pivotedQR(m, n), packed)
  const tolerance = (rankTolerance ?? Math.max(m, n) * unitRoundoff) * Math.abs(packed[0])
  let rank = 0
  while (rank < n && Math.abs(packed[rank * (n + 1)]) > tolerance) rank++
  if (rank < n) {
    const message = `A has rank ${rank} of ${n} to working precision: its solution is not unique; leave dependent columns out, or add a small multiple of the identity`
    return { status: 'rank deficient', rank, message }
  }
  return {
    run(kernel, B, columns, rows, room) {
      const out = new Float64Array(rows * columns)
      solvePacked(solves[kernel](m, n, columns), packed, B, out, room)
      return out
    },
  }
}

const subtract = (a: Float64Array, b: Float64Array): Float64Array => a.map((entry, i) => entry - b[i])

function checkLength(name: string, B: Float64Array, rows: number, columns: number): void {
  if (B.length !== rows * columns) {
    throw new RangeError(
      `${name}: ${rows} rows and ${columns} columns want ${rows * columns} numbers, not ${B.length}`,
    )
  }
}
