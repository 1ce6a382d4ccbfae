import { emitTriangularSolve, type Matrix, type TriangularSystem, transposed } from '../dense/index.ts'
import {
  type FunctionBody,
  f64,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type WasmFunction,
} from '../wasm/index.ts'
import { emitExchange, emitRun, emitSubtractMultiple } from './run.ts'

export interface QRShape {
  /** Rows, at least as many as columns. */
  readonly m: number
  /** Columns. */
  readonly n: number
  /** At each step the column with the largest rest comes next, so that |r₁₁| ≥ |r₂₂| ≥ … shows the rank. */
  readonly pivoting?: boolean
}

/** The float64 that the packed factors of a QR take: A itself, n scales τ, n pivots, and 3n for work. */
export const qrLength = (m: number, n: number): number => m * n + 5 * n

/**
 * The function (a) → status that factors A, m×n row-major at byte address a, m ≥ n, into A·P = Q·R by Householder
 * reflections Hₖ = I − τₖ·vₖvₖᵀ, in place: R on and above the diagonal, below it vₖ, whose first entry is 1. After A come
 * τ [n], pivots [n] – at step k column k was exchanged with pivots[k] – and 3n numbers for work: `qrLength` in all.
 *
 * Status is 0, or k + 1 where something in column k is not finite. A column without a rest is no failure: rₖₖ = 0.
 *
 * (Golub & Van Loan, Matrix Computations, 4th ed., 5.2.2 and 5.4.2; norms of the rests are reduced step by step, and formed
 * anew where cancellation would spoil them: Drmač & Bujanović, ACM TOMS 35, 2008.)
 */
export function emitQR(module: ModuleBuilder, { m, n, pivoting = false }: QRShape): WasmFunction {
  if (m < n) throw new RangeError(`QR of ${m}×${n}: rows are fewer than columns; factor the transpose`)
  const name = `qr${pivoting ? 'P' : ''}_${m}x${n}`
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      const scales = f.let('scales', i32.add(a, 8 * m * n))
      const pivots = f.let('pivots', i32.add(scales, 8 * n))
      const norms = f.let('norms', i32.add(pivots, 8 * n))
      const at = (row: I32 | number, column: I32) =>
        i32.add(
          a,
          i32.add(typeof row === 'number' ? i32.const(8 * n * row) : i32.mul(row, 8 * n), i32.shl(column, 3)),
        )
      const k = f.local('i32', 'k')
      if (pivoting) {
        f.for(k, 0, n, 1, () => {
          const norm = columnNorm(f, m, n, at(0, k), i32.const(0))
          const place = f.let('place', i32.add(norms, i32.shl(k, 3)))
          f.store(place, norm)
          f.store(place, norm, 8 * n)
        })
      }
      f.for(k, 0, n, 1, () => {
        const chosen = f.let('chosen', k)
        if (pivoting) {
          chooseColumn(f, n, norms, k, chosen)
          f.if(i32.ne(chosen, k), () => exchangeColumns(f, m, n, at, norms, k, chosen))
        }
        const eighth = f.let('eighth', i32.shl(k, 3))
        f.store(i32.add(pivots, eighth), f64.convert_i32_u(chosen))
        const diagonal = f.let('diagonal', at(k, k))
        const norm = columnNorm(f, m, n, diagonal, k)
        // NaN and infinity both fail this.
        f.if(i32.eqz(f64.lt(norm, Number.POSITIVE_INFINITY)), () => f.return(i32.add(k, 1)))
        const scale = reflector(f, m, n, diagonal, k, norm)
        f.store(i32.add(scales, eighth), scale)
        const rest = f.let('rest', i32.sub(n - 1, k))
        f.if(i32.and(f64.ne(scale, 0), i32.ne(rest, 0)), () => {
          const work = i32.add(norms, 16 * n)
          reflect(f, {
            m,
            v: diagonal,
            vStride: n,
            first: k,
            scale,
            b: i32.add(diagonal, 8),
            bStride: n,
            count: rest,
            work,
          })
        })
        if (pivoting) reduceNorms(f, m, n, at, norms, k)
      })
      return i32.const(0)
    }),
  )
}

