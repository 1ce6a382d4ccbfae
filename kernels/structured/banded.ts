import { isUsable } from '../dense/triangular.ts'
import {
  type FunctionBody,
  f64,
  type I32,
  i32,
  type ModuleBuilder,
  select,
  type WasmFunction,
} from '../wasm/index.ts'
import { emitDot, emitExchange, emitRun, emitSubtractMultiple } from './run.ts'

/** A(i, j) may differ from zero where −lower ≤ j − i ≤ upper. */
export interface BandShape {
  readonly n: number
  readonly lower: number
  readonly upper: number
}

export interface BandSolveShape extends BandShape {
  /** Columns of B and X. */
  readonly columns: number
  /** Solve Aᵀ·X = B. */
  readonly transposed?: boolean
}

/** Float64 in a row of the packed band: `lower`, the diagonal, `upper`, and `lower` more for what pivoting fills in. */
export const bandWidth = ({ lower, upper }: Pick<BandShape, 'lower' | 'upper'>): number =>
  2 * lower + upper + 1

/**
 * The function (a) → status that factors a banded matrix into P·A = L·U with partial pivoting, in place. Row i is packed
 * into `bandWidth` float64 at a, A(i, j) at position j − i + lower; positions outside of the matrix must be zero, those
 * behind `upper` are overwritten. The n float64 after it become pivots: at step k row k was exchanged with pivots[k] ≥ k,
 * right of column k alone, so that multipliers stay where they arose.
 *
 * Status is 0, or k + 1 where the largest entry left in column k is zero or not finite.
 *
 * (Golub & Van Loan, Matrix Computations, 4th ed., 4.3.3. Entry (i, j) lies at i·(width − 1) + j: a matrix like others, of
 * that row stride.)
 */
export function emitBandLU(module: ModuleBuilder, { n, lower, upper }: BandShape): WasmFunction {
  const name = `bandLU_${n}_${lower}_${upper}`
  const width = bandWidth({ lower, upper })
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      const rowBytes = 8 * (width - 1)
      const k = f.local('i32', 'k')
      const i = f.local('i32', 'i')
      if (lower > 0) {
        const fill = f.let('fill', i32.add(a, 8 * (lower + upper + 1)))
        f.for(k, 0, n, 1, () => {
          f.fill(fill, 0, i32.const(8 * lower))
          f.set(fill, i32.add(fill, 8 * width))
        })
      }
      const pivots = f.let('pivots', i32.add(a, 8 * n * width))
      const diagonal = f.let('diagonal', i32.add(a, 8 * lower))
      const reach = i32.const(lower + upper)
      f.for(k, 0, n, 1, () => {
        const rows = f.let('rows', smaller(i32.const(lower), i32.sub(n - 1, k)))
        const best = f.let('best', diagonal)
        const size = f.let('size', f64.abs(f64.load(diagonal)))
        const row = f.let('row', diagonal)
        f.for(i, 0, rows, 1, () => {
          f.set(row, i32.add(row, rowBytes))
          const entry = f.let('entry', f64.abs(f64.load(row)))
          f.set(best, select(row, best, f64.gt(entry, size)))
          f.set(size, f64.max(size, entry))
        })
        f.if(i32.eqz(isUsable(size)), () => f.return(i32.add(k, 1)))
        const distance = rowBytes === 0 ? i32.const(0) : i32.div_u(i32.sub(best, diagonal), rowBytes)
        f.store(i32.add(pivots, i32.shl(k, 3)), f64.convert_i32_u(i32.add(k, distance)))
        f.if(i32.ne(best, diagonal), () => emitExchange(f, diagonal, best, i32.const(lower + upper + 1)))
        const pivot = f.let('pivot', f64.load(diagonal))
        f.set(row, diagonal)
        f.for(i, 0, rows, 1, () => {
          f.set(row, i32.add(row, rowBytes))
          const multiplier = f.let('multiplier', f64.div(f64.load(row), pivot))
          f.store(row, multiplier)
          emitSubtractMultiple(f, i32.add(row, 8), multiplier, i32.add(diagonal, 8), reach)
        })
        f.set(diagonal, i32.add(diagonal, 8 * width))
      })
      return i32.const(0)
    }),
  )
}

const smaller = (a: I32, b: I32): I32 => select(a, b, i32.lt_s(a, b))

/**
 * The function (factors, b) that overwrites B, n×columns row-major at b, by X with A·X = B or Aᵀ·X = B, where `factors` is
 * what `emitBandLU` left with status 0.
 */
