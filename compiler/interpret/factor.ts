/**
 * Factorisations of one n×n matrix, row-major, packed as n·n factors and n pivots.
 *
 * 'general' is LAPACK's getrf: L (unit diagonal, not stored) and U in the place of A, and pivots[k] = the row that was
 * swapped with row k. 'spd' is Cholesky's L in the lower triangle, from the lower triangle of A; its pivots are 0.
 * 'symmetric' is the LU factorisation of the lower triangle with its mirror image; a triangular matrix is its own factor.
 */

import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import { type Structure, triangleOf } from '../../kernels/structure.ts'
import type { Arithmetic } from './arithmetic.ts'

/** Whether this is positive and finite: a zero, an infinite or a NaN pivot divides nothing. */
const isUsable = (pivot: number): boolean => pivot > 0 && pivot < Infinity

/**
 * The packed factors of one matrix, `batch`-th of its batch.
 * @throws SingularMatrixError at a pivot that is not usable.
 */
export function factorOf<T>(
  field: Arithmetic<T>,
  structure: Structure,
  n: number,
  A: readonly T[],
  batch: number,
  origin: string | undefined,
): T[] {
  if (structure === 'spd') return cholesky(field, n, A, batch, origin)
  if (triangleOf(structure)) return checkedTriangle(field, structure, n, A, batch, origin)
  if (structure === 'general') return lu(field, 'general', n, A, batch, origin)
  const mirrored = A.map((entry, p) => {
    const [i, j] = [Math.floor(p / n), p % n]
    return j > i ? A[j * n + i] : entry
  })
  return lu(field, 'symmetric', n, mirrored, batch, origin)
}

function checkedTriangle<T>(
  { of, re }: Arithmetic<T>,
  structure: Structure,
  n: number,
  A: readonly T[],
  batch: number,
  origin?: string,
): T[] {
  for (let k = 0; k < n; k++) {
    if (!isUsable(Math.abs(re(A[k * (n + 1)])))) throw new SingularMatrixError(k, structure, batch, origin)
  }
  return [...A, ...Array.from({ length: n }, () => of(0))]
}

function lu<T>(
  field: Arithmetic<T>,
  structure: Structure,
  n: number,
  A: readonly T[],
  batch: number,
  origin?: string,
): T[] {
  const { of, re, subtract, multiply, divide } = field
  const LU = [...A]
  const pivots: number[] = []
  for (let k = 0; k < n; k++) {
    let p = k
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(re(LU[i * n + k])) > Math.abs(re(LU[p * n + k]))) p = i
    }
    if (!isUsable(Math.abs(re(LU[p * n + k])))) throw new SingularMatrixError(k, structure, batch, origin)
    pivots.push(p)
    for (let j = 0; j < n; j++) {
      const swapped = LU[k * n + j]
      LU[k * n + j] = LU[p * n + j]
      LU[p * n + j] = swapped
    }
    for (let i = k + 1; i < n; i++) {
      LU[i * n + k] = divide(LU[i * n + k], LU[k * n + k])
      for (let j = k + 1; j < n; j++) {
        LU[i * n + j] = subtract(LU[i * n + j], multiply(LU[i * n + k], LU[k * n + j]))
      }
    }
  }
  return [...LU, ...pivots.map(of)]
}

function cholesky<T>(field: Arithmetic<T>, n: number, A: readonly T[], batch: number, origin?: string): T[] {
  const { of, re, subtract, multiply, divide, squareRoot } = field
  const L: T[] = Array.from({ length: n * n }, () => of(0))
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let s = A[i * n + j]
      for (let k = 0; k < j; k++) s = subtract(s, multiply(L[i * n + k], L[j * n + k]))
      if (i === j && !isUsable(re(s))) throw new SingularMatrixError(j, 'spd', batch, origin)
      L[i * n + j] = i === j ? squareRoot(s) : divide(s, L[j * n + j])
    }
  }
  return [...L, ...Array.from({ length: n }, () => of(0))]
}

/** x with op(A)·x = b, from the packed factors of A. */
export function solveByFactors<T>(
  field: Arithmetic<T>,
  structure: Structure,
  transposed: boolean,
  n: number,
  packed: readonly T[],
  b: readonly T[],
): T[] {
  const { of, re } = field
  const entry = (i: number, j: number): T => packed[i * n + j]
  if (structure === 'spd') {
    const y = substitute(field, n, 'down', entry, b)
    return substitute(field, n, 'up', (i, j) => entry(j, i), y)
  }
  const triangle = triangleOf(structure)
  if (triangle) {
    const direction = (triangle === 'lower') === transposed ? 'up' : 'down'
    return substitute(field, n, direction, transposed ? (i, j) => entry(j, i) : entry, b)
  }
  const pivots = Array.from({ length: n }, (_, k) => re(packed[n * n + k]))
  const lower = (i: number, j: number): T => (i === j ? of(1) : entry(i, j))
  if (!transposed) {
    const y = substitute(field, n, 'down', lower, swapRows(b, pivots, 'down'))
    return substitute(field, n, 'up', entry, y)
  }
  const y = substitute(field, n, 'down', (i, j) => entry(j, i), b)
  return swapRows(
    substitute(field, n, 'up', (i, j) => lower(j, i), y),
    pivots,
    'up',
  )
}

type Direction = 'down' | 'up'

const rows = (n: number, direction: Direction): number[] =>
  Array.from({ length: n }, (_, k) => (direction === 'down' ? k : n - 1 - k))

/** Solves a triangular system, from the first row down or from the last row up. */
function substitute<T>(
  { subtract, multiply, divide }: Arithmetic<T>,
  n: number,
  direction: Direction,
  entry: (i: number, j: number) => T,
  b: readonly T[],
): T[] {
  const x = [...b]
  const order = rows(n, direction)
  order.forEach((i, solved) => {
    for (const j of order.slice(0, solved)) x[i] = subtract(x[i], multiply(entry(i, j), x[j]))
    x[i] = divide(x[i], entry(i, i))
  })
  return x
}

/** The row swaps of the pivoting, in their order or undone. */
function swapRows<T>(b: readonly T[], pivots: readonly number[], direction: Direction): T[] {
  const x = [...b]
  for (const k of rows(pivots.length, direction)) {
    const swapped = x[k]
    x[k] = x[pivots[k]]
    x[pivots[k]] = swapped
  }
  return x
}
