import { emitPairSolver } from '../structured/index.ts'
import {
  type FunctionBody,
  f64,
  f64x2,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
  type WasmFunction,
} from '../wasm/index.ts'
import { columnBytes } from './block.ts'
import { pivotRecord } from './frontLdlt.ts'
import { header, record } from './frontTables.ts'

/** What a sweep over the fronts gives its body: the record, L's panels, their number and distance, the pivots' place in x. */
interface Visit {
  readonly tables: I32
  readonly front: I32
  readonly l: I32
  readonly width: I32
  readonly pivotPanels: I32
  readonly rowPanels: I32
  readonly stride: I32
  readonly pivots: I32
}

const parameters = { tables: 'i32', factor: 'i32', x: 'i32', work: 'i32', records: 'i32' } as const

/** Whether fronts have exchanged their pivots: then the functions take the records of the pivots as well. */
export interface FrontSolveShape {
  readonly pivoting: boolean
}

/**
 * The function (tables, factor, x, work, records) that overwrites x, n + 1 float64 in the order of the elimination, by
 * L⁻¹·x. The last one is for padding. A front's pivots are solved for, and what they contribute to the rows below is
 * subtracted there.
 */
export function emitForwardSolve(module: ModuleBuilder, { pivoting }: FrontSolveShape): WasmFunction {
  const name = `sparseForwardSolve${pivoting ? 'P' : ''}`
  return module.once(name, () =>
    module.function(name, parameters, [], (f, { tables, factor, x, records }) => {
      eachFront(f, 'up', { tables, factor, x }, visit => {
        const { l, width, pivotPanels, rowPanels, stride, pivots } = visit
        if (pivoting) emitExchanges(f, visit, records, x, 'forwards')
        const panel = f.let('panel', l)
        const bytes = f.let('bytes', i32.const(0))
        const target = f.let('target', pivots)
        const count = f.local('i32', 'count')
        f.for(count, 0, pivotPanels, 1, () => {
          const [low, high] = emitPanelTimesVector(f, panel, pivots, bytes)
          const diagonal = f.let('diagonal', i32.add(panel, bytes))
          const rest = f.let('rest', i32.sub(width, i32.shl(count, 2)))
          const y: Local<'f64'>[] = []
          f.block(done => {
            for (let i = 0; i < 4; i++) {
              if (i > 0) f.branchIf(done, i32.le_s(rest, i))
              let value = f64.sub(f64.load(target, 8 * i), f64x2.extract_lane(i < 2 ? low : high, i & 1))
              for (let j = 0; j < i; j++)
                value = f64.sub(value, f64.mul(f64.load(diagonal, columnBytes * j + 8 * i), y[j]))
              y.push(f.let(`y${i}`, f64.div(value, f64.load(diagonal, (columnBytes + 8) * i))))
              f.store(target, y[i], 8 * i)
            }
          })
          f.set(target, i32.add(target, 32))
          f.set(bytes, i32.add(bytes, 4 * columnBytes))
          f.set(panel, i32.add(panel, stride))
        })
        const row = f.let('row', i32.add(tables, i32.load(visit.front, record.rows)))
        f.for(count, 0, rowPanels, 1, () => {
          const [low, high] = emitPanelTimesVector(f, panel, pivots, stride)
          for (let i = 0; i < 4; i++) {
            const place = f.let('place', i32.add(x, i32.load(row, 4 * i)))
            f.store(place, f64.sub(f64.load(place), f64x2.extract_lane(i < 2 ? low : high, i & 1)))
          }
          f.set(row, i32.add(row, 16))
          f.set(panel, i32.add(panel, stride))
        })
      })
    }),
  )
}

