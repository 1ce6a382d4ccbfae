import {
  call,
  type FunctionBody,
  f64,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type WasmFunction,
} from '../wasm/index.ts'
import { columnBytes } from './block.ts'
import { emitFrontCholesky } from './frontCholesky.ts'
import { emitFrontLDLT, pivotRecord } from './frontLdlt.ts'
import { childRecord, header, record } from './frontTables.ts'
import { emitExtendAdd, emitUpdateMatrix } from './updateMatrix.ts'

/**
 * The function (tables, values, factor, update) → status that factors P·A·Pᵀ = L·Lᵀ by fronts: the symmetric positive
 * definite A's lower triangle is read from the CSR values, L is written in the panels that the tables describe, `update` is
 * the space of the update matrices. Status is 0, or 1 + the place in the elimination of the pivot that is not positive.
 *
 * Each front gathers A's entries and its children's update matrices, eliminates its pivots, and leaves the update matrix of
 * the rest to its parent (Duff & Reid, ACM TOMS 9, 1983; Liu, SIAM Review 34, 1992).
 */
export function emitSparseCholesky(module: ModuleBuilder): WasmFunction {
  const name = 'sparseCholesky'
  const parameters = { tables: 'i32', values: 'i32', factor: 'i32', update: 'i32' } as const
  return module.once(name, () => {
    const factorFront = emitFrontCholesky(module)
    const fronts = prepareFronts(module)
    return module.function(name, parameters, ['i32'], (f, places) => {
      fronts(f, places, ({ l, width, pivotPanels, rowPanels, below }) => {
        const status = f.let('status', call<'i32'>(factorFront, l, width, pivotPanels, rowPanels))
        return { status, scaled: below }
      })
      return i32.const(0)
    })
  })
}

/**
 * The function (tables, values, factor, update, pivots, dense, copy) → status that factors a symmetric matrix, perhaps
 * indefinite, into L·D·Lᵀ by fronts; pivots are chosen and exchanged within a front. `pivots` has a `pivotRecord` for each
 * row, `dense` and `copy` are work space. Status is 0, or 1 + the place in the elimination where no usable pivot was left.
 */
export function emitSparseLDLT(module: ModuleBuilder): WasmFunction {
  const name = 'sparseLdlt'
  const parameters = {
    tables: 'i32',
    values: 'i32',
    factor: 'i32',
    update: 'i32',
    pivots: 'i32',
    dense: 'i32',
    copy: 'i32',
  } as const
  return module.once(name, () => {
    const factorFront = emitFrontLDLT(module)
    const fronts = prepareFronts(module)
    return module.function(name, parameters, ['i32'], (f, { pivots, dense, copy, ...places }) => {
      fronts(f, places, ({ l, width, pivotPanels, rowPanels, first }) => {
        const at = i32.add(pivots, i32.mul(first, pivotRecord.bytes))
        const operands = [l, width, pivotPanels, rowPanels, at, dense, copy]
        return { status: f.let('status', call<'i32'>(factorFront, ...operands)), scaled: copy }
      })
      return i32.const(0)
    })
  })
}

interface Places {
  readonly tables: I32
  readonly values: I32
  readonly factor: I32
  readonly update: I32
}

interface FrontLocals {
  /** The panels of the front in L, and those of the rows below the pivots. */
  readonly l: I32
  readonly below: I32
  readonly width: I32
  readonly pivotPanels: I32
  readonly rowPanels: I32
  /** Place of its first pivot in the elimination. */
  readonly first: I32
}

/**
 * The walk over the fronts. `eliminate` emits the factorisation of a front: its status, and where the panels `scaled` lie with
 * which the update matrix is −L₂₁·scaledᵀ.
 */
