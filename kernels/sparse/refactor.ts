import { isUsable } from '../dense/triangular.ts'
import {
  type FunctionBody,
  f64,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type WasmFunction,
} from '../wasm/index.ts'
import type { PivotSequence } from './gilbertPeierls.ts'
import { inversePermutation, type Pattern, transposePattern } from './pattern.ts'

/**
 * The words of a sparse LU in memory: the number of columns, then where these lists begin, in bytes: pointers into A's entries
 * by columns (as bytes of `source`), then 8·(place in `values`) and 8·(row) of each entry; pointers and 8·(row) for U, the
 * same for L. Rows and columns are numbered as eliminated. The factors are the float64 of U in the order of its list, those of
 * L, and the pivots.
 */
const header = {
  columns: 0,
  entryPointers: 4,
  sources: 8,
  entryRows: 12,
  upperPointers: 16,
  upperRows: 20,
  lowerPointers: 24,
  lowerRows: 28,
  lowerFactors: 32,
  pivotFactors: 36,
  bytes: 40,
} as const

export interface LUTables {
  readonly words: Int32Array
  readonly factorBytes: number
}

export function luTables(
  A: Pattern,
  { lower, upper, rowOrder }: PivotSequence,
  columnOrder: Int32Array,
): LUTables {
  const n = A.rows
  const T = transposePattern(A)
  const position = inversePermutation(rowOrder)
  const pointers = new Int32Array(n + 1)
  const sources: number[] = []
  const rows: number[] = []
  for (let k = 0; k < n; k++) {
    const column = columnOrder[k]
    for (let q = T.rowPointers[column]; q < T.rowPointers[column + 1]; q++) {
      sources.push(8 * T.source[q])
      rows.push(8 * position[T.columnIndices[q]])
    }
    pointers[k + 1] = 4 * sources.length
  }
  const eighth = (x: number) => 8 * x
  const quarter = (x: number) => 4 * x
  const lists = [
    pointers,
    Int32Array.from(sources),
    Int32Array.from(rows),
    upper.pointers.map(quarter),
    upper.rows.map(eighth),
    lower.pointers.map(quarter),
    lower.rows.map(eighth),
  ]
  const words = new Int32Array(header.bytes / 4 + lists.reduce((sum, { length }) => sum + length, 0))
  let end = header.bytes / 4
  words[0] = n
  lists.forEach((list, k) => {
    words[1 + k] = 4 * end
    words.set(list, end)
    end += list.length
  })
  words[header.lowerFactors / 4] = 8 * upper.rows.length
  words[header.pivotFactors / 4] = 8 * (upper.rows.length + lower.rows.length)
  return { words, factorBytes: 8 * (upper.rows.length + lower.rows.length + n) }
}

/** Locals of a walk along the columns. */
interface Lists {
  readonly n: Local<'i32'>
  readonly list: (offset: number) => Local<'i32'>
  readonly lower: Local<'i32'>
  readonly pivots: Local<'i32'>
}

function lists(f: FunctionBody, tables: I32, factors: I32): Lists {
  const place = (offset: number) => i32.load(tables, offset)
  return {
    n: f.let('n', place(header.columns)),
    list: offset => f.let('list', i32.add(tables, place(offset))),
    lower: f.let('lower', i32.add(factors, place(header.lowerFactors))),
    pivots: f.let('pivots', i32.add(factors, place(header.pivotFactors))),
  }
}

/** Visits the places of column k in a list of int32: the byte offset of each. */
function eachEntry(f: FunctionBody, pointers: I32, k: I32, visit: (offset: Local<'i32'>) => void): void {
  const pointer = f.let('pointer', i32.add(pointers, i32.shl(k, 2)))
  const offset = f.let('offset', i32.load(pointer))
  const end = f.let('end', i32.load(pointer, 4))
  f.block(done => {
    f.branchIf(done, i32.eq(offset, end))
    f.loop(next => {
      visit(offset)
      f.branchIf(next, i32.ne(f.tee(offset, i32.add(offset, 4)), end))
    })
  })
}

const rowAt = (rows: I32, offset: I32): I32 => i32.load(i32.add(rows, offset))
const valueAt = (values: I32, offset: I32): I32 => i32.add(values, i32.shl(offset, 1))

/**
 * The function (tables, values, factors, x, limit) → status that factors along known pivots: x is n float64, zero before and
 * after. Status is 0; k + 1 where the k-th pivot is zero or not finite; −1 − k where an entry of L in its column exceeds
 * `limit` in size: other pivots should be chosen (Davis & Palamadai Natarajan, ACM TOMS 37, 2010). Then x is not zero.
 */
