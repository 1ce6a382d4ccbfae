import { sweep } from '../dense/sweep.ts'
import { isUsable } from '../dense/triangular.ts'
import {
  type FunctionBody,
  f64,
  type I32,
  i32,
  type Lane,
  type ModuleBuilder,
  type RealOperand,
  scalarLane,
  vectorLane,
  type WasmFunction,
} from '../wasm/index.ts'

export interface TridiagonalShape {
  readonly n: number
  /** Rows are exchanged where that makes the pivot larger. Without it (Thomas) A must be dominant or positive definite. */
  readonly pivoting: boolean
}

export interface TridiagonalSolveShape extends TridiagonalShape {
  /** Columns of B and X. */
  readonly columns: number
  /** Solve Aᵀ·X = B. */
  readonly transposed?: boolean
}

/** The float64 that a packed tridiagonal matrix takes: lower, diagonal, upper, second upper, exchanges, each [n]. */
export const tridiagonalLength = (n: number): number => 5 * n

/**
 * The function (a) → status that factors the tridiagonal matrix packed at a, in place: lower[k] = A(k + 1, k), diagonal[k],
 * upper[k] = A(k, k + 1), each in n float64, of which the last of lower and upper mean nothing. It leaves L's multipliers
 * in lower, U in diagonal, upper and second upper, and exchanges[k] = 1 where rows k and k + 1 were exchanged, else 0.
 *
 * Status is 0, or k + 1 where the k-th pivot is zero or not finite. (LAPACK's dgttrf does the same.)
 */
export function emitTridiagonalLU(module: ModuleBuilder, { n, pivoting }: TridiagonalShape): WasmFunction {
  const name = `tridiagonal${pivoting ? 'LU' : 'Thomas'}_${n}`
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      const [lower, diagonal, upper, second, exchanges] = [0, 1, 2, 3, 4].map(array => 8 * n * array)
      const at = f.let('at', a)
      const end = f.let('end', i32.add(a, 8 * (n - 1)))
      const failed = () => f.return(i32.add(i32.shr_u(i32.sub(at, a), 3), 1))
      const check = () => f.if(i32.eqz(isUsable(f.let('size', f64.abs(f64.load(at, diagonal))))), failed)
      f.block(done => {
        f.branchIf(done, i32.eq(at, end))
        f.loop(next => {
          const d = f.let('d', f64.load(at, diagonal))
          const l = f.let('l', f64.load(at, lower))
          const plain = () => {
            check()
            const multiplier = f.let('multiplier', f64.div(l, d))
            f.store(at, multiplier, lower)
            const below = f64.load(at, diagonal + 8)
            f.store(at, f64.sub(below, f64.mul(multiplier, f64.load(at, upper))), diagonal + 8)
            f.store(at, 0, second)
            f.store(at, 0, exchanges)
          }
          const exchanged = () => {
            f.store(at, l, diagonal)
            check()
            const multiplier = f.let('multiplier', f64.div(d, l))
            f.store(at, multiplier, lower)
            const u = f.let('u', f64.load(at, upper))
            const next1 = f.let('next1', f64.load(at, diagonal + 8))
            f.store(at, next1, upper)
            f.store(at, f64.sub(u, f64.mul(multiplier, next1)), diagonal + 8)
            f.store(at, 0, second)
            f.if(i32.ne(i32.add(at, 8), end), () => {
              const next2 = f.let('next2', f64.load(at, upper + 8))
              f.store(at, next2, second)
              f.store(at, f64.neg(f64.mul(multiplier, next2)), upper + 8)
            })
            f.store(at, 1, exchanges)
          }
          // Where l is NaN the comparison is false, and the next pivot is found unusable.
          if (pivoting) f.if(f64.gt(f64.abs(l), f64.abs(d)), exchanged, plain)
          else plain()
          f.set(at, i32.add(at, 8))
          f.branchIf(next, i32.ne(at, end))
        })
      })
      check()
      for (const array of [upper, second, exchanges]) f.store(at, 0, array)
      return i32.const(0)
    }),
  )
}

/**
 * The function (factors, b) that overwrites B, n×columns row-major at b, by X with A·X = B or Aᵀ·X = B, where `factors` is
 * what `emitTridiagonalLU` left with status 0.
 */