/** The function (tables, factor, x, work, records) that overwrites x by L⁻ᵀ·x. `work` has room for the tallest front. */
export function emitBackwardSolve(module: ModuleBuilder, { pivoting }: FrontSolveShape): WasmFunction {
  const name = `sparseBackwardSolve${pivoting ? 'P' : ''}`
  return module.once(name, () =>
    module.function(name, parameters, [], (f, { tables, factor, x, work, records }) => {
      f.store(i32.add(x, i32.load(tables, header.solutionBytes)), 0)
      eachFront(f, 'down', { tables, factor, x }, visit => {
        const { front, l, width, pivotPanels, rowPanels, stride, pivots } = visit
        const count = f.local('i32', 'count')
        // The front's part of x: pivots padded by zeros, then the rows below.
        const rows = f.let('rows', i32.add(work, i32.mul(pivotPanels, 32)))
        for (const offset of [32, 16]) f.store(i32.sub(rows, offset), f64x2.const(0))
        emitCopy(f, work, pivots, width)
        const place = f.let('place', i32.add(tables, i32.load(front, record.rows)))
        const to = f.let('to', rows)
        f.for(count, 0, i32.shl(rowPanels, 2), 1, () => {
          f.store(to, f64.load(i32.add(x, i32.load(place))))
          f.set(place, i32.add(place, 4))
          f.set(to, i32.add(to, 8))
        })
        const end = f.let('end', i32.add(l, i32.mul(stride, i32.add(pivotPanels, rowPanels))))
        f.set(count, pivotPanels)
        f.loop(next => {
          f.set(count, i32.sub(count, 1))
          const column = f.let('column', i32.mul(count, 4 * columnBytes))
          const diagonal = f.let('diagonal', i32.add(i32.add(l, i32.mul(count, stride)), column))
          const target = f.let('target', i32.add(work, i32.shl(count, 5)))
          const rest = f.let('rest', i32.sub(width, i32.shl(count, 2)))
          const solve = (columns: number) =>
            emitTransposedColumns(f, columns, { diagonal, end, stride, target })
          const choose = (columns: number) => {
            if (columns === 1) solve(1)
            else
              f.if(
                i32.ge_s(rest, columns),
                () => solve(columns),
                () => choose(columns - 1),
              )
          }
          choose(4)
          f.branchIf(next, count)
        })
        emitCopy(f, pivots, work, width)
        if (pivoting) emitExchanges(f, visit, records, x, 'backwards')
      })
    }),
  )
}

/** Exchanges a front's part of x as its pivots were, or back. */
function emitExchanges(
  f: FunctionBody,
  { width, pivots }: Visit,
  records: I32,
  x: I32,
  order: 'forwards' | 'backwards',
): void {
  const step = f.local('i32', 'step')
  const first = f.let('first', i32.add(records, i32.mul(i32.sub(pivots, x), pivotRecord.bytes / 8)))
  f.for(step, 0, width, 1, () => {
    const k = f.let('k', order === 'forwards' ? step : i32.sub(i32.sub(width, 1), step))
    const exchange = f64.load(i32.add(first, i32.mul(k, pivotRecord.bytes)), pivotRecord.exchange)
    const chosen = f.let('chosen', i32.trunc_sat_f64_s(exchange))
    f.if(i32.gt_s(chosen, k), () => {
      const here = f.let('here', i32.add(pivots, i32.shl(k, 3)))
      const there = f.let('there', i32.add(pivots, i32.shl(chosen, 3)))
      const value = f.let('value', f64.load(here))
      f.store(here, f64.load(there))
      f.store(there, value)
    })
  })
}

/** The function (x, records, n) that overwrites x by D⁻¹·x. */
export function emitPivotSolve(module: ModuleBuilder): WasmFunction {
  const name = 'sparsePivotSolve'
  return module.once(name, () =>
    module.function(name, { x: 'i32', records: 'i32', n: 'i32' }, [], (f, { x, records, n }) => {
      const end = f.let('end', i32.add(x, i32.shl(n, 3)))
      f.block(done => {
        f.loop(next => {
          f.branchIf(done, i32.ge_u(x, end))
          const d = f.let('d', f64.load(records))
          const move = (pivots: number) => {
            f.set(x, i32.add(x, 8 * pivots))
            f.set(records, i32.add(records, pivotRecord.bytes * pivots))
          }
          f.if(
            f64.lt(f64.load(records, pivotRecord.exchange), 0),
            () => {
              const beside = f.let('beside', f64.load(records, pivotRecord.beside))
              const solve = emitPairSolver(f, d, beside, f64.load(records, pivotRecord.bytes))
              const [first, second] = solve(f.let('x0', f64.load(x)), f.let('x1', f64.load(x, 8)))
              f.store(x, first)
              f.store(x, second, 8)
              move(2)
            },
            () => {
              f.store(x, f64.div(f64.load(x), d))
              move(1)
            },
          )
          f.branch(next)
        })
      })
    }),
  )
}

/** A few float64: less than a call of memory.copy costs. */
function emitCopy(f: FunctionBody, to: I32, from: I32, count: I32): void {
  const [target, source, i] = [f.let('target', to), f.let('source', from), f.local('i32', 'i')]
  f.for(i, 0, count, 1, () => {
    f.store(target, f64.load(source))
    f.set(target, i32.add(target, 8))
    f.set(source, i32.add(source, 8))
  })
}

