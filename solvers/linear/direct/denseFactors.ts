import {
  emitCholesky,
  emitCholeskySolve,
  emitLU,
  emitLUSolve,
  emitTriangularSolve,
  type TriangularSystem,
  transposedSystem,
} from '../../../kernels/dense/index.ts'
import { log } from '../../../kernels/elementary/numbers.ts'
import { emitLDLT, emitLDLTSolve } from '../../../kernels/structured/index.ts'
import type { ModuleBuilder, WasmFunction } from '../../../kernels/wasm/index.ts'
import { type FactorResult, type LogDeterminant, notFactored, toFactors } from './factors.ts'
import type { DenseMatrix } from './matrixForm.ts'
import { factorPacked, solvePacked } from './scratch.ts'

/** A, with room for n pivots behind it. */
function packed({ rows, values }: DenseMatrix): Float64Array {
  const copy = new Float64Array(values.length + rows)
  copy.set(values)
  return copy
}

/** Σ log |dᵢ| over numbers that are not zero, and the sign of their product. */
export function logProduct(numbers: Iterable<number>): LogDeterminant {
  let logarithm = 0
  let negative = false
  for (const number of numbers) {
    logarithm += log(Math.abs(number))
    if (number < 0) negative = !negative
  }
  return { logarithm, sign: negative ? -1 : 1 }
}

function* diagonal(values: Float64Array, n: number): Generator<number> {
  for (let k = 0; k < n; k++) yield values[k * (n + 1)]
}

/** P·A = L·U with partial pivoting. */
export function factorGeneral(matrix: DenseMatrix, explanation: readonly string[]): FactorResult {
  const n = matrix.rows
  const lu = packed(matrix)
  const status = n === 0 ? 0 : factorPacked(`lu ${n}`, module => emitLU(module, { n }), lu)
  if (status > 0) {
    const message = `A is singular to working precision: nothing is left to divide by in column ${status}`
    return notFactored('singular', message, status - 1, explanation)
  }
  return toFactors({
    structure: 'general',
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      const shape = { n, columns, transposed }
      const key = `lu solve ${n} ${columns} ${transposed}`
      solvePacked(key, module => emitLUSolve(module, shape), lu, X)
    },
    logDeterminant() {
      const { logarithm, sign } = logProduct(diagonal(lu, n))
      let exchanges = 0
      for (let k = 0; k < n; k++) if (lu[n * n + k] !== k) exchanges++
      return { logarithm, sign: exchanges % 2 ? (-sign as 1 | -1) : sign }
    },
  })
}

/** A = L·Lᵀ; the lower triangle is read. */
export function factorPositiveDefinite(matrix: DenseMatrix, explanation: readonly string[]): FactorResult {
  const n = matrix.rows
  const l = packed(matrix)
  const status = n === 0 ? 0 : factorPacked(`cholesky ${n}`, module => emitCholesky(module, { n }), l)
  if (status > 0) {
    const message = `A is not positive definite: the pivot of row ${status} is not positive`
    return notFactored('not positive definite', message, status - 1, explanation)
  }
  return toFactors({
    structure: 'spd',
    matrix,
    explanation,
    solveInPlace(X, columns) {
      const key = `cholesky solve ${n} ${columns}`
      solvePacked(key, module => emitCholeskySolve(module, { n, columns }), l, X)
    },
    logDeterminant: () => ({ logarithm: 2 * logProduct(diagonal(l, n)).logarithm, sign: 1 }),
  })
}

/** P·A·Pᵀ = L·D·Lᵀ by Bunch and Kaufman's pivots; the lower triangle is read. */
export function factorSymmetric(matrix: DenseMatrix, explanation: readonly string[]): FactorResult {
  const n = matrix.rows
  const ldlt = packed(matrix)
  const status = n === 0 ? 0 : factorPacked(`ldlt ${n}`, module => emitLDLT(module, { n }), ldlt)
  if (status > 0) {
    const message = `A is singular to working precision: nothing is left to divide by in column ${status}`
    return notFactored('singular', message, status - 1, explanation)
  }
  return toFactors({
    structure: 'symmetric',
    matrix,
    explanation,
    solveInPlace(X, columns) {
      const key = `ldlt solve ${n} ${columns}`
      solvePacked(key, module => emitLDLTSolve(module, { n, columns }), ldlt, X)
    },
    logDeterminant: () => logProduct(blockDeterminants(ldlt, n)),
  })
}

/** Determinants of D's blocks, each as factors that do not overflow: d₁·d₂ − c² = c·c·((d₁/c)·(d₂/c) − 1). */
function* blockDeterminants(ldlt: Float64Array, n: number): Generator<number> {
  for (let k = 0; k < n; k++) {
    const d = ldlt[k * (n + 1)]
    if (ldlt[n * n + k] >= 0) yield d
    else {
      const c = ldlt[k * (n + 1) + 1]
      yield* [c, c, (d / c) * (ldlt[++k * (n + 1)] / c) - 1]
    }
  }
}

/** A itself, a triangle: substitution alone. */
export function factorTriangular(
  matrix: DenseMatrix,
  part: 'lower' | 'upper',
  explanation: readonly string[],
): FactorResult {
  const n = matrix.rows
  for (let k = 0; k < n; k++) {
    const pivot = matrix.values[k * (n + 1)]
    if (pivot !== 0 && Math.abs(pivot) < Number.POSITIVE_INFINITY) continue
    return notFactored(
      'singular',
      `A is singular: entry ${k + 1} of its diagonal is ${pivot}`,
      k,
      explanation,
    )
  }
  const copy = matrix.values.slice()
  return toFactors({
    structure: part === 'lower' ? 'lower triangular' : 'upper triangular',
    matrix,
    explanation,
    solveInPlace(X, columns, transposed) {
      const emit = (module: ModuleBuilder) => emitTriangle(module, n, part, columns, transposed)
      solvePacked(`${part} ${n} ${columns} ${transposed}`, emit, copy, X)
    },
    logDeterminant: () => logProduct(diagonal(copy, n)),
  })
}

function emitTriangle(
  module: ModuleBuilder,
  n: number,
  part: 'lower' | 'upper',
  columns: number,
  transposed: boolean,
): WasmFunction {
  return module.function('triangle', { a: 'i32', b: 'i32' }, [], (f, { a, b }) => {
    const system: TriangularSystem = {
      matrix: { address: a, rowStride: n, columnStride: 1 },
      n,
      part,
      unit: false,
      rightSides: { address: b, rowStride: columns, columnStride: 1 },
      columns,
    }
    emitTriangularSolve(f, transposed ? transposedSystem(system) : system)
  })
}
