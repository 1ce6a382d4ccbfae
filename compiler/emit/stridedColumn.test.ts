import { describe, expect, it } from 'vitest'
import { interpret } from '../interpret/index.ts'
import { input, matmul, slice } from '../primitives.ts'
import { compile } from '../program.ts'

describe('a product with one column or row of a matrix, which lies strided in memory', () => {
  it.each([2, 3, 5, 6, 9, 17])('n = %i, in every order and transpose', n => {
    const A = input('A', [n, n])
    const B = input('B', [n + 1, n + 2])
    const column = slice(B, [1, 1], [n, 1])
    const row = slice(B, [1, 1], [1, n])
    const outputs = [
      matmul(A, column),
      matmul(A, column, { transposeA: true }),
      matmul(column, A, { transposeA: true }),
      matmul(column, A, { transposeA: true, transposeB: true }),
      matmul(A, row, { transposeB: true }),
      matmul(A, row, { transposeA: true, transposeB: true }),
      matmul(row, A),
      matmul(row, A, { transposeB: true }),
    ]
    const values = [n * n, (n + 1) * (n + 2)].map((size, k) =>
      Float64Array.from({ length: size }, (_, i) => ((i * i + 3 * i + k) % 17) - 8),
    )
    const expected = interpret({ inputs: [A, B], outputs }, values)
    const program = compile({ products: { inputs: [A, B], outputs } })
    program.products.inputs.forEach((view, k) => {
      view.set(values[k])
    })
    program.products.run()
    outputs.forEach((_, k) => {
      expect(program.products.outputs[k]).toEqual(expected[k])
    })
  })
})
