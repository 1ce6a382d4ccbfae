import { advance, type FunctionBody, f64x2, type I32, v128 } from '../wasm/index.ts'
import { multiplyAdd, multiplySubtract, type Product } from './product.ts'
import { sweep } from './sweep.ts'

/**
 * Emits C ← (C ±) A·B by sums of outer products of few terms: to four rows of C two of B are added at a time, from their
 * beginning to their end as they lie in memory; to a single row, eight. The factors, entries of A, stay in registers, and
 * whatever the width, memory is read as it lies. Rows of B and C are contiguous.
 * To write C, k must be known.
 */
export function emitRows(f: FunctionBody, { a, b, c, m, k, n, update, relaxed }: Product): void {
  const step = update === 'subtract' ? multiplySubtract : multiplyAdd

  const block = (rowsOfA: I32, rowsOfC: I32, rows: number) => {
    const [x, y] = [f.let('a', rowsOfA), f.let('b', b.address)]
    const pointers = [
      { at: x, stride: 8 * a.columnStride },
      { at: y, stride: 8 * b.rowStride },
    ]

    const addTerms = (count: number, isFirst: boolean) => {
      const factors = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: count }, (_, p) =>
          f.let(`a${i}${p}`, v128.load64_splat(x, 8 * (i * a.rowStride + p * a.columnStride))),
        ),
      )
      const [entry, target] = [f.let('entry', y), f.let('target', rowsOfC)]
      const along = [
        { at: entry, stride: 8 },
        { at: target, stride: 8 },
      ]
      sweep(f, n, 4, along, size => {
        for (let j = 0; j < size; j += 2) {
          const isPair = j + 1 < size
          const load = isPair ? v128.load : v128.load64_zero
          const at = (i: number) => 8 * (i * c.rowStride + j)
          const sums = factors.map((_, i) => f.let(`c${i}`, isFirst ? f64x2.const(0) : load(target, at(i))))
          for (let p = 0; p < count; p++) {
            const entries = f.let(`b${p}`, load(entry, 8 * (p * b.rowStride + j)))
            for (const [i, sum] of sums.entries()) f.set(sum, step(factors[i][p], entries, sum, relaxed))
          }
          for (const [i, sum] of sums.entries()) {
            if (isPair) f.store(target, sum, at(i))
            else f.store64Lane(target, sum, 0, at(i))
          }
        }
      })
    }

    const depth = rows > 2 ? 2 : 8 / rows
    const first = update === 'write' ? Math.min(depth, k as number) : 0
    if (update === 'write') {
      addTerms(first, true)
      for (const { at, stride } of pointers) f.set(at, advance(at, first * stride))
    }
    if (k !== first) {
      const rest = typeof k === 'number' ? k - first : k
      sweep(f, rest, depth, pointers, count => addTerms(count, false))
    }
  }

  const [top, corner] = [f.let('top', a.address), f.let('corner', c.address)]
  const down = [
    { at: top, stride: 8 * a.rowStride },
    { at: corner, stride: 8 * c.rowStride },
  ]
  sweep(f, m, 4, down, rows => block(top, corner, rows))
}
