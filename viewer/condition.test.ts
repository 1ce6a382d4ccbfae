import fc from 'fast-check'
import { SVD } from 'ml-matrix'
import { expect, it } from 'vitest'
import { conditionNumber } from './condition.ts'

it('agrees with the singular values of an independent method', () => {
  // No subnormal entries: the squares that the oracle takes of them underflow.
  const entry = fc.double({ min: -3, max: 3, noNaN: true }).map(x => (Math.abs(x) < 1e-100 ? 0 : x))
  const matrices = fc
    .integer({ min: 1, max: 7 })
    .chain(n => fc.array(entry, { minLength: n * n, maxLength: n * n }))
  fc.assert(
    fc.property(matrices, entries => {
      const n = Math.sqrt(entries.length)
      const rows = Array.from({ length: n }, (_, i) => entries.slice(n * i, n * i + n))
      const singular = new SVD(rows).diagonal
      const expected = Math.max(...singular) / Math.min(...singular)
      fc.pre(expected < 1e8)
      expect(conditionNumber(entries, n) / expected).toBeCloseTo(1, 6)
    }),
  )
})

it('is infinite for a singular matrix, and NaN inside a gap', () => {
  expect(conditionNumber([1, 2, 2, 4], 2)).toBe(Number.POSITIVE_INFINITY)
  expect(conditionNumber([1, Number.NaN, 0, 1], 2)).toBeNaN()
  expect(conditionNumber([2, 0, 0, 2], 2)).toBe(1)
})
