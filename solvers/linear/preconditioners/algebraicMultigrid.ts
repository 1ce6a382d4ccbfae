import { type CsrMatrix, csrToDense, isSymmetric, multiplyCsr, transposeCsr } from '../csr.ts'
import { solveDense } from '../dense.ts'
import { aggregate, isStrong } from './aggregation.ts'
import { nonzeroDiagonal } from './diagonal.ts'
import type { Preconditioner } from './preconditioner.ts'
import { solveLower, solveUpper, type Triangles, trianglesOf } from './triangular.ts'

export interface MultigridOptions {
  /** What counts as a strong neighbour on the finest level; halved from level to level. Default 0.08. */
  readonly theta?: number
}

export interface Multigrid extends Preconditioner {
  /** Unknowns of each level, the finest first. */
  readonly levels: readonly number[]
  /** Nonzeros of all levels by those of A. */
  readonly operatorComplexity: number
}

/** A matrix with what a Gauss–Seidel sweep of it needs. */
interface Smoothed {
  readonly A: CsrMatrix
  readonly triangles: Triangles
  readonly diagonal: Float64Array
}

interface Level {
  readonly plain: Smoothed
  readonly transposed: Smoothed
  /** To the next coarser level; null on the coarsest. */
  readonly P: CsrMatrix | null
  /** Of the coarsest level: A⁻¹, [n × n] row-major, and its transpose. */
  readonly inverse: { readonly plain: Float64Array; readonly transposed: Float64Array } | null
  readonly b: Float64Array
  readonly x: Float64Array
  readonly r: Float64Array
  /** What the first of two cycles gave. */
  readonly first: Float64Array
}

/** Levels of fewer unknowns are solved directly. */
const coarsest = 64

/**
 * One W-cycle of smoothed-aggregation multigrid (Vaněk, Mandel & Brezina, Computing 56, 1996): groups of strongly coupled
 * unknowns become the coarse ones, a damped Jacobi step smooths the interpolation, A_coarse = PᵀAP. A forward Gauss–Seidel
 * sweep goes down, a backward one up, so that it is symmetric positive definite for such an A, and M⁻ᵀ is the same cycle of
 * Aᵀ. For elliptic problems the iterations of CG stay bounded as n grows.
 * @throws RangeError where a diagonal entry is zero; SingularMatrixError where the coarsest matrix is singular
 */
export function algebraicMultigrid(A: CsrMatrix, { theta = 0.08 }: MultigridOptions = {}): Multigrid {
  const symmetric = isSymmetric(A, 1e-13)
  const levels: Level[] = []
  let matrix = A
  for (let strength = theta; ; strength /= 2) {
    const n = matrix.rows
    const plain = smoothed(matrix)
    const P = n <= coarsest ? null : prolongation(matrix, plain.diagonal, strength)
    const inverse = P || n > 4 * coarsest ? null : inverses(matrix)
    levels.push({
      plain,
      transposed: symmetric ? plain : smoothed(transposeCsr(matrix)),
      P,
      inverse,
      b: new Float64Array(n),
      x: new Float64Array(n),
      r: new Float64Array(n),
      first: new Float64Array(levels.length > 0 ? n : 0),
    })
    if (!P) break
    matrix = multiplyCsr(multiplyCsr(transposeCsr(P), matrix), P)
  }

  const run = (direction: 'plain' | 'transposed') => (b: Float64Array, z: Float64Array) => {
    levels[0].b.set(b)
    cycle(levels, 0, direction)
    z.set(levels[0].x)
  }
  const nonzeros = levels.reduce((sum, level) => sum + level.plain.A.values.length, 0)
  return {
    size: A.rows,
    apply: run('plain'),
    applyTransposed: run('transposed'),
    levels: levels.map(level => level.b.length),
    operatorComplexity: nonzeros / A.values.length,
  }
}

const smoothed = (A: CsrMatrix): Smoothed => ({
  A,
  triangles: trianglesOf(A),
  diagonal: nonzeroDiagonal(A, 'algebraicMultigrid'),
})

function inverses(A: CsrMatrix) {
  const n = A.rows
  const identity = new Float64Array(n * n)
  for (let i = 0; i < n; i++) identity[i * n + i] = 1
  const dense = csrToDense(A)
  const of = (transposed: boolean) => solveDense(dense, identity, n, n, { structure: 'general', transposed })
  return { plain: of(false), transposed: of(true) }
}

