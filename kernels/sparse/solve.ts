import {
  call,
  type FunctionBody,
  f64,
  type I32,
  i32,
  type ModuleBuilder,
  type WasmFunction,
} from '../wasm/index.ts'
import { emitBackwardSolve, emitForwardSolve, emitPivotSolve } from './frontSolve.ts'
import { header } from './frontTables.ts'

/**
 * The function (tables, factor, b, columns, x, work, records) that overwrites B, n×columns row-major at b, by A⁻¹·B, by the
 * factors that `emitSparseCholesky` left, or with `pivoting` those of `emitSparseLDLT` and its records of pivots. x is n + 1 float64
 * for the vector in the order of the elimination, `work` as the tables say.
 */
export function emitSparseSolve(
  module: ModuleBuilder,
  { pivoting }: { readonly pivoting: boolean },
): WasmFunction {
  const name = `sparseSolve${pivoting ? 'P' : ''}`
  const parameters = {
    tables: 'i32',
    factor: 'i32',
    b: 'i32',
    columns: 'i32',
    x: 'i32',
    work: 'i32',
    records: 'i32',
  } as const
  return module.once(name, () => {
    const forward = emitForwardSolve(module, { pivoting })
    const middle = pivoting ? emitPivotSolve(module) : undefined
    const backward = emitBackwardSolve(module, { pivoting })
    return module.function(name, parameters, [], (f, { tables, factor, b, columns, x, work, records }) => {
      const column = f.local('i32', 'column')
      f.for(column, 0, columns, 1, () => {
        const start = f.let('start', i32.add(b, i32.shl(column, 3)))
        eachUnknown(f, tables, x, columns, start, (place, entry) => f.store(place, f64.load(entry)))
        f.run(call(forward, tables, factor, x, work, records))
        if (middle) f.run(call(middle, x, records, i32.shr_u(i32.load(tables, header.solutionBytes), 3)))
        f.run(call(backward, tables, factor, x, work, records))
        eachUnknown(f, tables, x, columns, start, (place, entry) => f.store(entry, f64.load(place)))
      })
    })
  })
}

/** Visits the unknowns in the order of the elimination: their place in x and their entry of B's column. */
function eachUnknown(
  f: FunctionBody,
  tables: I32,
  x: I32,
  columns: I32,
  start: I32,
  visit: (place: I32, entry: I32) => void,
): void {
  const row = f.let('row', i32.add(tables, i32.load(tables, header.permutation)))
  const place = f.let('place', x)
  const end = f.let('end', i32.add(x, i32.load(tables, header.solutionBytes)))
  f.block(done => {
    f.loop(next => {
      f.branchIf(done, i32.eq(place, end))
      visit(place, i32.add(start, i32.mul(i32.load(row), columns)))
      f.set(row, i32.add(row, 4))
      f.set(place, i32.add(place, 8))
      f.branch(next)
    })
  })
}