function prepareFronts(module: ModuleBuilder) {
  const updateMatrix = emitUpdateMatrix(module)
  const addChildren = emitAddChildren(module)
  const scatter = emitScatter(module)
  return (
    f: FunctionBody,
    { tables, values, factor, update }: Places,
    eliminate: (front: FrontLocals) => { status: Local<'i32'>; scaled: I32 },
  ): void => {
    f.run(call(scatter, tables, values, factor))
    const front = f.let('front', i32.add(tables, i32.load(tables, header.records)))
    const end = f.let('end', i32.add(front, i32.mul(i32.load(tables, header.fronts), record.bytes)))
    const field = (offset: number) => i32.load(front, offset)
    f.block(done => {
      f.loop(next => {
        f.branchIf(done, i32.eq(front, end))
        const l = f.let('l', i32.add(factor, field(record.factor)))
        const width = f.let('width', field(record.width))
        const pivotPanels = f.let('pivotPanels', field(record.pivotPanels))
        const rowPanels = f.let('rowPanels', field(record.rowPanels))
        const first = f.let('first', i32.shr_u(field(record.first), 3))
        const stride = f.let('stride', i32.mul(width, columnBytes))
        const below = f.let('below', i32.add(l, i32.mul(pivotPanels, stride)))
        f.run(call(addChildren, tables, front, factor, update, i32.const(0)))
        const { status, scaled } = eliminate({ l, below, width, pivotPanels, rowPanels, first })
        f.if(status, () => f.return(i32.add(first, status)))
        f.run(call(updateMatrix, below, scaled, stride, rowPanels, i32.add(update, field(record.update))))
        f.run(call(addChildren, tables, front, factor, update, i32.const(1)))
        f.set(front, i32.add(front, record.bytes))
        f.branch(next)
      })
    })
  }
}

/** The function (tables, values, factor) that puts A's entries where they belong in L, and zeros elsewhere. */
function emitScatter(module: ModuleBuilder): WasmFunction {
  const name = 'sparseScatter'
  return module.once(name, () =>
    module.function(
      name,
      { tables: 'i32', values: 'i32', factor: 'i32' },
      [],
      (f, { tables, values, factor }) => {
        f.fill(factor, 0, i32.load(tables, header.factorBytes))
        const entry = f.let('entry', i32.add(tables, i32.load(tables, header.entryList)))
        const end = f.let('end', i32.add(entry, i32.shl(i32.load(tables, header.entries), 3)))
        f.block(done => {
          f.branchIf(done, i32.eq(entry, end))
          f.loop(next => {
            f.store(i32.add(factor, i32.load(entry, 4)), f64.load(i32.add(values, i32.load(entry))))
            f.branchIf(next, i32.ne(f.tee(entry, i32.add(entry, 8)), end))
          })
        })
      },
    ),
  )
}

/**
 * The function (tables, front, factor, update, rest) that adds the update matrices of a front's children: their columns that
 * are pivots here (rest = 0), to L; or the others (rest = 1), to its own update matrix.
 */
function emitAddChildren(module: ModuleBuilder): WasmFunction {
  const name = 'sparseAddChildren'
  const parameters = { tables: 'i32', front: 'i32', factor: 'i32', update: 'i32', rest: 'i32' } as const
  return module.once(name, () => {
    const extendAdd = emitExtendAdd(module)
    return module.function(name, parameters, [], (f, { tables, front, factor, update, rest }) => {
      const child = f.let('child', i32.add(tables, i32.load(front, record.children)))
      const end = f.let('end', i32.add(child, i32.mul(i32.load(front, record.childCount), childRecord.bytes)))
      f.block(done => {
        f.branchIf(done, i32.eq(child, end))
        f.loop(next => {
          const field = (offset: number) => i32.load(child, offset)
          const maps = f.let('maps', i32.add(tables, field(childRecord.maps)))
          const rows = f.let('rows', field(childRecord.rows))
          const split = f.let('split', field(childRecord.split))
          const mapBytes = f.let('mapBytes', i32.shl(i32.and(i32.add(rows, 3), -4), 2))
          const matrix = f.let('matrix', i32.add(update, field(childRecord.update)))
          const add = (from: I32, to: I32, map: number, target: I32) =>
            f.run(
              call(extendAdd, matrix, rows, from, to, maps, i32.add(maps, i32.mul(mapBytes, map)), target),
            )
          f.if(
            rest,
            () => add(split, rows, 2, update),
            () => add(i32.const(0), split, 1, factor),
          )
          f.branchIf(next, i32.ne(f.tee(child, i32.add(child, childRecord.bytes)), end))
        })
      })
    })
  })
}