/** ‖column‖₂ from row `first` on, whose address is given: scaled by the largest entry, so that no square overflows. */
function columnNorm(f: FunctionBody, m: number, n: number, address: I32, first: I32): Local<'f64'> {
  const start = f.let('start', address)
  const at = f.let('at', start)
  const i = f.local('i32', 'i')
  const largest = f.let('largest', f64.const(0))
  const sum = f.let('sum', f64.const(0))
  const eachRow = (body: () => void) => {
    f.set(at, start)
    f.for(i, first, m, 1, () => {
      body()
      f.set(at, i32.add(at, 8 * n))
    })
  }
  eachRow(() => f.set(largest, f64.max(largest, f64.abs(f64.load(at)))))
  f.if(f64.gt(largest, 0), () => {
    eachRow(() => {
      const entry = f.let('entry', f64.div(f64.load(at), largest))
      f.set(sum, f64.add(sum, f64.mul(entry, entry)))
    })
  })
  // Where nothing is left this is 0·0; a NaN or an infinity among the entries stays.
  return f.let('norm', f64.mul(largest, f64.sqrt(sum)))
}

/** Replaces the column by rₖₖ = −sign(α)·‖column‖ and v = column/(α − rₖₖ); gives τ = (rₖₖ − α)/rₖₖ, or zero. */
function reflector(
  f: FunctionBody,
  m: number,
  n: number,
  diagonal: I32,
  k: I32,
  norm: Local<'f64'>,
): Local<'f64'> {
  const scale = f.let('scale', f64.const(0))
  f.if(f64.gt(norm, 0), () => {
    const alpha = f.let('alpha', f64.load(diagonal))
    const r = f.let('r', f64.neg(f64.copysign(norm, alpha)))
    const divisor = f.let('divisor', f64.sub(alpha, r))
    f.set(scale, f64.div(f64.sub(r, alpha), r))
    f.store(diagonal, r)
    const at = f.let('at', diagonal)
    const i = f.local('i32', 'i')
    f.for(i, i32.add(k, 1), m, 1, () => {
      f.set(at, i32.add(at, 8 * n))
      f.store(at, f64.div(f64.load(at), divisor))
    })
  })
  return scale
}

interface Reflection {
  readonly m: number
  /** Address of v's first entry, taken as 1 and not read, and the float64 from one to the next. */
  readonly v: I32
  readonly vStride: number
  /** Row of v's first entry. */
  readonly first: I32
  readonly scale: Local<'f64'>
  /** Address of the first of `count` columns of B in row `first`, and the float64 from row to row. */
  readonly b: I32
  readonly bStride: number
  readonly count: I32
  /** `count` float64. */
  readonly work: I32
}

/** B ← B − τ·v·(vᵀB), row by row. */
function reflect(
  f: FunctionBody,
  { m, v, vStride, first, scale, b, bStride, count, work }: Reflection,
): void {
  const [w, top] = [f.let('w', work), f.let('top', b)]
  f.copy(w, top, i32.shl(count, 3))
  const [entry, row] = [f.local('i32', 'entry'), f.local('i32', 'row')]
  const i = f.local('i32', 'i')
  const eachRow = (body: () => void) => {
    f.set(entry, v)
    f.set(row, top)
    f.for(i, i32.add(first, 1), m, 1, () => {
      f.set(entry, i32.add(entry, 8 * vStride))
      f.set(row, i32.add(row, 8 * bStride))
      body()
    })
  }
  eachRow(() => emitSubtractMultiple(f, w, f64.neg(f64.load(entry)), row, count))
  const x = f.let('x', w)
  emitRun(f, count, [x], (lane, offset) => {
    lane.store(x, lane.mul(lane.load(x, offset), lane.splat(scale)), offset)
  })
  emitSubtractMultiple(f, top, f64.const(1), w, count)
  eachRow(() => emitSubtractMultiple(f, row, f64.load(entry), w, count))
}