export function emitBandSolve(module: ModuleBuilder, shape: BandSolveShape): WasmFunction {
  const { n, lower, upper, columns, transposed = false } = shape
  const width = bandWidth(shape)
  const name = `bandSolve${transposed ? 'T' : ''}_${n}_${lower}_${upper}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      const pivots = f.let('pivots', i32.add(factors, 8 * n * width))
      const row = (k: I32) => i32.add(b, i32.mul(k, 8 * columns))
      const diagonal = (k: I32) => i32.add(factors, i32.add(8 * lower, i32.mul(k, 8 * width)))
      const count = i32.const(columns)
      const exchange = (k: I32) => {
        const chosen = f.let('chosen', i32.trunc_sat_f64_s(f64.load(i32.add(pivots, i32.shl(k, 3)))))
        f.if(i32.ne(chosen, k), () => emitExchange(f, row(k), row(chosen), count))
      }
      /** Visits the nonzeros below (rows of L) or right of (columns of U) the diagonal of k: their address, their row of B. */
      const eachNeighbour = (
        k: I32,
        reach: number,
        stride: number,
        visit: (entry: I32, other: I32) => void,
      ) => {
        const entry = f.let('entry', diagonal(k))
        const other = f.let('other', row(k))
        const i = f.local('i32', 'i')
        f.for(i, 0, smaller(i32.const(reach), i32.sub(n - 1, k)), 1, () => {
          f.set(entry, i32.add(entry, stride))
          f.set(other, i32.add(other, 8 * columns))
          visit(entry, other)
        })
      }
      const down = (k: I32, visit: (entry: I32, other: I32) => void) =>
        eachNeighbour(k, lower, 8 * (width - 1), visit)
      const right = (k: I32, visit: (entry: I32, other: I32) => void) =>
        eachNeighbour(k, lower + upper, 8, visit)
      const subtract = (to: I32, entry: I32, from: I32) =>
        emitSubtractMultiple(f, to, f64.load(entry), from, count)
      const step = f.local('i32', 'step')
      const k = f.local('i32', 'k')
      const upwards = (body: () => void) =>
        f.for(step, 0, n, 1, () => {
          f.set(k, i32.sub(n - 1, step))
          body()
        })
      if (transposed) {
        f.for(k, 0, n, 1, () => {
          divideRow(f, row(k), f64.load(diagonal(k)), count)
          right(k, (entry, other) => subtract(other, entry, row(k)))
        })
        upwards(() => {
          down(k, (entry, other) => subtract(row(k), entry, other))
          exchange(k)
        })
        return
      }
      f.for(k, 0, n, 1, () => {
        exchange(k)
        down(k, (entry, other) => subtract(other, entry, row(k)))
      })
      upwards(() => {
        right(k, (entry, other) => subtract(row(k), entry, other))
        divideRow(f, row(k), f64.load(diagonal(k)), count)
      })
    }),
  )
}

function divideRow(f: FunctionBody, row: I32, divisor: ReturnType<typeof f64.load>, count: I32): void {
  const at = f.let('at', row)
  const d = f.let('divisor', divisor)
  emitRun(f, count, [at], (lane, offset) =>
    lane.store(at, lane.div(lane.load(at, offset), lane.splat(d)), offset),
  )
}

/** A symmetric positive definite matrix whose A(i, j) may differ from zero where |i − j| ≤ lower. */
export type BandCholeskyShape = Pick<BandShape, 'n' | 'lower'>

/**
 * The function (a) → status that factors a symmetric positive definite banded matrix into L·Lᵀ, in place. Row i of the
 * lower triangle is packed into lower + 1 float64 at a, A(i, j) at position j − i + lower; positions outside of the
 * matrix must be zero.
 *
 * Status is 0, or k + 1 where the k-th pivot is not positive or not finite. Row by row: Lᵢⱼ is a dot product of rows.
 */
export function emitBandCholesky(module: ModuleBuilder, { n, lower }: BandCholeskyShape): WasmFunction {
  const name = `bandCholesky_${n}_${lower}`
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      const i = f.local('i32', 'i')
      const t = f.local('i32', 't')
      const row = f.let('row', a)
      f.for(i, 0, n, 1, () => {
        // Position t of row i is column j = i − lower + t; row j's entries from column i − lower on begin at its position lower − t.
        const first = f.let('first', i32.sub(lower, i))
        f.for(t, select(first, i32.const(0), i32.gt_s(first, 0)), lower, 1, () => {
          const rowJ = f.let('rowJ', i32.sub(row, i32.mul(i32.sub(lower, t), 8 * (lower + 1))))
          const sum = emitDot(f, row, i32.add(rowJ, i32.shl(i32.sub(lower, t), 3)), t)
          const place = f.let('place', i32.add(row, i32.shl(t, 3)))
          f.store(place, f64.div(f64.sub(f64.load(place), sum), f64.load(rowJ, 8 * lower)))
        })
        const squares = emitDot(f, row, row, i32.const(lower))
        const pivot = f.let('pivot', f64.sub(f64.load(row, 8 * lower), squares))
        f.if(i32.eqz(isUsable(pivot)), () => f.return(i32.add(i, 1)))
        f.store(row, f64.sqrt(pivot), 8 * lower)
        f.set(row, i32.add(row, 8 * (lower + 1)))
      })
      return i32.const(0)
    }),
  )
}

/**
 * The function (factors, b) that overwrites B, n×columns row-major at b, by X with A·X = B, where `factors` is what
 * `emitBandCholesky` left with status 0.
 */
export function emitBandCholeskySolve(
  module: ModuleBuilder,
  { n, lower, columns }: BandCholeskyShape & { readonly columns: number },
): WasmFunction {
  const name = `bandCholeskySolve_${n}_${lower}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      const count = i32.const(columns)
      const step = f.local('i32', 'step')
      const substitute = (order: 'down' | 'up') =>
        f.for(step, 0, n, 1, () => {
          const i = f.let('i', order === 'down' ? step : i32.sub(n - 1, step))
          const diagonal = f.let(
            'diagonal',
            i32.add(factors, i32.add(8 * lower, i32.mul(i, 8 * (lower + 1)))),
          )
          const row = f.let('row', i32.add(b, i32.mul(i, 8 * columns)))
          if (order === 'up') divideRow(f, row, f64.load(diagonal), count)
          const entry = f.let('entry', diagonal)
          const other = f.let('other', row)
          const t = f.local('i32', 't')
          f.for(t, 0, smaller(i32.const(lower), i), 1, () => {
            f.set(entry, i32.sub(entry, 8))
            f.set(other, i32.sub(other, 8 * columns))
            const [to, from] = order === 'down' ? [row, other] : [other, row]
            emitSubtractMultiple(f, to, f64.load(entry), from, count)
          })
          if (order === 'down') divideRow(f, row, f64.load(diagonal), count)
        })
      substitute('down')
      substitute('up')
    }),
  )
}
