import { type F64, type FunctionBody, f64, f64x2, type I32, type V128, v128 } from '../wasm/index.ts'
import { type Extent, sweep } from './sweep.ts'

/** A matrix in memory: entry (i, j) is the float64 at address + 8·(i·rowStride + j·columnStride). */
export interface Matrix {
  readonly address: I32
  readonly rowStride: number
  readonly columnStride: number
}

/** What the product does to C: C ← A·B, C ← C + A·B, C ← C − A·B. */
export type Update = 'write' | 'add' | 'subtract'

export interface Product {
  /** m×k */
  readonly a: Matrix
  /** k×n */
  readonly b: Matrix
  /** m×n, apart from A and B */
  readonly c: Matrix
  readonly m: Extent
  readonly k: Extent
  readonly n: Extent
  readonly update: Update
  /** Fused multiply-add where the machine has it: faster, and other bits on other machines. */
  readonly relaxed?: boolean
}

export const transposed = ({ address, rowStride, columnStride }: Matrix): Matrix => ({
  address,
  rowStride: columnStride,
  columnStride: rowStride,
})

/** The same product, as Cᵀ ← Bᵀ·Aᵀ. */
const mirrored = ({ a, b, c, m, n, ...rest }: Product): Product => ({
  ...rest,
  a: transposed(b),
  b: transposed(a),
  c: transposed(c),
  m: n,
  n: m,
})

/**
 * Emits C ← (C ±) A·B. Each entry of the sum over p = 0 … k−1 is formed first, then added to C.
 *
 * Where the rows of B are contiguous, a block of C is held in registers while p runs (a sum of outer products); where
 * the rows of A and the columns of B are, each entry is a dot product over even and odd p. Every layout of which
 * a transpose is one of these two goes through it.
 */
export function emitProduct(f: FunctionBody, product: Product): void {
  const { m, k, n } = product
  // The stride along an extent of one is never used: it may as well be contiguous.
  const a = flat(product.a, m, k)
  const b = flat(product.b, k, n)
  const p = { ...product, a, b, c: flat(product.c, m, n) }
  const dot = a.columnStride === 1 && b.rowStride === 1
  // A single column may lie strided, as a slice of a matrix: then only A's own layout decides.
  if (n === 1 && k !== 1 && dot) emitDots(f, p)
  else if (n === 1 && k !== 1 && a.rowStride === 1) emitOuter(f, mirrored(p))
  else if (b.columnStride === 1) emitOuter(f, p)
  else if (dot) emitDots(f, m === 1 ? mirrored(p) : p)
  else emitOuter(f, mirrored(p))
}

const flat = ({ address, rowStride, columnStride }: Matrix, rows: Extent, columns: Extent): Matrix => ({
  address,
  rowStride: rows === 1 ? 1 : rowStride,
  columnStride: columns === 1 ? 1 : columnStride,
})

const multiplyAdd = (a: V128, b: V128, sum: V128, relaxed = false): V128 =>
  relaxed ? f64x2.relaxed_madd(a, b, sum) : f64x2.add(sum, f64x2.mul(a, b))

const scalarUpdate = (update: Update, c: I32, offset: number, sum: F64): F64 =>
  update === 'write' ? sum : f64[update === 'add' ? 'add' : 'sub'](f64.load(c, offset), sum)

const vectorUpdate = (update: Update, c: I32, offset: number, sum: V128): V128 =>
  update === 'write' ? sum : f64x2[update === 'add' ? 'add' : 'sub'](v128.load(c, offset), sum)

/** Terms per turn of the innermost loop: few, as engines unroll by themselves; all, where the sum is short. */
const unrolling = (k: Extent, few: number): number => (typeof k === 'number' && k <= 8 ? Math.max(k, 1) : few)

