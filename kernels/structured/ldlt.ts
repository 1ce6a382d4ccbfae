import type { FactorShape, FactorSolveShape } from '../dense/index.ts'
import { emitTriangularSolve, type TriangularSystem, transposedSystem } from '../dense/index.ts'
import { isUsable } from '../dense/triangular.ts'
import {
  type F64,
  type FunctionBody,
  f64,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  select,
  type WasmFunction,
} from '../wasm/index.ts'
import { emitExchange, emitSubtractMultiple } from './run.ts'

/** (1 + √17)/8: bounds the growth of one 2×2 step as that of two 1×1 steps (Bunch & Kaufman, 1977). */
const alpha = (1 + Math.sqrt(17)) / 8

/**
 * The function (a) → status that factors A, n×n row-major at byte address a, symmetric, perhaps indefinite, into
 * P·A·Pᵀ = L·D·Lᵀ in place: L unit lower triangular, D block diagonal with blocks of 1×1 and 2×2. Only the lower triangle
 * of A is read. D's diagonal lies on A's, its off-diagonal entries at (k, k + 1). The n float64 after A are pivots: at
 * step k, row and column k were exchanged with pivots[k] ≥ k; where a 2×2 block begins, pivots[k] is negative, −1 − k
 * as k itself stays.
 *
 * Status is 0, or k + 1 where column k has nothing left, or something that is not finite: A is singular.
 *
 * Bunch–Kaufman partial pivoting (Golub & Van Loan, Matrix Computations, 4th ed., 4.4.4). Row k above the diagonal keeps
 * D·Lᵀ's row while the trailing matrix is updated, as contiguous numbers.
 */
export function emitLDLT(module: ModuleBuilder, { n }: FactorShape): WasmFunction {
  const name = `ldlt_${n}`
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      emitFactors(f, a, i32.const(n))
      return i32.const(0)
    }),
  )
}

/** The function (a, n) → status that does the same for n known at run time. */
export function emitLDLTOfSize(module: ModuleBuilder): WasmFunction {
  return module.once('ldlt', () =>
    module.function('ldlt', { a: 'i32', n: 'i32' }, ['i32'], (f, { a, n }) => {
      emitFactors(f, a, n)
      return i32.const(0)
    }),
  )
}

/** The factorisation; on failure the function returns its status. */
function emitFactors(f: FunctionBody, a: I32, n: I32): void {
  const rowBytes = f.let('rowBytes', i32.shl(n, 3))
  const pivots = f.let('pivots', i32.add(a, i32.mul(n, rowBytes)))
  const at = (row: I32, column: I32) => i32.add(a, i32.add(i32.mul(row, rowBytes), i32.shl(column, 3)))
  const matrix: Symmetric = { n, rowBytes, at }
  const k = f.local('i32', 'k')
  f.set(k, 0)
  f.block(done => {
    f.loop(next => {
      f.branchIf(done, i32.ge_u(k, n))
      const diagonal = f.let('diagonal', at(k, k))
      const column = largestBelow(f, matrix, k, i32.add(diagonal, rowBytes), i32.add(k, 1))
      const size = f.let('size', f64.abs(f64.load(diagonal)))
      const bound = f64.max(size, column.value)
      f.if(i32.eqz(isUsable(f.let('bound', bound))), () => f.return(i32.add(k, 1)))
      const r = column.row
      const pair = f.let('pair', i32.const(0))
      const chosen = f.local('i32', 'chosen')
      f.set(chosen, k)
      f.if(f64.lt(size, f64.mul(alpha, column.value)), () => {
        // The largest entry of row and column r, off the diagonal.
        const row = largestInRow(f, at(r, k), i32.sub(r, k))
        const below = largestBelow(f, matrix, r, i32.add(at(r, r), rowBytes), i32.add(r, 1))
        const sigma = f.let('sigma', f64.max(row, below.value))
        f.if(i32.eqz(isUsable(sigma)), () => f.return(i32.add(k, 1)))
        // |a_kk|·σ ≥ α·λ², without overflow.
        const ratio = f64.mul(f64.mul(alpha, column.value), f64.div(column.value, sigma))
        f.if(f64.lt(size, ratio), () => {
          f.set(chosen, r)
          f.set(pair, f64.lt(f64.abs(f64.load(at(r, r))), f64.mul(alpha, sigma)))
        })
      })
      const target = f.let('target', i32.add(k, pair))
      f.if(i32.ne(target, chosen), () => exchangeSymmetric(f, matrix, k, target, chosen))
      f.if(
        pair,
        () => {
          f.store(i32.add(pivots, i32.shl(k, 3)), f64.convert_i32_s(i32.sub(-1, k)))
          f.store(i32.add(pivots, i32.shl(target, 3)), f64.convert_i32_u(chosen))
          eliminatePair(f, matrix, k)
        },
        () => {
          f.store(i32.add(pivots, i32.shl(k, 3)), f64.convert_i32_u(chosen))
          eliminateOne(f, matrix, k)
        },
      )
      f.set(k, i32.add(target, 1))
      f.branch(next)
    })
  })
}