export function emitRefactor(module: ModuleBuilder): WasmFunction {
  const name = 'sparseRefactor'
  const parameters = { tables: 'i32', values: 'i32', factors: 'i32', x: 'i32', limit: 'f64' } as const
  return module.once(name, () =>
    module.function(name, parameters, ['i32'], (f, { tables, values, factors, x, limit }) => {
      const { n, list, lower, pivots } = lists(f, tables, factors)
      const [entryPointers, sources, entryRows] = [
        header.entryPointers,
        header.sources,
        header.entryRows,
      ].map(list)
      const [upperPointers, upperRows] = [header.upperPointers, header.upperRows].map(list)
      const [lowerPointers, lowerRows] = [header.lowerPointers, header.lowerRows].map(list)
      const k = f.local('i32', 'k')
      const at = (row: I32) => i32.add(x, row)
      f.for(k, 0, n, 1, () => {
        eachEntry(f, entryPointers, k, offset => {
          f.store(at(rowAt(entryRows, offset)), f64.load(i32.add(values, rowAt(sources, offset))))
        })
        eachEntry(f, upperPointers, k, offset => {
          const row = f.let('row', rowAt(upperRows, offset))
          const entry = f.let('entry', f64.load(at(row)))
          f.store(at(row), 0)
          f.store(valueAt(factors, offset), entry)
          eachEntry(f, lowerPointers, i32.shr_u(row, 3), below => {
            const place = f.let('place', at(rowAt(lowerRows, below)))
            f.store(place, f64.sub(f64.load(place), f64.mul(f64.load(valueAt(lower, below)), entry)))
          })
        })
        const eighth = f.let('eighth', i32.shl(k, 3))
        const pivot = f.let('pivot', f64.load(at(eighth)))
        f.store(at(eighth), 0)
        f.if(i32.eqz(isUsable(f.let('size', f64.abs(pivot)))), () => f.return(i32.add(k, 1)))
        f.store(i32.add(pivots, eighth), pivot)
        const largest = f.let('largest', f64.const(0))
        eachEntry(f, lowerPointers, k, offset => {
          const place = f.let('place', at(rowAt(lowerRows, offset)))
          const multiplier = f.let('multiplier', f64.div(f64.load(place), pivot))
          f.store(place, 0)
          f.store(valueAt(lower, offset), multiplier)
          f.set(largest, f64.max(largest, f64.abs(multiplier)))
        })
        // A NaN fails this, too.
        f.if(i32.eqz(f64.le(largest, limit)), () => f.return(i32.sub(-1, k)))
      })
      return i32.const(0)
    }),
  )
}

/** The function (tables, factors, x) that overwrites x [n] by U⁻¹·L⁻¹·x, or where `transposed` by L⁻ᵀ·U⁻ᵀ·x. */
export function emitColumnSolve(
  module: ModuleBuilder,
  { transposed }: { readonly transposed: boolean },
): WasmFunction {
  const name = `sparseColumnSolve${transposed ? 'T' : ''}`
  return module.once(name, () =>
    module.function(name, { tables: 'i32', factors: 'i32', x: 'i32' }, [], (f, { tables, factors, x }) => {
      const { n, list, lower, pivots } = lists(f, tables, factors)
      const part = (values: I32, pointers: number, rows: number) => ({
        values,
        pointers: list(pointers),
        rows: list(rows),
      })
      const l = part(lower, header.lowerPointers, header.lowerRows)
      const u = part(factors, header.upperPointers, header.upperRows)
      const step = f.local('i32', 'step')
      const k = f.local('i32', 'k')
      const eachColumn = (order: 'up' | 'down', body: (place: Local<'i32'>) => void) =>
        f.for(step, 0, n, 1, () => {
          f.set(k, order === 'up' ? step : i32.sub(i32.sub(n, 1), step))
          body(f.let('place', i32.add(x, i32.shl(k, 3))))
        })
      /** x ← x − column·xₖ */
      const spread = ({ values, pointers, rows }: typeof l, value: Local<'f64'>) =>
        eachEntry(f, pointers, k, offset => {
          const place = f.let('target', i32.add(x, rowAt(rows, offset)))
          f.store(place, f64.sub(f64.load(place), f64.mul(f64.load(valueAt(values, offset)), value)))
        })
      /** xₖ − columnᵀ·x */
      const collect = ({ values, pointers, rows }: typeof l, place: I32) => {
        const sum = f.let('sum', f64.load(place))
        eachEntry(f, pointers, k, offset => {
          const product = f64.mul(
            f64.load(valueAt(values, offset)),
            f64.load(i32.add(x, rowAt(rows, offset))),
          )
          f.set(sum, f64.sub(sum, product))
        })
        return sum
      }
      const pivot = () => f64.load(i32.add(pivots, i32.shl(k, 3)))
      if (transposed) {
        eachColumn('up', place => f.store(place, f64.div(collect(u, place), pivot())))
        eachColumn('down', place => f.store(place, collect(l, place)))
        return
      }
      eachColumn('up', place => spread(l, f.let('value', f64.load(place))))
      eachColumn('down', place => {
        const value = f.let('value', f64.div(f64.load(place), pivot()))
        f.store(place, value)
        spread(u, value)
      })
    }),
  )
}
