import { describe, expect, it } from 'vitest'
import { dopri5 } from './methods/dopri5.ts'
import { tableaus } from './methods/index.ts'
import { denseSlopes, denseWeights, flatten, type Tableau } from './tableau.ts'
import { density, elementaryWeightsOf, treesOfSize } from './testing/rootedTrees.ts'

/**
 * The largest |Σ w_i·Φ_i(τ) − θ^|τ|/γ(τ)| over trees with `from` to `to` nodes, as a function of the weights w, in
 * proportion to Σ |w_i| where that is large (coefficients of thousands are exact to as many roundings only).
 */
function defects(a: readonly (readonly number[])[]) {
  const phi = elementaryWeightsOf(a)
  return (w: ArrayLike<number>, from: number, to: number, theta = 1): number => {
    const size = Math.max(
      1,
      Array.from(w).reduce((sum, value) => sum + Math.abs(value), 0),
    )
    let worst = 0
    for (let nodes = from; nodes <= to; nodes++)
      for (const tree of treesOfSize(nodes)) {
        const sum = phi(tree).reduce((total, value, i) => total + (w[i] ?? 0) * value, 0)
        worst = Math.max(worst, Math.abs(sum - theta ** nodes / density(tree)) / size)
      }
    return worst
  }
}

it('rooted trees are as many as Cayley counted', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(size => treesOfSize(size).length)).toEqual([
    1, 1, 2, 4, 9, 20, 48, 115, 286, 719,
  ])
})

describe.each(Object.entries(tableaus))('%s', (name, tableau: Tableau) => {
  const { a, b, c, error, lowOrderError, order, embeddedOrder, denseOrder, end } = tableau
  const flat = flatten(tableau)
  const defect = defects(a)
  const rounding = 1e-14 * Math.max(...a.flat().map(Math.abs), 5)
  const embedded = (difference: readonly number[]) => difference.map((value, i) => (b[i] ?? 0) - value)

  it('bears its name, and c is the row sums of a', () => {
    expect(tableau.name).toBe(name)
    a.forEach((row, i) => {
      expect(Math.abs(row.reduce((sum, value) => sum + value, 0) - c[i])).toBeLessThan(rounding)
    })
  })
  it('is of its order, and of no higher', () => {
    expect(defect(b, 1, order)).toBeLessThan(rounding)
    expect(defect(b, order + 1, order + 1)).toBeGreaterThan(1000 * rounding)
  })
  it.runIf(error.length > 0)('has an embedded solution of its order, and of no higher', () => {
    expect(defect(embedded(error), 1, embeddedOrder)).toBeLessThan(rounding)
    expect(defect(embedded(error), embeddedOrder + 1, embeddedOrder + 1)).toBeGreaterThan(1e-6)
  })
  it.runIf(lowOrderError)('has a second one, of order 3', () => {
    expect(defect(embedded(lowOrderError!), 1, 3)).toBeLessThan(rounding)
    expect(defect(embedded(lowOrderError!), 4, 4)).toBeGreaterThan(1e-6)
  })
  it('has dense output of its order that joins with one derivative', () => {
    const weights = new Float64Array(flat.stages)
    const slopes = new Float64Array(flat.stages)
    const largest = Math.max(...flat.dense.map(Math.abs))
    for (const theta of [0.1, 0.37, 0.5, 0.92, 1]) {
      denseWeights(flat, theta, weights)
      expect(defect(weights, 1, denseOrder, theta)).toBeLessThan(rounding + 1e-15 * largest)
    }
    weights.forEach((weight, i) => {
      expect(Math.abs(weight - (b[i] ?? 0))).toBeLessThan(1e-14 * largest)
    })
    denseSlopes(flat, 0, slopes)
    expect(Array.from(slopes)).toEqual(c.map((_, i) => (i === 0 ? 1 : 0))) // u'(0) = k_0
    denseSlopes(flat, 1, slopes)
    slopes.forEach((slope, i) => {
      expect(Math.abs(slope - (i === end ? 1 : 0))).toBeLessThan(1e-13 * largest) // u'(1) = f(t1, y1)
    })
  })
})

it('a malformed tableau is refused', () => {
  expect(() => flatten({ ...dopri5, end: 5 })).toThrow('row 5 (end) must be f(t + h, y1)')
  expect(() => flatten({ ...dopri5, a: dopri5.a.slice(1) })).toThrow('one row per stage')
  expect(() => flatten({ ...dopri5, a: dopri5.a.map(() => []) })).toThrow('row 1 of a must have 1 entries')
})