function chooseColumn(f: FunctionBody, n: number, norms: I32, k: I32, chosen: Local<'i32'>): void {
  const j = f.local('i32', 'j')
  const norm = (column: I32) => f64.load(i32.add(norms, i32.shl(column, 3)))
  f.for(j, i32.add(k, 1), n, 1, () => {
    f.if(f64.gt(norm(j), norm(chosen)), () => f.set(chosen, j))
  })
}

function exchangeColumns(
  f: FunctionBody,
  m: number,
  n: number,
  at: (row: number, column: I32) => I32,
  norms: I32,
  p: I32,
  q: I32,
): void {
  const [first, second] = [f.let('first', at(0, p)), f.let('second', at(0, q))]
  const i = f.local('i32', 'i')
  const one = i32.const(1)
  f.for(i, 0, m, 1, () => {
    emitExchange(f, first, second, one)
    f.set(first, i32.add(first, 8 * n))
    f.set(second, i32.add(second, 8 * n))
  })
  // The norms of what is left of a column, and what they were when formed last.
  for (const table of [norms, i32.add(norms, 8 * n)]) {
    emitExchange(f, i32.add(table, i32.shl(p, 3)), i32.add(table, i32.shl(q, 3)), one)
  }
}

/** Below √ε of what it was when it was formed, a reduced norm has no digit left. */
const trusted = 2 ** -26

/** ‖rest‖ ← √(‖rest‖² − rₖⱼ²) for the columns right of k. */
function reduceNorms(
  f: FunctionBody,
  m: number,
  n: number,
  at: (row: I32, column: I32) => I32,
  norms: I32,
  k: I32,
): void {
  const j = f.local('i32', 'j')
  f.for(j, i32.add(k, 1), n, 1, () => {
    const place = f.let('place', i32.add(norms, i32.shl(j, 3)))
    const norm = f.let('norm', f64.load(place))
    f.if(f64.gt(norm, 0), () => {
      const share = f.let('share', f64.div(f64.abs(f64.load(at(k, j))), norm))
      const left = f.let('left', f64.max(0, f64.mul(f64.add(1, share), f64.sub(1, share))))
      const relative = f.let('relative', f64.div(norm, f64.load(place, 8 * n)))
      f.if(
        f64.le(f64.mul(left, f64.mul(relative, relative)), trusted),
        () => {
          const below = f.let('below', i32.add(k, 1))
          const fresh = columnNorm(f, m, n, at(below, j), below)
          f.store(place, fresh)
          f.store(place, fresh, 8 * n)
        },
        () => f.store(place, f64.mul(norm, f64.sqrt(left))),
      )
    })
  })
}

/** What a solve with the packed factors of a QR is compiled for. */
export interface QRSolveShape {
  readonly m: number
  readonly n: number
  /** Columns of B and X. */
  readonly columns: number
}

/**
 * The function (factors, b) that solves A·X ≈ B by least squares, where `factors` is what `emitQR` left and every rₖₖ ≠ 0:
 * B, m×columns row-major at b, becomes X in its first n rows; the rest are Qᵀ's of the residual, whose norm is the
 * residual's. After B come `columns` float64 for work.
 */
