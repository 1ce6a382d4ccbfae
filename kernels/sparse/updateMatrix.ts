import {
  type FunctionBody,
  f64,
  f64x2,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  select,
  type WasmFunction,
} from '../wasm/index.ts'
import { columnBytes, emitPanelProduct } from './block.ts'

/**
 * The function (a, b, stride, panels, update) that writes U ← −A·Bᵀ, its lower triangle, for A and B of so many panels of 4
 * rows, `stride` bytes apart: panel i of U has 4·(i + 1) columns.
 */
export function emitUpdateMatrix(module: ModuleBuilder): WasmFunction {
  const name = 'sparseUpdateMatrix'
  const parameters = { a: 'i32', b: 'i32', stride: 'i32', panels: 'i32', update: 'i32' } as const
  return module.once(name, () =>
    module.function(name, parameters, [], (f, { a, b, stride, panels, update }) => {
      const row = f.let('row', a)
      const end = f.let('end', i32.add(a, i32.mul(stride, panels)))
      const column = f.local('i32', 'column')
      const lastColumn = f.let('lastColumn', b)
      const target = f.let('target', update)
      f.block(done => {
        f.loop(next => {
          f.branchIf(done, i32.eq(row, end))
          f.set(lastColumn, i32.add(lastColumn, stride))
          f.set(column, b)
          f.loop(nextColumn => {
            emitPanelProduct(f, row, column, stride, 4).forEach(([low, high], j) => {
              f.store(target, f64x2.neg(low), columnBytes * j)
              f.store(target, f64x2.neg(high), columnBytes * j + 16)
            })
            f.set(target, i32.add(target, 4 * columnBytes))
            f.branchIf(nextColumn, i32.ne(f.tee(column, i32.add(column, stride)), lastColumn))
          })
          f.set(row, i32.add(row, stride))
          f.branch(next)
        })
      })
    }),
  )
}

/**
 * The function (update, rows, from, to, columnMap, rowMap, target) that adds the columns from … to − 1 of an update matrix to
 * its parent's panels: entry (i, j) to the float64 at target + rowMap[i] + columnMap[j].
 */
export function emitExtendAdd(module: ModuleBuilder): WasmFunction {
  const name = 'sparseExtendAdd'
  const parameters = {
    update: 'i32',
    rows: 'i32',
    from: 'i32',
    to: 'i32',
    columnMap: 'i32',
    rowMap: 'i32',
    target: 'i32',
  } as const
  return module.once(name, () =>
    module.function(name, parameters, [], (f, { update, rows, from, to, columnMap, rowMap, target }) => {
      const i = f.local('i32', 'i')
      const j = f.local('i32', 'j')
      const at = f.local('i32', 'at')
      const column = f.local('i32', 'column')
      const rowPointers = [0, 1, 2, 3].map(lane => f.local('i32', `row${lane}`))
      const add = (firstLane: number) => {
        f.set(column, i32.load(i32.add(columnMap, i32.shl(j, 2))))
        for (let lane = firstLane; lane < 4; lane++) {
          const place = f.let('place', i32.add(rowPointers[lane], column))
          f.store(place, f64.add(f64.load(place), f64.load(at, 8 * lane)))
        }
      }
      f.for(i, i32.and(from, -4), rows, 4, () => {
        rowPointers.forEach((pointer, lane) => {
          f.set(pointer, i32.add(target, i32.load(i32.add(rowMap, i32.shl(i, 2)), 4 * lane)))
        })
        // Panel b begins at 64·b·(b + 1) bytes, and i = 4·b.
        const panel = i32.add(update, i32.shl(i32.mul(i, i32.add(i, 4)), 2))
        f.set(at, i32.add(panel, i32.mul(from, columnBytes)))
        const last = f.let('last', select(to, i, i32.lt_s(to, i)))
        f.for(j, from, last, 1, () => {
          add(0)
          f.set(at, i32.add(at, columnBytes))
        })
        emitDiagonalColumns(f, { i, j, from, to, panel, at, add })
      })
    }),
  )
}

interface DiagonalColumns {
  readonly i: I32
  readonly j: Local<'i32'>
  readonly from: I32
  readonly to: I32
  readonly panel: I32
  readonly at: Local<'i32'>
  readonly add: (firstLane: number) => void
}

/** Of the block on the diagonal only the lower triangle counts. */
function emitDiagonalColumns(f: FunctionBody, { i, j, from, to, panel, at, add }: DiagonalColumns): void {
  f.set(at, i32.add(panel, i32.mul(i, columnBytes)))
  for (let lane = 0; lane < 4; lane++) {
    f.set(j, i32.add(i, lane))
    f.if(i32.and(i32.ge_s(j, from), i32.lt_s(j, to)), () => add(lane))
    f.set(at, i32.add(at, columnBytes))
  }
}
