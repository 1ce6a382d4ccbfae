import { type FunctionBody, f64x2, type I32, type V128, v128 } from '../wasm/index.ts'
import { type Matrix, multiplyAdd, multiplySubtract, type Product } from './product.ts'
import { type Extent, sweep } from './sweep.ts'

/** Two neighbours in a row, or one and a zero. */
function loadPair({ rowStride, columnStride }: Matrix, at: I32, i: number, j: number, isPair: boolean): V128 {
  const offset = 8 * (i * rowStride + j * columnStride)
  if (!isPair) return v128.load64_zero(at, offset)
  if (columnStride === 1) return v128.load(at, offset)
  return v128.load64_lane(at, v128.load64_zero(at, offset), 1, offset + 8 * columnStride)
}

/**
 * Emits C ← (C ±) A·B in blocks of 4×4, or of one row as long as the registers allow: a block of C is held in registers
 * while p runs (a sum of outer products). Where the columns of B are contiguous, two columns and two terms are read as
 * two pairs, and turned.
 */
export function emitTiles(f: FunctionBody, product: Product): void {
  const { a, b, c, k, update, relaxed } = product
  const isTurned = b.columnStride !== 1 && b.rowStride === 1
  const rowBlock = product.m === 1 || product.m === 2 ? product.m : 4
  const columnBlock = rowBlock === 4 || typeof product.n !== 'number' ? 4 : isTurned ? 8 : 16 / rowBlock
  const step = update === 'subtract' ? multiplySubtract : multiplyAdd

  const block = (pa: I32, pb: I32, pc: I32, rows: number, columns: number) => {
    const pairs = Array.from({ length: Math.ceil(columns / 2) }, (_, j) => ({
      j: 2 * j,
      isPair: 2 * j + 1 < columns,
    }))
    const sums = Array.from({ length: rows }, (_, i) =>
      pairs.map(({ j, isPair }) =>
        f.let(`c${i}${j}`, update === 'write' ? f64x2.const(0) : loadPair(c, pc, i, j, isPair)),
      ),
    )
    const [x, y] = [f.let('a', pa), f.let('b', pb)]
    const accumulate = (p: number, row: readonly V128[]) => {
      for (let i = 0; i < rows; i++) {
        const factor = f.let(`a${i}`, v128.load64_splat(x, 8 * (i * a.rowStride + p * a.columnStride)))
        row.forEach((entries, j) => {
          f.set(sums[i][j], step(factor, entries, sums[i][j], relaxed))
        })
      }
    }
    /** Terms p and p + 1. */
    const accumulateTurned = (p: number) => {
      const turned = pairs.map(({ j, isPair }) => {
        const column = (l: number) => f.let('column', v128.load(y, 8 * (p + l * b.columnStride)))
        const left = column(j)
        const right = isPair ? column(j + 1) : left
        return [0, 1].map(l => f.let(`b${j}`, f64x2.shuffle(left, right, l, 2 + l)))
      })
      for (const l of [0, 1])
        accumulate(
          p + l,
          turned.map(both => both[l]),
        )
    }
    const pointers = [
      { at: x, stride: 8 * a.columnStride },
      { at: y, stride: 8 * b.rowStride },
    ]
    sweep(f, k, unrolling(k, isTurned ? 2 : 1), pointers, steps => {
      let p = 0
      if (isTurned) for (; p + 1 < steps; p += 2) accumulateTurned(p)
      for (; p < steps; p++) {
        accumulate(
          p,
          pairs.map(({ j, isPair }) => f.let(`b${j}`, loadPair(b, y, p, j, isPair))),
        )
      }
    })
    sums.forEach((row, i) => {
      pairs.forEach(({ j, isPair }, position) => {
        const offset = 8 * (i * c.rowStride + j * c.columnStride)
        if (isPair && c.columnStride === 1) {
          f.store(pc, row[position], offset)
          return
        }
        f.store64Lane(pc, row[position], 0, offset)
        if (isPair) f.store64Lane(pc, row[position], 1, offset + 8 * c.columnStride)
      })
    })
  }

  // A short sum leaves C the larger part of the traffic: then row by row, as C lies in memory.
  eachBlock(f, product, rowBlock, columnBlock, typeof k === 'number' && k <= 32, block)
}

/** Terms per turn of the innermost loop: few, as engines unroll by themselves; all, where the sum is short. */
const unrolling = (k: Extent, few: number): number => (typeof k === 'number' && k <= 8 ? Math.max(k, 1) : few)

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