/** Rows of B contiguous: blocks of 4×4, or of one row as long as the registers allow. */
function emitOuter(f: FunctionBody, product: Product): void {
  const { a, b, c, m, k, n, update, relaxed } = product
  const rowBlock = m === 1 || m === 2 ? m : 4
  const columnBlock = typeof n === 'number' ? 16 / rowBlock : 4
  const byte = (stride: number) => 8 * stride

  const block = (pa: I32, pb: I32, pc: I32, rows: number, columns: number) => {
    const pairs = Math.ceil(columns / 2)
    const odd = columns % 2 === 1
    const sums = Array.from({ length: rows }, (_, i) =>
      Array.from({ length: pairs }, (_, j) => f.let(`c${i}${2 * j}`, f64x2.const(0))),
    )
    const [x, y] = [f.let('a', pa), f.let('b', pb)]
    const pointers = [
      { at: x, stride: byte(a.columnStride) },
      { at: y, stride: byte(b.rowStride) },
    ]
    sweep(f, k, unrolling(k, 1), pointers, steps => {
      for (let p = 0; p < steps; p++) {
        const row = Array.from({ length: pairs }, (_, j) => {
          const offset = byte(p * b.rowStride + 2 * j)
          return f.let(
            `b${2 * j}`,
            odd && j === pairs - 1 ? v128.load64_zero(y, offset) : v128.load(y, offset),
          )
        })
        for (let i = 0; i < rows; i++) {
          const factor = f.let(`a${i}`, v128.load64_splat(x, byte(i * a.rowStride + p * a.columnStride)))
          row.forEach((entry, j) => {
            f.set(sums[i][j], multiplyAdd(factor, entry, sums[i][j], relaxed))
          })
        }
      }
    })
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j += 2) {
        const sum = sums[i][j / 2]
        const at = (column: number) => byte(i * c.rowStride + column * c.columnStride)
        if (c.columnStride === 1 && j + 1 < columns) {
          f.store(pc, vectorUpdate(update, pc, at(j), sum), at(j))
          continue
        }
        for (let lane = 0; lane < Math.min(2, columns - j); lane++) {
          const offset = at(j + lane)
          f.store(pc, scalarUpdate(update, pc, offset, f64x2.extract_lane(sum, lane)), offset)
        }
      }
    }
  }

  // A short sum leaves C the larger part of the traffic: then row by row, as C lies in memory.
  eachBlock(f, product, rowBlock, columnBlock, typeof k === 'number' && k <= 32, block)
}

/** Rows of A and columns of B contiguous: dot products, 4×2 at a time, or 4. */
function emitDots(f: FunctionBody, product: Product): void {
  const { a, b, c, k, n, update, relaxed } = product

  const block = (pa: I32, pb: I32, pc: I32, rows: number, columns: number) => {
    const sums = Array.from({ length: rows * columns }, (_, e) => f.let(`sum${e}`, f64x2.const(0)))
    const rest = Array.from({ length: rows * columns }, (_, e) => f.let(`rest${e}`, f64.const(0)))
    const [x, y] = [f.let('a', pa), f.let('b', pb)]
    const pointers = [
      { at: x, stride: 8 },
      { at: y, stride: 8 },
    ]
    sweep(f, k, unrolling(k, 2), pointers, steps => {
      for (let p = 0; p + 1 < steps; p += 2) {
        const columnEntries = Array.from({ length: columns }, (_, j) =>
          f.let(`b${j}`, v128.load(y, 8 * (p + j * b.columnStride))),
        )
        for (let i = 0; i < rows; i++) {
          const entry = f.let(`a${i}`, v128.load(x, 8 * (p + i * a.rowStride)))
          columnEntries.forEach((other, j) => {
            const sum = sums[i * columns + j]
            f.set(sum, multiplyAdd(entry, other, sum, relaxed))
          })
        }
      }
      if (steps % 2 === 1) {
        const p = steps - 1
        rest.forEach((sum, e) => {
          const [i, j] = [Math.floor(e / columns), e % columns]
          const [left, right] = [8 * (p + i * a.rowStride), 8 * (p + j * b.columnStride)]
          f.set(sum, f64.mul(f64.load(x, left), f64.load(y, right)))
        })
      }
    })
    sums.forEach((sum, e) => {
      const paired = f64.add(f64x2.extract_lane(sum, 0), f64x2.extract_lane(sum, 1))
      const oddK = (typeof k === 'number' ? k : k.modulo16) % 2 === 1
      const offset = 8 * (Math.floor(e / columns) * c.rowStride + (e % columns) * c.columnStride)
      const total = oddK ? f64.add(paired, rest[e]) : paired
      f.store(pc, scalarUpdate(update, pc, offset, total), offset)
    })
  }

  eachBlock(f, product, 4, n === 1 ? 1 : 2, false, block)
}

/** Calls `block` with the addresses of its rows of A, columns of B and corner of C, for every block of C. */
function eachBlock(
  f: FunctionBody,
  { a, b, c, m, n }: Product,
  rowBlock: number,
  columnBlock: number,
  rowsOutside: boolean,
  block: (a: I32, b: I32, c: I32, rows: number, columns: number) => void,
): void {
  const down = { extent: m, size: rowBlock, from: a.address, stride: a.rowStride, strideC: c.rowStride }
  const along = {
    extent: n,
    size: columnBlock,
    from: b.address,
    stride: b.columnStride,
    strideC: c.columnStride,
  }
  const walk = (way: typeof down, start: I32, body: (at: I32, c: I32, size: number) => void) => {
    const [at, corner] = [f.let('at', way.from), f.let('corner', start)]
    const pointers = [
      { at, stride: 8 * way.stride },
      { at: corner, stride: 8 * way.strideC },
    ]
    sweep(f, way.extent, way.size, pointers, size => body(at, corner, size))
  }
  if (rowsOutside) {
    walk(down, c.address, (pa, pc, rows) =>
      walk(along, pc, (pb, corner, columns) => block(pa, pb, corner, rows, columns)),
    )
  } else {
    walk(along, c.address, (pb, pc, columns) =>
      walk(down, pc, (pa, corner, rows) => block(pa, pb, corner, rows, columns)),
    )
  }
}