interface Symmetric {
  readonly n: I32
  readonly rowBytes: I32
  readonly at: (row: I32, column: I32) => I32
}

/** The largest |entry| from `from` on, a row at a time, and its row; zero and `firstRow` − 1 where there is none. */
function largestBelow(f: FunctionBody, { n, rowBytes }: Symmetric, column: I32, from: I32, firstRow: I32) {
  const address = f.let('address', from)
  const row = f.let('row', firstRow)
  const best = f.let('best', column)
  const value = f.let('largest', f64.const(0))
  f.block(done => {
    f.loop(next => {
      f.branchIf(done, i32.ge_u(row, n))
      const entry = f.let('entry', f64.abs(f64.load(address)))
      f.set(best, select(row, best, f64.gt(entry, value)))
      // max and not select: a NaN must stay.
      f.set(value, f64.max(value, entry))
      f.set(address, i32.add(address, rowBytes))
      f.set(row, i32.add(row, 1))
      f.branch(next)
    })
  })
  return { value, row: best }
}

function largestInRow(f: FunctionBody, from: I32, count: I32): Local<'f64'> {
  const address = f.let('address', from)
  const end = f.let('end', i32.add(address, i32.shl(count, 3)))
  const value = f.let('largest', f64.const(0))
  f.loop(next => {
    f.set(value, f64.max(value, f64.abs(f64.load(address))))
    f.branchIf(next, i32.ne(f.tee(address, i32.add(address, 8)), end))
  })
  return value
}

/** Exchanges rows and columns p < q of the lower triangle; columns before k hold L, whose rows are exchanged too. */
function exchangeSymmetric(f: FunctionBody, { n, at }: Symmetric, k: I32, p: I32, q: I32): void {
  const swap = (x: I32, y: I32) => {
    const [first, second] = [f.let('first', x), f.let('second', y)]
    const value = f.let('value', f64.load(first))
    f.store(first, f64.load(second))
    f.store(second, value)
  }
  emitExchange(f, at(p, i32.const(0)), at(q, i32.const(0)), k)
  // Between k and p, in a 2×2 step, lies column k alone.
  f.if(i32.ne(p, k), () => swap(at(p, k), at(q, k)))
  const j = f.local('i32', 'j')
  f.for(j, i32.add(p, 1), q, 1, () => swap(at(j, p), at(q, j)))
  swap(at(p, p), at(q, q))
  f.for(j, i32.add(q, 1), n, 1, () => swap(at(j, p), at(j, q)))
}

/** L's column k = w/d, then A₂₂ ← A₂₂ − L·wᵀ. */
function eliminateOne(f: FunctionBody, matrix: Symmetric, k: I32): void {
  const { n, at } = matrix
  const d = f.let('d', f64.load(at(k, k)))
  const w = keepColumn(f, matrix, k, i32.add(k, 1), k)
  const i = f.local('i32', 'i')
  f.for(i, i32.add(k, 1), n, 1, () => {
    const entry = f.let('entry', at(i, k))
    const l = f.let('l', f64.div(f64.load(entry), d))
    f.store(entry, l)
    emitSubtractMultiple(f, i32.add(entry, 8), l, i32.add(w, 8), i32.sub(i, k))
  })
}

/** Two columns at once: (l₁, l₂)·D = (w₁, w₂) with D = [[d₁, c], [c, d₂]], scaled by c as LAPACK's dsytf2 does. */
function eliminatePair(f: FunctionBody, matrix: Symmetric, k: I32): void {
  const { n, at } = matrix
  const second = f.let('second', i32.add(k, 1))
  const [d1, c, d2] = [at(k, k), at(second, k), at(second, second)].map(place => f.let('d', f64.load(place)))
  f.store(at(second, k), 0)
  const start = f.let('start', i32.add(k, 2))
  const w1 = keepColumn(f, matrix, k, start, k)
  const w2 = keepColumn(f, matrix, second, start, second)
  f.store(at(k, second), c)
  const solve = emitPairSolver(f, d1, c, d2)
  const i = f.local('i32', 'i')
  f.for(i, start, n, 1, () => {
    const entry = f.let('entry', at(i, k))
    const [l1, l2] = solve(f.let('w1', f64.load(entry)), f.let('w2', f64.load(entry, 8)))
    f.store(entry, l1)
    f.store(entry, l2, 8)
    const count = f.let('count', i32.sub(i, second))
    emitSubtractMultiple(f, i32.add(entry, 16), l1, i32.add(w1, 16), count)
    emitSubtractMultiple(f, i32.add(entry, 16), l2, i32.add(w2, 8), count)
  })
}

