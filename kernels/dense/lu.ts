import {
  advance,
  type FunctionBody,
  f64,
  f64x2,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  select,
  v128,
  type WasmFunction,
} from '../wasm/index.ts'
import { emitProduct } from './product.ts'
import { emitSmallLU, emitSmallLUSolve, smallOrder } from './smallLu.ts'
import { type Extent, sweep } from './sweep.ts'
import {
  blockSize,
  emitTriangularSolve,
  isUsable,
  type TriangularSystem,
  transposedSystem,
} from './triangular.ts'

/** What a factorisation is compiled for. */
export interface FactorShape {
  readonly n: number
  readonly relaxed?: boolean
}

/** What a solve with packed factors is compiled for. */
export interface FactorSolveShape extends FactorShape {
  /** Columns of B and X. */
  readonly columns: number
  /** Solve Aᵀ·X = B. */
  readonly transposed?: boolean
}

/**
 * The function (a) → status that factors A, n×n row-major at byte address a, into P·A = L·U with partial pivoting, in
 * place: L (unit diagonal, not stored) and U over A, then, in the n float64 after it, pivots: at step k row k was
 * exchanged with row pivots[k] ≥ k.
 *
 * Status is 0, or k + 1 where the largest entry left in column k is zero or not finite; then the contents are
 * meaningless. A NaN anywhere in A is always found, as some column runs out of usable entries.
 *
 * Small matrices are factored in registers (smallLu.ts); others right-looking, in panels of 16 columns (Golub & Van
 * Loan, Matrix Computations, 4th ed., 3.4.7).
 */
export function emitLU(module: ModuleBuilder, { n, relaxed }: FactorShape): WasmFunction {
  const name = `lu${relaxed ? '~' : ''}_${n}`
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      if (n <= smallOrder) {
        emitSmallLU(f, a, n)
        return i32.const(0)
      }
      const rest = n % blockSize
      const k0 = f.local('i32', 'k0')
      const diagonal = f.local('i32', 'diagonal')
      if (n > rest) {
        f.for(k0, 0, n - rest, blockSize, () => {
          f.set(diagonal, i32.add(a, i32.mul(k0, 8 * (n + 1))))
          emitPanel(f, { n, a, k0, diagonal, width: blockSize })
          const count = f.let('remaining', i32.sub(n - blockSize, k0))
          f.if(count, () => emitTrailing(f, { n, diagonal, remaining: { count, modulo16: rest }, relaxed }))
        })
      }
      if (rest > 0) {
        f.set(k0, n - rest)
        f.set(diagonal, advance(a, 8 * (n - rest) * (n + 1)))
        emitPanel(f, { n, a, k0, diagonal, width: rest })
      }
      return i32.const(0)
    }),
  )
}

interface Panel {
  readonly n: number
  readonly a: I32
  /** The first column. */
  readonly k0: I32
  /** Address of entry (k0, k0). */
  readonly diagonal: I32
  readonly width: number
}

/** Factors the columns k0 … k0 + width − 1, exchanging whole rows. */
function emitPanel(f: FunctionBody, { n, a, k0, diagonal, width }: Panel): void {
  const rowBytes = 8 * n
  const firstRow = f.let('firstRow', i32.sub(diagonal, i32.shl(k0, 3)))
  /** Column k0 in the row after the last: where a walk down the panel ends, and where the panel's pivots go. */
  const end = f.let('end', i32.add(advance(a, n * rowBytes), i32.shl(k0, 3)))
  const row = f.local('i32', 'row')
  /** The row, as the address of its first entry in the panel, with the largest entry in the next column. */
  const best = f.local('i32', 'best')
  const largest = f.local('v128', 'largest')

  const eachRowBelow = (k: number, body: () => void) => {
    f.set(row, advance(diagonal, (k + 1) * rowBytes))
    f.block(done => {
      f.branchIf(done, i32.eq(row, end))
      f.loop(next => {
        body()
        f.set(row, advance(row, rowBytes))
        f.branchIf(next, i32.ne(row, end))
      })
    })
  }
  const forgetLargest = () => {
    f.set(best, end)
    f.set(largest, f64x2.const(0))
  }
  const compare = (entry: Local<'v128'>) => {
    const magnitude = f.let('magnitude', f64x2.abs(entry))
    const isLarger = f64.gt(f64x2.extract_lane(magnitude, 0), f64x2.extract_lane(largest, 0))
    f.set(best, select(row, best, isLarger))
    // pmax is a single instruction, and keeps `largest` where the entry is NaN.
    f.set(largest, f64x2.pmax(largest, magnitude))
  }

  forgetLargest()
  eachRowBelow(-1, () => compare(f.let('entry', v128.load64_splat(row))))
  for (let k = 0; k < width; k++) {
    f.if(i32.eqz(isUsable(f64x2.extract_lane(largest, 0))), () => f.return(i32.add(k0, k + 1)))
    const chosen = f.let('chosen', i32.sub(best, i32.shl(k0, 3)))
    const index = i32.div_u(i32.sub(chosen, a), rowBytes)
    f.store(end, f64.convert_i32_u(index), 8 * k)
    exchange(f, f.let('current', advance(firstRow, k * rowBytes)), chosen, n)

    const pivotRow = advance(diagonal, k * rowBytes)
    const pivot = f.let('pivot', f64.load(pivotRow, 8 * k))
    const tail = width - k - 1
    const u = Array.from({ length: Math.ceil(tail / 2) }, (_, j) => {
      const offset = 8 * (k + 1 + 2 * j)
      const single = 2 * j + 1 === tail
      return f.let(`u${j}`, single ? v128.load64_zero(pivotRow, offset) : v128.load(pivotRow, offset))
    })
    forgetLargest()
    eachRowBelow(k, () => {
      const multiplier = f.let('multiplier', f64.div(f64.load(row, 8 * k), pivot))
      f.store(row, multiplier, 8 * k)
      const l = f.let('l', f64x2.splat(multiplier))
      u.forEach((entries, j) => {
        const offset = 8 * (k + 1 + 2 * j)
        const single = 2 * j + 1 === tail
        const old = single ? v128.load64_zero(row, offset) : v128.load(row, offset)
        const updated = f.let('updated', f64x2.sub(old, f64x2.mul(l, entries)))
        if (single) f.store64Lane(row, updated, 0, offset)
        else f.store(row, updated, offset)
        if (j === 0) compare(updated)
      })
    })
  }
}

