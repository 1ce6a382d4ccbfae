import {
  call,
  type FunctionBody,
  f64,
  f64x2,
  type I32,
  i32,
  type ModuleBuilder,
  select,
  type V128,
  v128,
  type WasmFunction,
} from '../wasm/index.ts'
import { multiplyAdd, type Product } from './product.ts'
import { countOf } from './sweep.ts'

/** Terms of the sums that are taken at a time: a strip of A (4 rows) and one of B (4 columns) lie in the first cache. */
const depth = 256
/** Columns of B that are packed at a time: with `depth` rows they are half a mebibyte, within the second cache. */
const span = 256

const stripBytes = 4 * 8
const rowsBytes = depth * stripBytes
const cornerBytes = 4 * stripBytes

/**
 * Emits C ← (C ±) A·B with copies of A and B in the order in which they are used (Goto & van de Geijn, Anatomy of
 * High-Performance Matrix Multiplication, ACM TOMS 34, 2008): strips of four columns of B, strips of four rows of A,
 * term after term. So rows that lie a power of two apart do not drive one another out of the caches, every layout of A
 * and B runs alike, and one copy of the code serves all shapes. The columns of C are contiguous.
 */
export function emitPackedProduct(f: FunctionBody, { a, b, c, m, k, n, update, relaxed }: Product): void {
  const place = ({ address, rowStride, columnStride }: Product['a']) => [
    address,
    i32.const(8 * rowStride),
    i32.const(8 * columnStride),
  ]
  const isWrite = i32.const(update === 'write' ? 1 : 0)
  const isSubtract = i32.const(update === 'subtract' ? 1 : 0)
  const widest = typeof n === 'number' ? Math.min(4 * Math.ceil(n / 4), span) : span
  f.module.scratch(cornerBytes + rowsBytes + 8 * depth * widest)
  const product = packedProduct(f.module, relaxed)
  const shape = [countOf(m), countOf(k), countOf(n)]
  f.run(
    call(
      product,
      ...place(a),
      ...place(b),
      c.address,
      i32.const(8 * c.rowStride),
      ...shape,
      isWrite,
      isSubtract,
    ),
  )
}

const least = (a: I32, b: number): I32 => select(a, i32.const(b), i32.lt_u(a, b))

/** Strides in bytes. */
function packedProduct(module: ModuleBuilder, relaxed = false): WasmFunction {
  const parameters = {
    a: 'i32',
    aRow: 'i32',
    aColumn: 'i32',
    b: 'i32',
    bRow: 'i32',
    bColumn: 'i32',
    c: 'i32',
    cRow: 'i32',
    m: 'i32',
    k: 'i32',
    n: 'i32',
    isWrite: 'i32',
    isSubtract: 'i32',
  } as const
  return module.once(`packedProduct${relaxed ? '~' : ''}`, () => {
    const [pack, tile] = [packStrip(module), tileProduct(module, relaxed)]
    return module.function(`packedProduct${relaxed ? '~' : ''}`, parameters, [], (f, p) => {
      const corner = f.let('corner', module.scratch(0))
      const rows = f.let('rows', i32.add(corner, cornerBytes))
      const panel = f.let('panel', i32.add(rows, rowsBytes))
      const [p0, j0, i, j] = ['p0', 'j0', 'i', 'j'].map(name => f.local('i32', name))
      f.for(p0, 0, p.k, depth, () => {
        const terms = f.let('terms', least(i32.sub(p.k, p0), depth))
        const isFirst = f.let('isFirst', i32.and(p.isWrite, i32.eqz(p0)))
        f.for(j0, 0, p.n, span, () => {
          const columns = f.let('columns', least(i32.sub(p.n, j0), span))
          const corners = f.let('corners', i32.add(p.b, i32.add(i32.mul(p0, p.bRow), i32.mul(j0, p.bColumn))))
          const strip = (index: I32) => i32.add(panel, i32.mul(index, 8 * depth))
          f.for(j, 0, columns, 4, () => {
            const from = i32.add(corners, i32.mul(j, p.bColumn))
            f.run(
              call(
                pack,
                from,
                p.bColumn,
                p.bRow,
                least(i32.sub(columns, j), 4),
                terms,
                strip(j),
                i32.const(0),
              ),
            )
          })
          f.for(i, 0, p.m, 4, () => {
            const from = i32.add(p.a, i32.add(i32.mul(i, p.aRow), i32.mul(p0, p.aColumn)))
            const height = f.let('height', least(i32.sub(p.m, i), 4))
            f.run(call(pack, from, p.aRow, p.aColumn, height, terms, rows, p.isSubtract))
            const target = f.let('target', i32.add(p.c, i32.add(i32.mul(i, p.cRow), i32.shl(j0, 3))))
            f.for(j, 0, columns, 4, () => {
              const width = f.let('width', least(i32.sub(columns, j), 4))
              f.if(
                i32.eq(i32.add(width, height), 8),
                () => f.run(call(tile, rows, strip(j), target, p.cRow, terms, isFirst)),
                () => {
                  const entries = i32.shl(width, 3)
                  copyRows(f, corner, i32.const(stripBytes), target, p.cRow, height, entries)
                  f.run(call(tile, rows, strip(j), corner, i32.const(stripBytes), terms, isFirst))
                  copyRows(f, target, p.cRow, corner, i32.const(stripBytes), height, entries)
                },
              )
              f.set(target, i32.add(target, stripBytes))
            })
          })
        })
      })
    })
  })
}

