import {
  emitTriangularSolve,
  type FactorSolveShape,
  isUsable,
  type TriangularSystem,
  transposedSystem,
} from '../dense/index.ts'
import { f64, i32, type ModuleBuilder, type WasmFunction } from '../wasm/index.ts'

/** The function (a) → status that looks at the diagonal of a row-major n×n triangular matrix: k + 1 where entry k divides nothing. */
export function emitTriangleCheck(module: ModuleBuilder, { n }: { readonly n: number }): WasmFunction {
  const name = `triangleCheck_${n}`
  return module.once(name, () =>
    module.function(name, { a: 'i32' }, ['i32'], (f, { a }) => {
      const k = f.local('i32', 'k')
      const entry = f.let('entry', a)
      f.for(k, 0, n, 1, () => {
        f.if(i32.eqz(isUsable(f64.abs(f64.load(entry)))), () => f.return(i32.add(k, 1)))
        f.set(entry, i32.add(entry, 8 * (n + 1)))
      })
      return i32.const(0)
    }),
  )
}

/** The function (a, b) that overwrites B [n × columns] by op(A)⁻¹·B, A the `part` triangle of a row-major n×n matrix. */
export function emitTriangleSolve(
  module: ModuleBuilder,
  { n, part, columns, transposed = false, relaxed }: FactorSolveShape & { readonly part: 'lower' | 'upper' },
): WasmFunction {
  const name = `${part}Solve${transposed ? 'T' : ''}${relaxed ? '~' : ''}_${n}x${columns}`
  return module.once(name, () =>
    module.function(name, { a: 'i32', b: 'i32' }, [], (f, { a, b }) => {
      const system: TriangularSystem = {
        matrix: { address: a, rowStride: n, columnStride: 1 },
        n,
        part,
        unit: false,
        rightSides: { address: b, rowStride: columns, columnStride: 1 },
        columns,
        relaxed,
      }
      emitTriangularSolve(f, transposed ? transposedSystem(system) : system)
    }),
  )
}
