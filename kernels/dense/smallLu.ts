import { type FunctionBody, f64, type I32, i32, type Local, scalarLane, vectorLane } from '../wasm/index.ts'
import type { FactorSolveShape } from './lu.ts'
import { sweep } from './sweep.ts'
import { isUsable, substitute, transposedSystem } from './triangular.ts'

/** Up to this order matrices are factored in registers, by straight-line code. */
export const smallOrder = 10

/**
 * Emits P·A = L·U in place for n ≤ `smallOrder`, with the pivots, the status and the bits of `emitLU`: all entries are
 * variables. An exchange of rows is a branch, which is well predicted where matrices of one kind follow one another.
 */
export function emitSmallLU(f: FunctionBody, a: I32, n: number): void {
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => f.let(`a${i}${j}`, f64.load(a, 8 * (i * n + j)))),
  )
  const chosen = f.local('i32', 'chosen')
  const largest = f.local('f64', 'largest')
  for (let k = 0; k < n; k++) {
    f.set(chosen, k)
    // An entry that is not a number is never chosen, and spoils its row: then a later column has no pivot.
    f.set(largest, 0)
    for (let i = k; i < n; i++) {
      const magnitude = f.let('magnitude', f64.abs(rows[i][k]))
      f.if(f64.gt(magnitude, largest), () => {
        f.set(largest, magnitude)
        if (i > k) f.set(chosen, i)
      })
    }
    f.if(i32.eqz(isUsable(largest)), () => f.return(i32.const(k + 1)))
    f.store(a, f64.convert_i32_u(chosen), 8 * (n * n + k))
    if (k + 1 < n) {
      f.if(i32.ne(chosen, k), () => {
        for (let i = k + 1; i < n; i++) f.if(i32.eq(chosen, i), () => exchangeVariables(f, rows[k], rows[i]))
      })
    }
    for (let i = k + 1; i < n; i++) {
      f.set(rows[i][k], f64.div(rows[i][k], rows[k][k]))
      for (let j = k + 1; j < n; j++) {
        f.set(rows[i][j], f64.sub(rows[i][j], f64.mul(rows[i][k], rows[k][j])))
      }
    }
  }
  rows.flat().forEach((entry, e) => {
    f.store(a, entry, 8 * e)
  })
}

/** Emits B ← A⁻¹·B or A⁻ᵀ·B for n ≤ `smallOrder`, with the bits of `emitLUSolve`: a column, or two, are variables. */
export function emitSmallLUSolve(f: FunctionBody, factors: I32, b: I32, shape: FactorSolveShape): void {
  const { n, columns, transposed = false, relaxed } = shape
  const matrix = { address: factors, rowStride: n, columnStride: 1 }
  const lower = { matrix, n, part: 'lower', unit: true } as const
  const upper = { matrix, n, part: 'upper', unit: false } as const
  const at = f.let('column', b)
  sweep(f, columns, 2, [{ at, stride: 8 }], width => {
    const lane = (width === 2 ? vectorLane : scalarLane)(f, { relaxed })
    const offset = (i: number) => 8 * i * columns
    const x = Array.from({ length: n }, (_, i) => f.let(`x${i}`, lane.load(at, offset(i))))
    const exchange = (k: number) => {
      const pivot = f.let('pivot', f64.load(factors, 8 * (n * n + k)))
      f.if(f64.ne(pivot, k), () => {
        for (let i = k + 1; i < n; i++) f.if(f64.eq(pivot, i), () => exchangeVariables(f, [x[k]], [x[i]]))
      })
    }
    const steps = Array.from({ length: n - 1 }, (_, k) => k)
    if (transposed) {
      substitute(lane, transposedSystem(upper), x)
      substitute(lane, transposedSystem(lower), x)
      for (const k of steps.toReversed()) exchange(k)
    } else {
      for (const k of steps) exchange(k)
      substitute(lane, lower, x)
      substitute(lane, upper, x)
    }
    x.forEach((entry, i) => {
      lane.store(at, entry, offset(i))
    })
  })
}

type Variable = Local<'f64' | 'v128'>

function exchangeVariables(f: FunctionBody, first: readonly Variable[], second: readonly Variable[]): void {
  first.forEach((entry, j) => {
    const kept = f.let('kept', entry)
    f.set(entry, second[j])
    f.set(second[j], kept)
  })
}
