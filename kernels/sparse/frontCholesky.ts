import { isUsable } from '../dense/triangular.ts'
import {
  call,
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
import { columnBytes, emitPanelProduct, lane } from './block.ts'

/**
 * The function (panel, end, stride, done) → status for one block of `width` ≤ 4 columns of a trapezoid in panels of 4 rows:
 * reduces it by the columns before it, `done` bytes of each panel, and factors it. `panel` is the panel of its pivots, `end`
 * lies behind the last one, panels are `stride` bytes apart. Status is 0, or 1 + the column whose pivot is not positive.
 */
function emitColumnBlock(module: ModuleBuilder, width: number): WasmFunction {
  const name = `sparseCholeskyColumns_${width}`
  return module.once(name, () =>
    module.function(
      name,
      { panel: 'i32', end: 'i32', stride: 'i32', done: 'i32' },
      ['i32'],
      (f, parameters) => {
        const { panel, end, stride, done } = parameters
        const { l, inverse } = emitPivotBlock(f, panel, done, width)
        const row = f.let('row', i32.add(panel, stride))
        f.block(finished => {
          f.loop(next => {
            f.branchIf(finished, i32.ge_u(row, end))
            const sums = emitPanelProduct(f, row, panel, done, width)
            const at = f.let('at', i32.add(row, done))
            const x: (readonly [Local<'v128'>, Local<'v128'>])[] = []
            for (let j = 0; j < width; j++) {
              const half = (part: 0 | 1) => {
                let rest = f64x2.sub(v128.load(at, columnBytes * j + 16 * part), sums[j][part])
                for (let p = 0; p < j; p++)
                  rest = f64x2.sub(rest, f64x2.mul(x[p][part], f64x2.splat(l[j][p])))
                return f.let('x', f64x2.mul(rest, f64x2.splat(inverse[j])))
              }
              x.push([half(0), half(1)])
              f.store(at, x[j][0], columnBytes * j)
              f.store(at, x[j][1], columnBytes * j + 16)
            }
            f.set(row, i32.add(row, stride))
            f.branch(next)
          })
        })
        return i32.const(0)
      },
    ),
  )
}

/** Factors the block on the diagonal; L's entries and the reciprocals of its diagonal. */
function emitPivotBlock(f: FunctionBody, panel: I32, done: I32, width: number) {
  const sums = emitPanelProduct(f, panel, panel, done, width)
  const at = f.let('at', i32.add(panel, done))
  const l: Local<'f64'>[][] = Array.from({ length: width }, () => [])
  const inverse: Local<'f64'>[] = []
  for (let j = 0; j < width; j++) {
    for (let i = j; i < width; i++) {
      let rest = f64.sub(f64.load(at, columnBytes * j + 8 * i), lane(sums[j], i))
      for (let p = 0; p < j; p++) rest = f64.sub(rest, f64.mul(l[i][p], l[j][p]))
      if (i > j) {
        l[i].push(f.let('l', f64.mul(rest, inverse[j])))
      } else {
        const pivot = f.let('pivot', rest)
        f.if(i32.eqz(isUsable(pivot)), () => f.return(i32.const(j + 1)))
        l[j].push(f.let('l', f64.sqrt(pivot)))
        inverse.push(f.let('inverse', f64.div(1, l[j][j])))
      }
      f.store(at, l[i][j], columnBytes * j + 8 * i)
    }
  }
  return { l, inverse }
}

/**
 * The function (factor, width, pivotPanels, rowPanels) → status that factors a front's trapezoid in place: L₁₁ of its pivots,
 * L₂₁ = A₂₁·L₁₁⁻ᵀ below. Status is 0, or 1 + the pivot that is not positive. By block columns of 4, each reduced by what is
 * to its left.
 */
export function emitFrontCholesky(module: ModuleBuilder): WasmFunction {
  const name = 'sparseCholeskyFront'
  return module.once(name, () => {
    const columnBlocks = [1, 2, 3, 4].map(width => emitColumnBlock(module, width))
    const parameters = { factor: 'i32', width: 'i32', pivotPanels: 'i32', rowPanels: 'i32' } as const
    return module.function(name, parameters, ['i32'], (f, { factor, width, pivotPanels, rowPanels }) => {
      const stride = f.let('stride', i32.mul(width, columnBytes))
      const panel = f.let('panel', factor)
      const end = f.let('end', i32.add(factor, i32.mul(stride, i32.add(pivotPanels, rowPanels))))
      const column = f.local('i32', 'column')
      const status = f.local('i32', 'status')
      const rest = f.local('i32', 'rest')
      f.for(column, 0, width, 4, () => {
        f.set(rest, i32.sub(width, column))
        const run = (columns: number) => {
          const done = i32.mul(column, columnBytes)
          f.set(status, call<'i32'>(columnBlocks[columns - 1], panel, end, stride, done))
        }
        const choose = (columns: number) => {
          if (columns === 1) run(1)
          else
            f.if(
              i32.ge_s(rest, columns),
              () => run(columns),
              () => choose(columns - 1),
            )
        }
        choose(4)
        f.if(status, () => f.return(i32.add(column, status)))
        f.set(panel, i32.add(panel, stride))
      })
      return i32.const(0)
    })
  })
}