export function emitTridiagonalSolve(module: ModuleBuilder, shape: TridiagonalSolveShape): WasmFunction {
  const { n, columns, pivoting, transposed = false } = shape
  const name = `tridiagonalSolve${pivoting ? '' : 'Thomas'}${transposed ? 'T' : ''}_${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      const column = f.let('column', b)
      sweep(f, columns, 2, [{ at: column, stride: 8 }], width => {
        const lane = width === 2 ? vectorLane(f) : scalarLane(f)
        const substitute = transposed ? substituteTransposed : substitutePlain
        substitute(lane, shape, factors, column)
      })
    }),
  )
}

/** Runs `body` with the address of entry k of the packed arrays and of row k of B, for k = from, from ± 1, … */
function eachRow(
  f: FunctionBody,
  { columns }: TridiagonalSolveShape,
  factors: I32,
  b: I32,
  order: 'down' | 'up',
  count: number,
  body: (entry: I32, row: I32) => void,
): void {
  if (count <= 0) return
  // Downwards from row 0, upwards from row count − 1.
  const start = order === 'down' ? 0 : count - 1
  const sign = order === 'down' ? 1 : -1
  const entry = f.let('entry', i32.add(factors, 8 * start))
  const row = f.let('row', i32.add(b, 8 * columns * start))
  const end = f.let('end', i32.add(factors, 8 * (start + sign * count)))
  f.loop(next => {
    body(entry, row)
    f.set(row, i32.add(row, 8 * columns * sign))
    f.branchIf(next, i32.ne(f.tee(entry, i32.add(entry, 8 * sign)), end))
  })
}

/** P, L, then U. */
function substitutePlain(lane: Lane, shape: TridiagonalSolveShape, factors: I32, b: I32): void {
  const f = lane.body
  const { n, columns, pivoting } = shape
  const array = (entry: I32, index: number) => lane.loadSplat(entry, 8 * n * index)
  const below = 8 * columns
  eachRow(f, shape, factors, b, 'down', n - 1, (entry, row) => {
    const first = lane.let('first', lane.load(row))
    const second = lane.let('second', lane.load(row, below))
    const eliminate = (kept: RealOperand, changed: RealOperand) => {
      lane.store(row, kept)
      lane.store(row, lane.sub(changed, lane.mul(array(entry, 0), kept)), below)
    }
    if (!pivoting) eliminate(first, second)
    else
      f.if(
        f64.ne(f64.load(entry, 8 * n * 4), 0),
        () => eliminate(second, first),
        () => eliminate(first, second),
      )
  })
  const next1 = lane.let('next1', lane.constant(0))
  const next2 = lane.let('next2', lane.constant(0))
  eachRow(f, shape, factors, b, 'up', n, (entry, row) => {
    let sum = lane.load(row)
    sum = lane.sub(sum, lane.mul(array(entry, 2), next1))
    if (pivoting) sum = lane.sub(sum, lane.mul(array(entry, 3), next2))
    const x = lane.let('x', lane.div(sum, array(entry, 1)))
    lane.store(row, x)
    f.set(next2 as never, next1 as never)
    f.set(next1 as never, x as never)
  })
}

/** Uᵀ, Lᵀ, then Pᵀ. */
function substituteTransposed(lane: Lane, shape: TridiagonalSolveShape, factors: I32, b: I32): void {
  const f = lane.body
  const { n, columns, pivoting } = shape
  const array = (entry: I32, index: number, offset = 0) => lane.loadSplat(entry, 8 * n * index + offset)
  const below = 8 * columns
  eachRow(f, shape, factors, b, 'down', n, (entry, row) => {
    lane.store(row, lane.div(lane.load(row), array(entry, 1)))
    const x = lane.let('x', lane.load(row))
    const subtract = (index: number, distance: number) => {
      const offset = distance * below
      lane.store(row, lane.sub(lane.load(row, offset), lane.mul(array(entry, index), x)), offset)
    }
    const left = f.let('left', i32.sub(i32.add(factors, 8 * (n - 1)), entry))
    f.if(i32.gt_s(left, 0), () => subtract(2, 1))
    if (pivoting) f.if(i32.gt_s(left, 8), () => subtract(3, 2))
  })
  eachRow(f, shape, factors, b, 'up', n - 1, (entry, row) => {
    const second = lane.let('second', lane.load(row, below))
    const first = lane.let('first', lane.sub(lane.load(row), lane.mul(array(entry, 0), second)))
    const write = (top: RealOperand, bottom: RealOperand) => {
      lane.store(row, top)
      lane.store(row, bottom, below)
    }
    if (!pivoting) write(first, second)
    else
      f.if(
        f64.ne(f64.load(entry, 8 * n * 4), 0),
        () => write(second, first),
        () => write(first, second),
      )
  })
}
