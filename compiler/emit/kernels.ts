import {
  emitCholesky,
  emitCholeskySolve,
  emitLU,
  emitLUSolve,
  emitProduct,
  type FactorShape,
  type FactorSolveShape,
} from '../../kernels/dense/index.ts'
import type { Structure } from '../../kernels/structure.ts'
import {
  emitLDLT,
  emitLDLTSolve,
  emitTriangleCheck,
  emitTriangleSolve,
} from '../../kernels/structured/index.ts'
import { call, f64, type I32, i32, type ModuleBuilder, type WasmFunction } from '../../kernels/wasm/index.ts'
import { sizeOf } from '../graph.ts'
import type { Emission } from './emission.ts'
import { type Access, emitNest, walkOf } from './nest.ts'
import type { Step } from './step.ts'
import type { View } from './view.ts'

/** Batches of at most this many calls are unrolled. */
const unrolledCalls = 4

const address = ({ pointer, offset }: Access): I32 =>
  pointer === 0 ? i32.const(offset) : offset === 0 ? pointer : i32.add(pointer, offset)

/** Visits each matrix (or vector) of a batch, whose last axes are left to the visitor. */
function eachOfBatch(
  emission: Emission,
  views: readonly View[],
  kernelAxes: readonly number[],
  visit: (addresses: I32[]) => void,
): void {
  const shape = views[0].shape.slice(0, views[0].shape.length - kernelAxes[0])
  const walks = views.map((view, v) => {
    const walk = walkOf(view)
    return { ...walk, strides: walk.strides.slice(0, view.strides.length - kernelAxes[v]) }
  })
  emitNest(emission.f, shape, walks, {
    width: 1,
    unroll: unrolledCalls,
    visit: accesses => visit(accesses.map(address)),
  })
}

/** Target ← (target ±) A·B for each pair of the batch. */
export function emitProductStep(emission: Emission, step: Extract<Step, { kind: 'product' }>): void {
  const { a, b, target } = step
  const [m, k] = a.shape.slice(-2)
  const n = b.shape.at(-1)!
  const kernel = productKernel(emission, step, m, k, n)
  if (sizeOf(target.shape) === 0) return
  eachOfBatch(emission, [target, a, b], [2, 2, 2], ([c, first, second]) => {
    emission.f.run(call(kernel, first, second, c))
  })
}

function productKernel(
  { module, relaxed }: Emission,
  { a, b, target, update }: Extract<Step, { kind: 'product' }>,
  m: number,
  k: number,
  n: number,
): WasmFunction {
  const matrix = (view: View, at: I32) => ({
    address: at,
    rowStride: view.strides.at(-2)!,
    columnStride: view.strides.at(-1)!,
  })
  const layout = [a, b].map(view => view.strides.slice(-2).join('_')).join('x')
  const name = `product_${m}x${k}x${n}_${layout}_${update}${relaxed ? '~' : ''}`
  return module.once(name, () =>
    module.function(name, { a: 'i32', b: 'i32', c: 'i32' }, [], (f, locals) => {
      emitProduct(f, {
        a: matrix(a, locals.a),
        b: matrix(b, locals.b),
        c: matrix(target, locals.c),
        m,
        k,
        n,
        update,
        relaxed,
      })
    }),
  )
}

/** (packed) → status. */
const factorKernels: Record<Structure, (module: ModuleBuilder, shape: FactorShape) => WasmFunction> = {
  general: emitLU,
  spd: emitCholesky,
  symmetric: emitLDLT,
  'lower triangular': emitTriangleCheck,
  'upper triangular': emitTriangleCheck,
}

/** (packed, b). */
const solveKernels: Record<Structure, (module: ModuleBuilder, shape: FactorSolveShape) => WasmFunction> = {
  general: emitLUSolve,
  spd: emitCholeskySolve,
  symmetric: emitLDLTSolve,
  'lower triangular': (module, shape) => emitTriangleSolve(module, { ...shape, part: 'lower' }),
  'upper triangular': (module, shape) => emitTriangleSolve(module, { ...shape, part: 'upper' }),
}

/** Factors each packed matrix of the batch in place, or fails naming the pivot. */
export function emitFactor(emission: Emission, step: Extract<Step, { kind: 'factor' }>): void {
  const { f, module, relaxed } = emission
  const { target, n, structure } = step
  if (sizeOf(target.shape) === 0) return
  const kernel = factorKernels[structure](module, { n, relaxed })
  const batch = f.local('i32', 'batch')
  f.set(batch, 0)
  eachOfBatch(emission, [target], [1], ([matrix]) => {
    const status = f.let('status', call<'i32'>(kernel, matrix))
    f.if(status, () => emission.fail(step, status, batch))
    if (target.shape.length > 1) f.set(batch, i32.add(batch, 1))
  })
}

/** Solves with each packed matrix of the batch, in place of the right-hand sides. */
export function emitFactorSolve(emission: Emission, step: Extract<Step, { kind: 'factorSolve' }>): void {
  const { f, module, relaxed } = emission
  const { target, factors, structure, transposed } = step
  const [n, columns] = target.shape.slice(-2)
  if (sizeOf(target.shape) === 0) return
  const kernel = solveKernels[structure](module, { n, columns, transposed, relaxed })
  eachOfBatch(emission, [target, factors], [2, 1], ([b, packed]) => {
    f.run(call(kernel, packed, b))
  })
}

/** Rows read, or added to, where the indices say. An index that names no row reads NaN, and adds nothing. */
export function emitIndexed(
  { f, lanes }: Emission,
  step: Extract<Step, { kind: 'gather' | 'scatterAdd' }>,
): void {
  const { kind, source, indices, target, axis, update } = step
  const lane = lanes[1]
  const gathers = kind === 'gather'
  if (sizeOf(target.shape) === 0 || (sizeOf(source.shape) === 0 && !gathers)) return
  const count = indices.shape[0]
  const extent = gathers ? source.shape[axis] : target.shape[axis]
  const outer = sizeOf(target.shape.slice(0, axis))
  const inner = sizeOf(target.shape.slice(axis + 1))
  const at = (view: View) => walkOf(view).offset
  const rowBytes = 8 * inner
  const i = f.local('i32', 'i')
  const o = f.local('i32', 'o')
  const j = f.local('i32', 'j')
  f.for(i, 0, count, 1, () => {
    const index = f.let('index', f64.load(i32.shl(i, 3), at(indices)))
    const isWhole = f64.eq(f64.floor(index), index)
    const inRange = f.let('inRange', i32.and(isWhole, i32.and(f64.ge(index, 0), f64.lt(index, extent))))
    const row = f.let('row', i32.trunc_sat_f64_s(index))
    f.for(o, 0, outer, 1, () => {
      const narrow = f.let('narrow', i32.mul(i32.add(i32.mul(o, count), i), rowBytes))
      const wide = f.let('wide', i32.mul(i32.add(i32.mul(o, extent), row), rowBytes))
      f.for(j, 0, rowBytes, 8, () => {
        const [from, to] = gathers ? [wide, narrow] : [narrow, wide]
        if (gathers) {
          const place = f.let('place', i32.add(to, j))
          f.store(place, Number.NaN, at(target))
          f.if(inRange, () => f.store(place, f64.load(i32.add(from, j), at(source)), at(target)))
          return
        }
        f.if(inRange, () => {
          const place = f.let('place', i32.add(to, j))
          const value = f64.load(i32.add(from, j), at(source))
          const before = f64.load(place, at(target))
          lane.store(
            place,
            update === 'subtract' ? f64.sub(before, value) : f64.add(before, value),
            at(target),
          )
        })
      })
    })
  })
}
