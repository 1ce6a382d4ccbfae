import { advance, type F64, type FunctionBody, f64, f64x2, type I32, type V128, v128 } from '../wasm/index.ts'
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
  if (n === 1 && k !== 1) (dot ? emitDots : emitOuter)(f, dot ? p : mirrored(p))
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

/** Terms per turn of the innermost loop; a short sum needs no loop. */
const unrolling = (k: Extent): number => (typeof k === 'number' && k <= 8 ? Math.max(k, 1) : 4)

/** Rows of B contiguous: blocks of 4×4, or of one row as long as the registers allow. */
function emitOuter(f: FunctionBody, { a, b, c, m, k, n, update, relaxed }: Product): void {
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
    sweep(f, k, unrolling(k), pointers, steps => {
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

  const [pb, pc] = [f.let('bColumns', b.address), f.let('cColumns', c.address)]
  const columnPointers = [
    { at: pb, stride: byte(b.columnStride) },
    { at: pc, stride: byte(c.columnStride) },
  ]
  sweep(f, n, columnBlock, columnPointers, columns => {
    const [pa, pcRows] = [f.let('aRows', a.address), f.let('cRows', pc)]
    const rowPointers = [
      { at: pa, stride: byte(a.rowStride) },
      { at: pcRows, stride: byte(c.rowStride) },
    ]
    sweep(f, m, rowBlock, rowPointers, rows => block(pa, pb, pcRows, rows, columns))
  })
}

/** Rows of A and columns of B contiguous: dot products, 4×2 at a time, or 4 with two partial sums each. */
function emitDots(f: FunctionBody, { a, b, c, m, k, n, update, relaxed }: Product): void {
  const columnBlock = n === 1 ? 1 : 2

  const block = (pa: I32, pb: I32, pc: I32, rows: number, columns: number) => {
    // Two partial sums per entry where there are few entries: an addition takes longer than the next load.
    const parts = rows * columns <= 4 ? 2 : 1
    const sums = Array.from({ length: rows * columns }, (_, e) =>
      Array.from({ length: parts }, (_, part) => f.let(`sum${e}${part}`, f64x2.const(0))),
    )
    const rest = Array.from({ length: rows * columns }, (_, e) => f.let(`rest${e}`, f64.const(0)))
    const [x, y] = [f.let('a', pa), f.let('b', pb)]
    const pointers = [
      { at: x, stride: 8 },
      { at: y, stride: 8 },
    ]
    sweep(f, k, unrolling(k), pointers, steps => {
      for (let p = 0; p + 1 < steps; p += 2) {
        const columnEntries = Array.from({ length: columns }, (_, j) =>
          f.let(`b${j}`, v128.load(y, 8 * (p + j * b.columnStride))),
        )
        for (let i = 0; i < rows; i++) {
          const entry = f.let(`a${i}`, v128.load(x, 8 * (p + i * a.rowStride)))
          columnEntries.forEach((other, j) => {
            const sum = sums[i * columns + j][(p / 2) % parts]
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
    sums.forEach((partial, e) => {
      const both = f.let('both', parts === 2 ? f64x2.add(partial[0], partial[1]) : partial[0])
      const paired = f64.add(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1))
      const oddK = (typeof k === 'number' ? k : k.modulo16) % 2 === 1
      const offset = 8 * (Math.floor(e / columns) * c.rowStride + (e % columns) * c.columnStride)
      const sum = oddK ? f64.add(paired, rest[e]) : paired
      f.store(pc, scalarUpdate(update, pc, offset, sum), offset)
    })
  }

  const [pb, pc] = [f.let('bColumns', b.address), f.let('cColumns', c.address)]
  const columnPointers = [
    { at: pb, stride: 8 * b.columnStride },
    { at: pc, stride: 8 * c.columnStride },
  ]
  sweep(f, n, columnBlock, columnPointers, columns => {
    const [pa, pcRows] = [f.let('aRows', a.address), f.let('cRows', pc)]
    const rowPointers = [
      { at: pa, stride: 8 * a.rowStride },
      { at: pcRows, stride: 8 * c.rowStride },
    ]
    sweep(f, m, 4, rowPointers, rows => block(pa, pb, pcRows, rows, columns))
  })
}

/** The part of a matrix that begins at (row, column), both known. */
export const from = (matrix: Matrix, row: number, column: number): Matrix => ({
  ...matrix,
  address: advance(matrix.address, 8 * (row * matrix.rowStride + column * matrix.columnStride)),
})
