import { emitLDLTOfSize, emitPairSolver } from '../structured/index.ts'
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
import { columnBytes, emitPanelProduct } from './block.ts'

/**
 * What is kept of a pivot: D's entry on the diagonal, the one beside it where a 2×2 block begins, and the exchange: the pivot of
 * this front that came here. It is negative where a 2×2 block begins.
 */
export const pivotRecord = { diagonal: 0, beside: 8, exchange: 16, bytes: 24 } as const

/**
 * The function (factor, width, pivotPanels, rowPanels, pivots, dense, copy) → status that factors a front's trapezoid in place:
 * P·A₁₁·Pᵀ = L₁₁·D·L₁₁ᵀ by Bunch and Kaufman's pivots among its own, L₂₁ = A₂₁·Pᵀ·L₁₁⁻ᵀ·D⁻¹ below; L₂₁·D is left at `copy`.
 * `dense` has room for width·(width + 1) float64. Status is 0, or 1 + the pivot where nothing usable is left.
 */
export function emitFrontLDLT(module: ModuleBuilder): WasmFunction {
  const name = 'sparseLdltFront'
  const parameters = {
    factor: 'i32',
    width: 'i32',
    pivotPanels: 'i32',
    rowPanels: 'i32',
    pivots: 'i32',
    dense: 'i32',
    copy: 'i32',
  } as const
  return module.once(name, () => {
    const factorDense = emitLDLTOfSize(module)
    const substitute = [1, 2, 3, 4].map(width => emitUnitSubstitution(module, width))
    return module.function(name, parameters, ['i32'], (f, locals) => {
      const { factor, width, pivotPanels, rowPanels, pivots, dense, copy } = locals
      const stride = f.let('stride', i32.mul(width, columnBytes))
      emitTriangle(f, factor, width, stride, dense, 'read')
      const status = f.let('status', call<'i32'>(factorDense, dense, width))
      f.if(status, () => f.return(status))
      emitTriangle(f, factor, width, stride, dense, 'write')
      emitPivots(f, width, dense, pivots)
      const below = f.let('below', i32.add(factor, i32.mul(pivotPanels, stride)))
      const bytes = f.let('allBytes', i32.mul(rowPanels, stride))
      const end = f.let('end', i32.add(below, bytes))
      f.if(i32.ne(below, end), () => {
        exchangeColumns(f, { below, end, stride, width, pivots })
        const column = f.local('i32', 'column')
        const panel = f.let('panel', factor)
        const rest = f.local('i32', 'rest')
        f.for(column, 0, width, 4, () => {
          f.set(rest, i32.sub(width, column))
          const run = (columns: number) =>
            f.run(call(substitute[columns - 1], below, end, stride, panel, i32.mul(column, columnBytes)))
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
          f.set(panel, i32.add(panel, stride))
        })
        f.copy(copy, below, bytes)
        divideColumns(f, { below, end, stride, width, pivots })
      })
      return i32.const(0)
    })
  })
}

/** Copies the triangle of the pivots from its panels to a dense matrix, row-major; or L back, with the 1 of its diagonal. */
function emitTriangle(
  f: FunctionBody,
  factor: I32,
  width: I32,
  stride: I32,
  dense: I32,
  direction: 'read' | 'write',
): void {
  const i = f.local('i32', 'i')
  const j = f.local('i32', 'j')
  const [entry, place] = [f.local('i32', 'entry'), f.local('i32', 'place')]
  f.for(i, 0, width, 1, () => {
    const panel = i32.add(factor, i32.mul(i32.shr_u(i, 2), stride))
    f.set(entry, i32.add(panel, i32.shl(i32.and(i, 3), 3)))
    f.set(place, i32.add(dense, i32.mul(i, i32.shl(width, 3))))
    f.for(j, 0, direction === 'read' ? i32.add(i, 1) : i, 1, () => {
      if (direction === 'read') f.store(place, f64.load(entry))
      else f.store(entry, f64.load(place))
      f.set(entry, i32.add(entry, columnBytes))
      f.set(place, i32.add(place, 8))
    })
    if (direction === 'write') f.store(entry, 1)
  })
}

/** D's entries and the exchanges, from where `emitLDLTOfSize` left them. */
function emitPivots(f: FunctionBody, width: I32, dense: I32, pivots: I32): void {
  const k = f.local('i32', 'k')
  const diagonal = f.let('diagonal', dense)
  const exchange = f.let('exchange', i32.add(dense, i32.shl(i32.mul(width, width), 3)))
  const pivot = f.let('pivot', pivots)
  f.for(k, 0, width, 1, () => {
    f.store(pivot, f64.load(diagonal), pivotRecord.diagonal)
    f.store(pivot, f64.load(diagonal, 8), pivotRecord.beside)
    f.store(pivot, f64.load(exchange), pivotRecord.exchange)
    f.set(diagonal, i32.add(diagonal, i32.shl(i32.add(width, 1), 3)))
    f.set(exchange, i32.add(exchange, 8))
    f.set(pivot, i32.add(pivot, pivotRecord.bytes))
  })
}

