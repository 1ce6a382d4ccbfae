import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CsrMatrix, csrFromTriplets, csrToDense, type Triplet } from '../../solvers/linear/csr.ts'
import { readMatrixMarket, type Symmetry, writeMatrixMarket } from './matrixMarket.ts'

const file = (...lines: string[]) => `${lines.join('\n')}\n`
const dense = (text: string) => csrToDense(readMatrixMarket(text, 'a.mtx').matrix as CsrMatrix)

describe('coordinate files', () => {
  test('comments, empty lines, any white space, exponents of Fortran', () => {
    const text = file(
      '%%MatrixMarket MATRIX Coordinate Real General',
      '% from a collection',
      '',
      ' 2\t3  3 ',
      '1 1 1.5',
      '%another',
      '2 3 -2D+1',
      '1 2 1e-3',
    )
    expect([...dense(text)]).toEqual([1.5, 1e-3, 0, 0, 0, -20])
    expect(readMatrixMarket(text, 'a').comments).toEqual(['from a collection', 'another'])
  })

  test('symmetric, skew-symmetric, pattern and integer', () => {
    const banner = (field: string, symmetry: string) =>
      `%%MatrixMarket matrix coordinate ${field} ${symmetry}`
    expect([...dense(file(banner('integer', 'symmetric'), '2 2 2', '1 1 4', '2 1 -3'))]).toEqual([
      4, -3, -3, 0,
    ])
    expect([...dense(file(banner('real', 'skew-symmetric'), '2 2 1', '2 1 5'))]).toEqual([0, -5, 5, 0])
    expect([...dense(file(banner('pattern', 'general'), '2 2 1', '1 2'))]).toEqual([0, 1, 0, 0])
    expect([...dense(file(banner('real', 'general'), '2 2 0'))]).toEqual([0, 0, 0, 0])
  })
})

test('array files go column by column', () => {
  const read = (...lines: string[]) => [...readMatrixMarket(file(...lines), 'a').matrix.values]
  expect(read('%%MatrixMarket matrix array real general', '2 2', '1', '2', '3', '4')).toEqual([1, 3, 2, 4])
  expect(read('%%MatrixMarket matrix array real symmetric', '2 2', '1', '2', '4')).toEqual([1, 2, 2, 4])
  expect(read('%%MatrixMarket matrix array real skew-symmetric', '2 2', '7')).toEqual([0, -7, 7, 0])
})

test('what is written is read back to the last bit, for any numbers and symmetries', () => {
  const value = fc.double({ noNaN: true })
  const entries = fc.array(fc.tuple(fc.nat(5), fc.nat(5), value), { maxLength: 12 })
  fc.assert(
    fc.property(
      entries,
      fc.constantFrom<Symmetry>('general', 'symmetric', 'skew-symmetric'),
      (list, symmetry) => {
        const all = new Map<number, Triplet>()
        for (const [i, j, x] of list) {
          if (symmetry === 'skew-symmetric' && i === j) continue
          all.set(6 * i + j, [i, j, x])
          if (symmetry !== 'general') all.set(6 * j + i, [j, i, symmetry === 'symmetric' || i === j ? x : -x])
        }
        const A = csrFromTriplets(6, 6, [...all.values()])
        expect(readMatrixMarket(writeMatrixMarket(A, { symmetry }), 'a').matrix).toEqual(A)
        const D = { rows: 6, columns: 6, values: csrToDense(A) }
        if (symmetry !== 'skew-symmetric') {
          expect(readMatrixMarket(writeMatrixMarket(D, { symmetry }), 'a').matrix).toEqual(D)
        }
      },
    ),
  )
})

test('a matrix that lacks the symmetry is not written with it', () => {
  const A = csrFromTriplets(2, 2, [[0, 1, 1]])
  expect(() => writeMatrixMarket(A, { symmetry: 'symmetric' })).toThrow(/\(1, 2\) is 1, its mirror not there/)
  const D = { rows: 2, columns: 2, values: Float64Array.of(1, 2, 3, 4) }
  expect(() => writeMatrixMarket(D, { symmetry: 'symmetric' })).toThrow(/not symmetric/)
})

describe('mistakes are named with their line', () => {
  const general = '%%MatrixMarket matrix coordinate real general'
  const symmetric = '%%MatrixMarket matrix coordinate real symmetric'
  test.each([
    ['a.mtx:1: this is no Matrix Market file', ['1 2 3']],
    [
      "a.mtx:1: the field 'complex' is not read",
      ['%%MatrixMarket matrix coordinate complex general', '1 1 0'],
    ],
    ["a.mtx:1: the symmetry 'hermitian' is not read", ['%%MatrixMarket matrix coordinate real hermitian']],
    ['a.mtx:1: an array file holds numbers', ['%%MatrixMarket matrix array pattern general', '1 1']],
    ['a.mtx:3: entries is a whole number', [general, '%', '2 2 -1']],
    ['a.mtx:2: the line of sizes has 3 words, not 2', [general, '2 2']],
    ['a.mtx:3: entry (3, 1) lies outside of a 2×2', [general, '2 2 1', '3 1 1']],
    ["a.mtx:3: a number was expected, not 'x'", [general, '2 2 1', '1 1 x']],
    ['a.mtx:4: entry (1, 1) is there twice', [general, '2 2 2', '1 1 1', '1 1 2']],
    ['a.mtx:3: entry (1, 2) lies above the diagonal', [symmetric, '2 2 1', '1 2 1']],
    ['a.mtx:2: a symmetric matrix is square', [symmetric, '2 3 0']],
    ['a.mtx:4: the file ends before entry 2 of 2', [general, '2 2 2', '1 1 1']],
    ["a.mtx:4: the matrix was complete: '2 2 1'", [general, '2 2 1', '1 1 1', '2 2 1']],
    ['a.mtx:3: an integer was expected', ['%%MatrixMarket matrix array integer general', '1 1', '1.5']],
  ])('%s', (message, lines) => {
    expect(() => readMatrixMarket(file(...lines), 'a.mtx')).toThrow(message)
  })
})