/** The solution of the symmetric system [[d₁, c], [c, d₂]]·l = w, without overflow: its entries are scaled by c. */
export function emitPairSolver(f: FunctionBody, d1: F64, c: F64, d2: F64) {
  const e1 = f.let('e1', f64.div(d1, c))
  const e2 = f.let('e2', f64.div(d2, c))
  const scale = f.let('scale', f64.div(f64.div(1, f64.sub(f64.mul(e1, e2), 1)), c))
  return (w1: F64, w2: F64): [Local<'f64'>, Local<'f64'>] => [
    f.let('l1', f64.mul(scale, f64.sub(f64.mul(e2, w1), w2))),
    f.let('l2', f64.mul(scale, f64.sub(f64.mul(e1, w2), w1))),
  ]
}

/** Copies column `column` from row `from` on into row `row`, right of the diagonal; the address of (row, row). */
function keepColumn(f: FunctionBody, { n, at }: Symmetric, column: I32, from: I32, row: I32): Local<'i32'> {
  const w = f.let('w', at(row, row))
  const i = f.local('i32', 'i')
  const to = f.let('to', at(row, from))
  f.for(i, from, n, 1, () => {
    f.store(to, f64.load(at(i, column)))
    f.set(to, i32.add(to, 8))
  })
  return w
}

/**
 * The function (factors, b) that overwrites B, n×columns row-major at b, by X with A·X = B, where `factors` is what
 * `emitLDLT` left with status 0. As A is symmetric, `transposed` changes nothing.
 */
export function emitLDLTSolve(
  module: ModuleBuilder,
  { n, columns, relaxed }: FactorSolveShape,
): WasmFunction {
  const name = `ldltSolve${relaxed ? '~' : ''}_${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      const lower: TriangularSystem = {
        matrix: { address: factors, rowStride: n, columnStride: 1 },
        n,
        part: 'lower',
        unit: true,
        rightSides: { address: b, rowStride: columns, columnStride: 1 },
        columns,
        relaxed,
      }
      const pivots = f.let('pivots', i32.add(factors, 8 * n * n))
      const pivot = (k: I32) => f64.load(i32.add(pivots, i32.shl(k, 3)))
      const row = (k: I32) => i32.add(b, i32.mul(k, 8 * columns))
      const k = f.local('i32', 'k')
      const exchange = () => {
        const chosen = f.let('chosen', i32.trunc_sat_f64_s(pivot(k)))
        // A negative one marks a 2×2 block, whose first row stays.
        f.if(i32.gt_s(chosen, k), () => emitExchange(f, row(k), row(chosen), i32.const(columns)))
      }
      f.for(k, 0, n, 1, exchange)
      emitTriangularSolve(f, lower)
      emitBlockDiagonalSolve(f, n, columns, factors, pivot, row)
      emitTriangularSolve(f, transposedSystem(lower))
      f.set(k, n)
      f.loop(next => {
        f.set(k, i32.sub(k, 1))
        exchange()
        f.branchIf(next, k)
      })
    }),
  )
}

/** B ← D⁻¹·B. */
function emitBlockDiagonalSolve(
  f: FunctionBody,
  n: number,
  columns: number,
  factors: I32,
  pivot: (k: I32) => F64,
  row: (k: I32) => I32,
): void {
  const k = f.local('i32', 'k')
  const j = f.local('i32', 'j')
  f.set(k, 0)
  f.loop(next => {
    const diagonal = f.let('diagonal', i32.add(factors, i32.mul(k, 8 * (n + 1))))
    const first = f.let('first', row(k))
    const d1 = f.let('d1', f64.load(diagonal))
    f.if(
      f64.lt(pivot(k), 0),
      () => {
        const solve = emitPairSolver(
          f,
          d1,
          f.let('c', f64.load(diagonal, 8)),
          f64.load(diagonal, 8 * (n + 1)),
        )
        f.for(j, 0, columns, 1, () => {
          const [x1, x2] = solve(f.let('b1', f64.load(first)), f.let('b2', f64.load(first, 8 * columns)))
          f.store(first, x1)
          f.store(first, x2, 8 * columns)
          f.set(first, i32.add(first, 8))
        })
        f.set(k, i32.add(k, 2))
      },
      () => {
        f.for(j, 0, columns, 1, () => {
          f.store(first, f64.div(f64.load(first), d1))
          f.set(first, i32.add(first, 8))
        })
        f.set(k, i32.add(k, 1))
      },
    )
    f.branchIf(next, i32.lt_s(k, n))
  })
}
