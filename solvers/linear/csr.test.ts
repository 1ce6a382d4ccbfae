import { describe, expect, it } from 'vitest'
import {
  applyCsr,
  applyCsrTransposed,
  checkCsr,
  csrFromDense,
  csrFromTriplets,
  csrToDense,
  diagonalPlaces,
  isSymmetric,
  multiplyCsr,
  transposeCsr,
} from './csr.ts'
import { denseOperator } from './operator.ts'

const A = csrFromDense([1, 0, -2, 0, 0, 3, 4, 0, 5, 6, 0, 0], 4, 3)

describe('csr', () => {
  it('goes to dense and back; entries at one place add', () => {
    expect(csrFromDense(csrToDense(A), 4, 3)).toEqual(A)
    const B = csrFromTriplets(2, 2, [
      [1, 1, 2],
      [0, 1, 1],
      [1, 1, 3],
    ])
    expect([...csrToDense(B)]).toEqual([0, 1, 0, 5])
    expect([...diagonalPlaces(B)]).toEqual([-1, 1])
  })
  it('products agree with the dense ones', () => {
    const dense = denseOperator(csrToDense(A), 4, 3)
    const x = Float64Array.of(1, 2, 3)
    const y = Float64Array.of(1, -1, 2, 0.5)
    const [a, b] = [new Float64Array(4), new Float64Array(4)]
    applyCsr(A, x, a)
    dense.apply(x, b)
    expect(a).toEqual(b)
    const [c, d] = [new Float64Array(3), new Float64Array(3)]
    applyCsrTransposed(A, y, c)
    dense.applyTransposed(y, d)
    expect(c).toEqual(d)
    applyCsr(transposeCsr(A), y, d)
    expect(c).toEqual(d)
  })
  it('(AᵀA)x = Aᵀ(Ax), and AᵀA is symmetric', () => {
    const gram = multiplyCsr(transposeCsr(A), A)
    checkCsr(gram)
    const x = Float64Array.of(1, 2, 3)
    const [Ax, left, right] = [new Float64Array(4), new Float64Array(3), new Float64Array(3)]
    applyCsr(A, x, Ax)
    applyCsrTransposed(A, Ax, right)
    applyCsr(gram, x, left)
    expect(left).toEqual(right)
    expect(isSymmetric(gram)).toBe(true)
    expect(isSymmetric(A)).toBe(false)
    expect(isSymmetric(csrFromDense([1, 2, 0, 1], 2, 2))).toBe(false)
  })
  it.each([
    [{ ...A, rowPointers: Int32Array.of(0, 2) }, /4 rows want 5 rowPointers, not 2/],
    [{ ...A, columnIndices: A.columnIndices.map(() => 0) }, /columns of row 0 do not increase: 0, 0/],
    [{ ...A, columns: 2 }, /row 0 has an entry in column 2, of 2/],
    [{ ...A, values: A.values.map(() => Number.NaN) }, /entry \(0, 0\) is NaN/],
  ])('a malformed matrix is refused %#', (matrix, message) => {
    expect(() => checkCsr(matrix)).toThrow(message)
  })
})
