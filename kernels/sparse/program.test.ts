import { expect, test } from 'vitest'
import { poisson } from '../../solvers/linear/testing/matrices.ts'
import { randomVector } from '../../solvers/linear/testing/random.ts'
import { call, i32 } from '../wasm/index.ts'
import {
  createSparseCholesky,
  emitSparseCholesky,
  emitSparseSolve,
  frontTables,
  graphOf,
  minimumDegree,
  symbolicFactor,
} from './index.ts'
import { instantiate, layOut } from './instance.ts'

test('a program of its own may call the kernels: tables as data, three right-hand sides at once', () => {
  const A = poisson(12)
  const { rows: n } = A
  const graph = graphOf(A)
  const tables = frontTables(A, symbolicFactor(graph, minimumDegree(graph)))
  const columns = 3
  const { regions, bytes } = layOut({
    tables: tables.words.byteLength,
    values: 8 * A.values.length,
    factor: tables.factorBytes,
    update: tables.updateBytes,
    b: 8 * n * columns,
    x: 8 * (n + 1),
    work: tables.workBytes,
  })
  const { buffer, functions } = instantiate(
    'test of a program',
    module => {
      const factor = emitSparseCholesky(module)
      const solve = emitSparseSolve(module, { pivoting: false })
      const at = (name: keyof typeof regions) => i32.const(regions[name].address)
      const run = module.function('run', {}, ['i32'], f => {
        const status = f.let(
          'status',
          call<'i32'>(factor, at('tables'), at('values'), at('factor'), at('update')),
        )
        const operands = [
          at('tables'),
          at('factor'),
          at('b'),
          i32.const(columns),
          at('x'),
          at('work'),
          i32.const(0),
        ]
        f.if(i32.eqz(status), () => f.run(call(solve, ...operands)))
        return status
      })
      return { run }
    },
    bytes,
  )
  new Int32Array(buffer, regions.tables.address, tables.words.length).set(tables.words)
  new Float64Array(buffer, regions.values.address, A.values.length).set(A.values)
  const B = randomVector(n * columns, 3)
  const X = new Float64Array(buffer, regions.b.address, n * columns)
  X.set(B)
  expect(functions.run()).toBe(0)
  const cholesky = createSparseCholesky(A, { ordering: 'minimum degree' })
  cholesky.values.set(A.values)
  cholesky.factor()
  for (let c = 0; c < columns; c++) {
    const column = (M: Float64Array) => Float64Array.from({ length: n }, (_, i) => M[i * columns + c])
    const expected = column(B)
    cholesky.solve(expected)
    expect(column(X)).toEqual(expected)
  }
})
