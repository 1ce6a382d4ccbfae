import { describe, expect, it } from 'vitest'
import { dopri5 } from './methods/dopri5.ts'
import { tableaus } from './methods/index.ts'
import { denseWeights, flatten } from './tableau.ts'
import { density, elementaryWeights, treesOfSize } from './testing/rootedTrees.ts'

/** The largest |Σ w_i·Φ_i(τ) − θ^|τ|/γ(τ)| over trees with at most `order` nodes. */
function defect(a: readonly (readonly number[])[], w: ArrayLike<number>, order: number, theta = 1): number {
  let worst = 0
  for (let size = 1; size <= order; size++)
    for (const tree of treesOfSize(size)) {
      const sum = elementaryWeights(tree, a).reduce((total, phi, i) => total + (w[i] ?? 0) * phi, 0)
      worst = Math.max(worst, Math.abs(sum - theta ** size / density(tree)))
    }
  return worst
}

it('rooted trees are as many as Cayley counted', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(size => treesOfSize(size).length)).toEqual([1, 1, 2, 4, 9, 20, 48])
})

describe.each(Object.entries(tableaus))('%s', (name, tableau) => {
  const { a, b, c, error, order, embeddedOrder, denseOrder, end } = tableau
  const flat = flatten(tableau)

  it('bears its name, and c is the row sums of a', () => {
    expect(tableau.name).toBe(name)
    a.forEach((row, i) => {
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(c[i], 14)
    })
  })
  it('is of its order, and of no higher', () => {
    expect(defect(a, b, order)).toBeLessThan(5e-14)
    expect(defect(a, b, order + 1)).toBeGreaterThan(1e-6)
  })
  it('has an embedded solution of its order, and of no higher', () => {
    const embedded = error.map((value, i) => (b[i] ?? 0) - value)
    expect(defect(a, embedded, embeddedOrder)).toBeLessThan(5e-14)
    expect(defect(a, embedded, embeddedOrder + 1)).toBeGreaterThan(1e-6)
  })
  it('has dense output of its order that joins with one derivative', () => {
    const weights = new Float64Array(flat.stages)
    for (const theta of [0.1, 0.37, 0.5, 0.92, 1]) {
      denseWeights(flat, theta, weights)
      expect(defect(a, weights, denseOrder, theta)).toBeLessThan(1e-13)
    }
    weights.forEach((weight, i) => {
      expect(weight).toBeCloseTo(b[i] ?? 0, 13)
    })
    tableau.dense.forEach((row, i) => {
      expect(row[0]).toBe(i === 0 ? 1 : 0) // u'(0) = k_0
      const slope = row.reduce((sum, value, p) => sum + (p + 1) * value, 0)
      expect(slope).toBeCloseTo(i === end ? 1 : 0, 12) // u'(1) = f(t1, y1)
    })
  })
})

it('a malformed tableau is refused', () => {
  expect(() => flatten({ ...dopri5, end: 5 })).toThrow('row 5 (end) must be f(t + h, y1)')
  expect(() => flatten({ ...dopri5, a: dopri5.a.slice(1) })).toThrow('one row per stage')
  expect(() => flatten({ ...dopri5, a: dopri5.a.map(() => []) })).toThrow('row 1 of a must have 1 entries')
})