export function emitQRLeastSquares(module: ModuleBuilder, shape: QRSolveShape): WasmFunction {
  const { m, n, columns } = shape
  const name = `qrLeastSquares_${m}x${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      applyReflections(f, shape, factors, b, 'transposed')
      emitTriangularSolve(f, upper(shape, factors, b))
      permuteRows(f, shape, factors, b, 'backwards')
    }),
  )
}

/**
 * The function (factors, b) for the smallest X with Aᵀ·X = B, where `factors` is what `emitQR` left of A and every rₖₖ ≠ 0:
 * B, n×columns row-major at b, becomes X, m×columns; room for it and `columns` float64 for work must follow.
 */
export function emitQRMinimumNorm(module: ModuleBuilder, shape: QRSolveShape): WasmFunction {
  const { m, n, columns } = shape
  const name = `qrMinimumNorm_${m}x${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      permuteRows(f, shape, factors, b, 'forwards')
      emitTriangularSolve(f, upperTransposed(shape, factors, b))
      f.fill(i32.add(b, 8 * n * columns), 0, i32.const(8 * (m - n) * columns))
      applyReflections(f, shape, factors, b, 'plain')
    }),
  )
}

/**
 * The function (factors, b) that overwrites B, n×columns row-major at b, by X with AᵀA·X = B: by R alone, as
 * AᵀA = P·RᵀR·Pᵀ. What derivatives of both solutions need.
 */
export function emitQRGramSolve(module: ModuleBuilder, shape: QRSolveShape): WasmFunction {
  const { m, n, columns } = shape
  const name = `qrGram_${m}x${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      permuteRows(f, shape, factors, b, 'forwards')
      emitTriangularSolve(f, upperTransposed(shape, factors, b))
      emitTriangularSolve(f, upper(shape, factors, b))
      permuteRows(f, shape, factors, b, 'backwards')
    }),
  )
}

const upper = ({ n, columns }: QRSolveShape, factors: I32, b: I32): TriangularSystem => ({
  matrix: matrixR(factors, n),
  n,
  part: 'upper',
  unit: false,
  rightSides: { address: b, rowStride: columns, columnStride: 1 },
  columns,
})
const upperTransposed = (shape: QRSolveShape, factors: I32, b: I32): TriangularSystem => ({
  ...upper(shape, factors, b),
  matrix: transposed(matrixR(factors, shape.n)),
  part: 'lower',
})
const matrixR = (factors: I32, n: number): Matrix => ({ address: factors, rowStride: n, columnStride: 1 })

/** B ← Qᵀ·B (H₁ first) or Q·B (Hₙ first). */
function applyReflections(
  f: FunctionBody,
  { m, n, columns }: QRSolveShape,
  factors: I32,
  b: I32,
  order: 'plain' | 'transposed',
): void {
  const step = f.local('i32', 'step')
  f.for(step, 0, n, 1, () => {
    const k = f.let('k', order === 'transposed' ? step : i32.sub(n - 1, step))
    const scale = f.let('scale', f64.load(i32.add(factors, i32.shl(k, 3)), 8 * m * n))
    reflect(f, {
      m,
      v: i32.add(factors, i32.mul(k, 8 * (n + 1))),
      vStride: n,
      first: k,
      scale,
      b: i32.add(b, i32.mul(k, 8 * columns)),
      bStride: columns,
      count: i32.const(columns),
      work: i32.add(b, 8 * m * columns),
    })
  })
}

/** The exchanges of columns as exchanges of the first n rows of B, in their order or against it. */
function permuteRows(
  f: FunctionBody,
  { m, n, columns }: QRSolveShape,
  factors: I32,
  b: I32,
  order: 'forwards' | 'backwards',
): void {
  const step = f.local('i32', 'step')
  const row = (k: I32) => i32.add(b, i32.mul(k, 8 * columns))
  f.for(step, 0, n, 1, () => {
    const k = f.let('k', order === 'forwards' ? step : i32.sub(n - 1, step))
    const chosen = f.let(
      'chosen',
      i32.trunc_sat_f64_s(f64.load(i32.add(factors, i32.shl(k, 3)), 8 * (m * n + n))),
    )
    f.if(i32.ne(chosen, k), () => emitExchange(f, row(k), row(chosen), i32.const(columns)))
  })
}