function copyRows(
  f: FunctionBody,
  to: I32,
  toStride: I32,
  from: I32,
  fromStride: I32,
  rows: I32,
  bytes: I32,
): void {
  const row = f.local('i32', 'row')
  f.for(row, 0, rows, 1, () => {
    f.copy(i32.add(to, i32.mul(row, toStride)), i32.add(from, i32.mul(row, fromStride)), bytes)
  })
}

/**
 * The function that writes `terms` groups of four numbers, number i of group p from source + i·across + p·along; those
 * from `count` on do not matter, and repeat the first. All are negated on demand, so that a product is subtracted by
 * adding it: the same bits.
 */
function packStrip(module: ModuleBuilder): WasmFunction {
  const parameters = {
    source: 'i32',
    across: 'i32',
    along: 'i32',
    count: 'i32',
    terms: 'i32',
    target: 'i32',
    isNegated: 'i32',
  } as const
  return module.once('packStrip', () =>
    module.function('packStrip', parameters, [], (f, p) => {
      const { source, across, along, count, terms, target, isNegated } = p
      const sign = f.let('sign', f64x2.splat(select(f64.const(-0), f64.const(0), isNegated)))
      const put = (value: V128, offset: number) => f.store(target, v128.xor(value, sign), offset)
      const end = f.let('end', i32.add(target, i32.mul(terms, stripBytes)))
      const each = (step: number, last: I32, body: () => void) =>
        f.block(done => {
          f.branchIf(done, i32.eq(target, last))
          f.loop(next => {
            body()
            f.set(target, i32.add(target, step * stripBytes))
            f.branchIf(next, i32.ne(target, last))
          })
        })
      f.if(i32.and(i32.eq(count, 4), i32.eq(across, 8)), () => {
        each(1, end, () => {
          put(v128.load(source), 0)
          put(v128.load(source, 16), 16)
          f.set(source, i32.add(source, along))
        })
        f.return()
      })
      const lines = Array.from({ length: 4 }, (_, l) =>
        f.let(`line${l}`, i32.add(source, select(i32.mul(across, l), i32.const(0), i32.gt_u(count, l)))),
      )
      f.if(i32.and(i32.eq(count, 4), i32.eq(along, 8)), () => {
        const even = f.let('even', i32.sub(end, i32.mul(i32.and(terms, 1), stripBytes)))
        each(2, even, () => {
          const pairs = lines.map(line => f.let('pair', v128.load(line)))
          put(f64x2.shuffle(pairs[0], pairs[1], 0, 2), 0)
          put(f64x2.shuffle(pairs[2], pairs[3], 0, 2), 16)
          put(f64x2.shuffle(pairs[0], pairs[1], 1, 3), 32)
          put(f64x2.shuffle(pairs[2], pairs[3], 1, 3), 48)
          for (const line of lines) f.set(line, i32.add(line, 16))
        })
      })
      each(1, end, () => {
        for (const l of [0, 2]) {
          put(v128.load64_lane(lines[l + 1], v128.load64_zero(lines[l]), 1), 8 * l)
        }
        for (const line of lines) f.set(line, i32.add(line, along))
      })
    }),
  )
}

/** The function C ← (C +) A·B for a strip of A, a strip of B and 4×4 entries of C, which stay in registers. */
function tileProduct(module: ModuleBuilder, relaxed: boolean): WasmFunction {
  const name = `tileProduct${relaxed ? '~' : ''}`
  const parameters = { a: 'i32', b: 'i32', c: 'i32', cRow: 'i32', terms: 'i32', isFirst: 'i32' } as const
  return module.once(name, () =>
    module.function(name, parameters, [], (f, { a, b, c, cRow, terms, isFirst }) => {
      const rows = [c]
      for (let i = 1; i < 4; i++) rows.push(f.let(`row${i}`, i32.add(rows[i - 1], cRow)))
      const sums = rows.map((_, i) => [0, 2].map(j => f.local('v128', `c${i}${j}`)))
      f.if(i32.eqz(isFirst), () => {
        sums.forEach((row, i) => {
          for (const [j, sum] of row.entries()) f.set(sum, v128.load(rows[i], 16 * j))
        })
      })
      const end = f.let('end', i32.add(a, i32.mul(terms, stripBytes)))
      f.loop(next => {
        const entries = [0, 16].map(offset => f.let('b', v128.load(b, offset)))
        sums.forEach((row, i) => {
          const factor = f.let('a', v128.load64_splat(a, 8 * i))
          for (const [j, sum] of row.entries()) f.set(sum, multiplyAdd(factor, entries[j], sum, relaxed))
        })
        f.set(b, i32.add(b, stripBytes))
        f.branchIf(next, i32.ne(f.tee(a, i32.add(a, stripBytes)), end))
      })
      sums.forEach((row, i) => {
        for (const [j, sum] of row.entries()) f.store(rows[i], sum, 16 * j)
      })
    }),
  )
}