/** Exchanges two rows of n; both may be the same, which costs less than asking. */
function exchange(f: FunctionBody, first: I32, second: I32, n: number): void {
  const [p, q] = [f.let('p', first), f.let('q', second)]
  const pointers = [
    { at: p, stride: 8 },
    { at: q, stride: 8 },
  ]
  sweep(f, n, n <= blockSize ? n : 8, pointers, size => {
    for (let j = 0; j + 1 < size; j += 2) {
      const [x, y] = [f.let('x', v128.load(p, 8 * j)), f.let('y', v128.load(q, 8 * j))]
      f.store(p, y, 8 * j)
      f.store(q, x, 8 * j)
    }
    if (size % 2 === 1) {
      const offset = 8 * (size - 1)
      const [x, y] = [f.let('x', f64.load(p, offset)), f.let('y', f64.load(q, offset))]
      f.store(p, y, offset)
      f.store(q, x, offset)
    }
  })
}

interface Trailing {
  readonly n: number
  readonly diagonal: I32
  readonly remaining: Extent
  readonly relaxed?: boolean
}

/** U₁₂ ← L₁₁⁻¹·A₁₂, then A₂₂ ← A₂₂ − L₂₁·U₁₂. */
function emitTrailing(f: FunctionBody, { n, diagonal, remaining, relaxed }: Trailing): void {
  const part = (rows: number, columns: number) => ({
    address: f.let('part', advance(diagonal, 8 * (rows * n + columns))),
    rowStride: n,
    columnStride: 1,
  })
  const [l11, u12] = [part(0, 0), part(0, blockSize)]
  emitTriangularSolve(f, {
    matrix: l11,
    n: blockSize,
    part: 'lower',
    unit: true,
    rightSides: u12,
    columns: remaining,
    relaxed,
  })
  emitProduct(f, {
    a: part(blockSize, 0),
    b: u12,
    c: part(blockSize, blockSize),
    m: remaining,
    k: blockSize,
    n: remaining,
    update: 'subtract',
    relaxed,
  })
}

/**
 * The function (factors, b) that overwrites B, n×columns row-major at b, by X with A·X = B or Aᵀ·X = B, where `factors`
 * is what `emitLU` left with status 0.
 */
export function emitLUSolve(module: ModuleBuilder, shape: FactorSolveShape): WasmFunction {
  const { n, columns, transposed = false, relaxed } = shape
  const name = `luSolve${transposed ? 'T' : ''}${relaxed ? '~' : ''}_${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { factors: 'i32', b: 'i32' }, [], (f, { factors, b }) => {
      if (n <= smallOrder) {
        emitSmallLUSolve(f, factors, b, shape)
        return
      }
      const common = {
        matrix: { address: factors, rowStride: n, columnStride: 1 },
        n,
        rightSides: { address: b, rowStride: columns, columnStride: 1 },
        columns,
        relaxed,
      }
      const lower: TriangularSystem = { ...common, part: 'lower', unit: true }
      const upper: TriangularSystem = { ...common, part: 'upper', unit: false }
      const rowBytes = 8 * columns
      const step = f.local('i32', 'step')
      const exchangeRows = () => {
        const target = i32.trunc_sat_f64_s(f64.load(i32.add(factors, i32.shl(step, 3)), 8 * n * n))
        exchange(f, i32.add(b, i32.mul(step, rowBytes)), i32.add(b, i32.mul(target, rowBytes)), columns)
      }
      if (transposed) {
        emitTriangularSolve(f, transposedSystem(upper))
        emitTriangularSolve(f, transposedSystem(lower))
        f.set(step, n)
        f.loop(next => {
          f.set(step, i32.sub(step, 1))
          exchangeRows()
          f.branchIf(next, step)
        })
      } else {
        f.for(step, 0, n, 1, exchangeRows)
        emitTriangularSolve(f, lower)
        emitTriangularSolve(f, upper)
      }
    }),
  )
}