interface Columns {
  /** Address of the block on the diagonal. */
  readonly diagonal: I32
  /** Behind the last panel. */
  readonly end: I32
  readonly stride: I32
  /** The numbers to solve for; those of the panels below follow at 32 bytes each. */
  readonly target: I32
}

/** y ← (y − Σ over the panels below of Lᵀ·x), and then the triangle of the block. */
function emitTransposedColumns(
  f: FunctionBody,
  columns: number,
  { diagonal, end, stride, target }: Columns,
): void {
  const panel = f.let('panel', i32.add(diagonal, stride))
  const from = f.let('from', i32.add(target, 32))
  const sums = Array.from({ length: columns }, () => f.let('sum', f64x2.const(0)))
  f.block(done => {
    f.branchIf(done, i32.ge_u(panel, end))
    f.loop(next => {
      const low = f.let('low', v128.load(from))
      const high = f.let('high', v128.load(from, 16))
      sums.forEach((sum, j) => {
        f.set(sum, f64x2.add(sum, f64x2.mul(low, v128.load(panel, columnBytes * j))))
        f.set(sum, f64x2.add(sum, f64x2.mul(high, v128.load(panel, columnBytes * j + 16))))
      })
      f.set(from, i32.add(from, 32))
      f.branchIf(next, i32.lt_u(f.tee(panel, i32.add(panel, stride)), end))
    })
  })
  const y: Local<'f64'>[] = []
  for (let j = columns - 1; j >= 0; j--) {
    const total = f64.add(f64x2.extract_lane(sums[j], 0), f64x2.extract_lane(sums[j], 1))
    let value = f64.sub(f64.load(target, 8 * j), total)
    for (let i = j + 1; i < columns; i++)
      value = f64.sub(value, f64.mul(f64.load(diagonal, columnBytes * j + 8 * i), y[i]))
    y[j] = f.let('y', f64.div(value, f64.load(diagonal, (columnBytes + 8) * j)))
    f.store(target, y[j], 8 * j)
  }
}

/** Four rows times a vector: `bytes` of the panel, 32 a column; rows 0, 1 and rows 2, 3. */
function emitPanelTimesVector(f: FunctionBody, panel: I32, vector: I32, bytes: I32) {
  const sums = Array.from({ length: 4 }, () => f.let('sum', f64x2.const(0)))
  const at = f.let('at', panel)
  const v = f.let('v', vector)
  const end = f.let('end', i32.add(at, bytes))
  const turn = (terms: number) => {
    for (let k = 0; k < terms; k++) {
      const factor = f.let('factor', v128.load64_splat(v, 8 * k))
      for (const part of [0, 1]) {
        const sum = sums[2 * k + part]
        f.set(sum, f64x2.add(sum, f64x2.mul(v128.load(at, columnBytes * k + 16 * part), factor)))
      }
    }
    f.set(at, i32.add(at, columnBytes * terms))
    f.set(v, i32.add(v, 8 * terms))
  }
  f.if(i32.and(bytes, columnBytes), () => turn(1))
  f.block(done => {
    f.branchIf(done, i32.eq(at, end))
    f.loop(next => {
      turn(2)
      f.branchIf(next, i32.ne(at, end))
    })
  })
  return [f.let('low', f64x2.add(sums[0], sums[2])), f.let('high', f64x2.add(sums[1], sums[3]))] as const
}

/** Visits the fronts from the leaves to the roots ('up'), or back. */
function eachFront(
  f: FunctionBody,
  order: 'up' | 'down',
  { tables, factor, x }: { tables: I32; factor: I32; x: I32 },
  body: (visit: Visit) => void,
): void {
  const records = f.let('records', i32.add(tables, i32.load(tables, header.records)))
  const front = f.local('i32', 'front')
  const index = f.local('i32', 'index')
  const fronts = f.let('fronts', i32.load(tables, header.fronts))
  f.for(index, 0, fronts, 1, () => {
    const place = order === 'up' ? index : i32.sub(i32.sub(fronts, 1), index)
    f.set(front, i32.add(records, i32.mul(place, record.bytes)))
    const width = f.let('width', i32.load(front, record.width))
    body({
      tables,
      front,
      l: f.let('l', i32.add(factor, i32.load(front, record.factor))),
      width,
      pivotPanels: f.let('pivotPanels', i32.load(front, record.pivotPanels)),
      rowPanels: f.let('rowPanels', i32.load(front, record.rowPanels)),
      stride: f.let('stride', i32.mul(width, columnBytes)),
      pivots: f.let('pivots', i32.add(x, i32.load(front, record.first))),
    })
  })
}