/** (I − ω·D⁻¹·A_F)·P₀ with P₀ the groups' indicators, A_F = A with its weak entries added to the diagonal, ω = 4/(3λ). */
function prolongation(A: CsrMatrix, diagonal: Float64Array, theta: number): CsrMatrix | null {
  const { groups, count } = aggregate(A, diagonal, theta)
  if (count === 0 || count > 0.9 * A.rows) return null
  const values = A.values.slice()
  const filtered = diagonal.slice()
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
      if (A.columnIndices[p] === i || isStrong(A, diagonal, theta, i, p)) continue
      filtered[i] += values[p]
      values[p] = 0
    }
    // An M-matrix's row may lose all of its diagonal to the weak entries: then the row is not smoothed.
    if (!(Math.abs(filtered[i]) > 1e-3 * Math.abs(diagonal[i]))) filtered[i] = Number.POSITIVE_INFINITY
  }
  // λ ≥ the spectral radius of D⁻¹A_F, by Gershgorin.
  let lambda = 1
  for (let i = 0; i < A.rows; i++) {
    let sum = 1
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
      if (A.columnIndices[p] !== i) sum += Math.abs(values[p] / filtered[i])
    }
    lambda = Math.max(lambda, sum)
  }
  const omega = 4 / (3 * lambda)
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
      const isDiagonal = A.columnIndices[p] === i
      values[p] = isDiagonal ? 1 - omega : (-omega * values[p]) / filtered[i]
    }
  }
  return multiplyCsr({ ...A, values }, indicators(groups, count))
}

/** Row i has a one in the column of its group, if it has one. */
function indicators(groups: Int32Array, count: number): CsrMatrix {
  const rowPointers = new Int32Array(groups.length + 1)
  groups.forEach((group, i) => {
    rowPointers[i + 1] = rowPointers[i] + (group >= 0 ? 1 : 0)
  })
  const columnIndices = groups.filter(group => group >= 0)
  const values = new Float64Array(columnIndices.length).fill(1)
  return { rows: groups.length, columns: count, rowPointers, columnIndices, values }
}

/** x ← an approximation of A⁻¹b (or A⁻ᵀb) on a level. */
function cycle(levels: readonly Level[], depth: number, direction: 'plain' | 'transposed'): void {
  const { [direction]: matrix, P, inverse, b, x, r } = levels[depth]
  const { A, triangles, diagonal } = matrix
  if (inverse) {
    const dense = inverse[direction]
    const n = b.length
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let j = 0; j < n; j++) sum += dense[i * n + j] * b[j]
      x[i] = sum
    }
    return
  }
  x.set(b)
  solveLower(triangles, diagonal, x)
  residual(A, x, b, r)
  if (P) {
    const coarse = levels[depth + 1]
    restrict(P, r, coarse.b)
    solveTwice(levels, depth + 1, direction)
    interpolate(P, coarse.x, x)
    residual(A, x, b, r)
  }
  solveUpper(triangles, diagonal, r)
  for (let i = 0; i < x.length; i++) x[i] += r[i]
}

/**
 * Two cycles on a coarse level, the second for what the first has left: W-cycles. Levels shrink so fast that this is cheap, and
 * without it the iterations grow with their number.
 */
function solveTwice(levels: readonly Level[], depth: number, direction: 'plain' | 'transposed'): void {
  const { [direction]: matrix, inverse, b, x, first } = levels[depth]
  cycle(levels, depth, direction)
  if (inverse) return
  first.set(x)
  // Row by row, so that b may be overwritten.
  residual(matrix.A, x, b, b)
  cycle(levels, depth, direction)
  for (let i = 0; i < x.length; i++) x[i] += first[i]
}

function residual(A: CsrMatrix, x: Float64Array, b: Float64Array, r: Float64Array): void {
  const { rowPointers, columnIndices, values } = A
  for (let i = 0; i < b.length; i++) {
    let sum = b[i]
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) sum -= values[p] * x[columnIndices[p]]
    r[i] = sum
  }
}

/** coarse ← Pᵀ·fine. */
function restrict(P: CsrMatrix, fine: Float64Array, coarse: Float64Array): void {
  coarse.fill(0)
  for (let i = 0; i < P.rows; i++) {
    for (let p = P.rowPointers[i]; p < P.rowPointers[i + 1]; p++) {
      coarse[P.columnIndices[p]] += P.values[p] * fine[i]
    }
  }
}

/** fine ← fine + P·coarse. */
function interpolate(P: CsrMatrix, coarse: Float64Array, fine: Float64Array): void {
  for (let i = 0; i < P.rows; i++) {
    for (let p = P.rowPointers[i]; p < P.rowPointers[i + 1]; p++) {
      fine[i] += P.values[p] * coarse[P.columnIndices[p]]
    }
  }
}