interface Rows {
  readonly below: I32
  readonly end: I32
  readonly stride: I32
  readonly width: I32
  readonly pivots: I32
}

function eachPanel(
  f: FunctionBody,
  { below, end, stride }: Rows,
  visit: (panel: Local<'i32'>) => void,
): void {
  const panel = f.let('panel', below)
  f.loop(next => {
    visit(panel)
    f.branchIf(next, i32.ne(f.tee(panel, i32.add(panel, stride)), end))
  })
}

function exchangeColumns(f: FunctionBody, rows: Rows): void {
  const k = f.local('i32', 'k')
  const pivot = f.let('pivot', rows.pivots)
  f.for(k, 0, rows.width, 1, () => {
    const chosen = f.let('chosen', i32.trunc_sat_f64_s(f64.load(pivot, pivotRecord.exchange)))
    f.if(i32.gt_s(chosen, k), () => {
      eachPanel(f, rows, panel => {
        const first = f.let('first', i32.add(panel, i32.mul(k, columnBytes)))
        const second = f.let('second', i32.add(panel, i32.mul(chosen, columnBytes)))
        for (const offset of [0, 16]) {
          const value = f.let('value', v128.load(first, offset))
          f.store(first, v128.load(second, offset), offset)
          f.store(second, value, offset)
        }
      })
    })
    f.set(pivot, i32.add(pivot, pivotRecord.bytes))
  })
}

/** X ← X·D⁻¹, panel by panel. */
function divideColumns(f: FunctionBody, rows: Rows): void {
  const k = f.local('i32', 'k')
  f.set(k, 0)
  f.loop(next => {
    const pivot = f.let('pivot', i32.add(rows.pivots, i32.mul(k, pivotRecord.bytes)))
    const d = f.let('d', f64.load(pivot))
    const place = (panel: I32) => f.let('place', i32.add(panel, i32.mul(k, columnBytes)))
    f.if(
      f64.lt(f64.load(pivot, pivotRecord.exchange), 0),
      () => {
        const beside = f.let('beside', f64.load(pivot, pivotRecord.beside))
        const solve = emitPairSolver(f, d, beside, f64.load(pivot, pivotRecord.bytes))
        eachPanel(f, rows, panel => {
          const at = place(panel)
          for (let lane = 0; lane < 4; lane++) {
            const second = columnBytes + 8 * lane
            const [x, y] = solve(f.let('x', f64.load(at, 8 * lane)), f.let('y', f64.load(at, second)))
            f.store(at, x, 8 * lane)
            f.store(at, y, second)
          }
        })
        f.set(k, i32.add(k, 2))
      },
      () => {
        const divisor = f.let('divisor', f64x2.splat(d))
        eachPanel(f, rows, panel => {
          const at = place(panel)
          for (const offset of [0, 16]) f.store(at, f64x2.div(v128.load(at, offset), divisor), offset)
        })
        f.set(k, i32.add(k, 1))
      },
    )
    f.branchIf(next, i32.lt_s(k, rows.width))
  })
}

/**
 * The function (row, end, stride, panel, done) for `width` ≤ 4 columns of X with X·L₁₁ᵀ = A₂₁, L₁₁ unit lower triangular:
 * `panel` holds the rows of L₁₁ that belong to these columns, `done` bytes of each panel are solved.
 */
function emitUnitSubstitution(module: ModuleBuilder, width: number): WasmFunction {
  const name = `sparseUnitSubstitution_${width}`
  const parameters = { row: 'i32', end: 'i32', stride: 'i32', panel: 'i32', done: 'i32' } as const
  return module.once(name, () =>
    module.function(name, parameters, [], (f, { row, end, stride, panel, done }) => {
      const diagonal = f.let('diagonal', i32.add(panel, done))
      const l = Array.from({ length: width }, (_, j) =>
        Array.from({ length: j }, (_, p) => f.let('l', v128.load64_splat(diagonal, columnBytes * p + 8 * j))),
      )
      f.loop(next => {
        const sums = emitPanelProduct(f, row, panel, done, width)
        const at = f.let('at', i32.add(row, done))
        const x: Local<'v128'>[][] = []
        for (let j = 0; j < width; j++) {
          x.push(
            [0, 1].map(part => {
              let rest = f64x2.sub(v128.load(at, columnBytes * j + 16 * part), sums[j][part])
              for (let p = 0; p < j; p++) rest = f64x2.sub(rest, f64x2.mul(x[p][part], l[j][p]))
              return f.let('x', rest)
            }),
          )
          for (const part of [0, 1]) f.store(at, x[j][part], columnBytes * j + 16 * part)
        }
        f.branchIf(next, i32.ne(f.tee(row, i32.add(row, stride)), end))
      })
    }),
  )
}
