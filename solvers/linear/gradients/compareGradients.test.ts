import { describe, expect, it } from 'vitest'
import { convection, diffusion, poisson } from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import { compareGradients, comparisonTable, type GradientProblem } from './index.ts'

const problems: [string, GradientProblem][] = [
  ['SPD and dominant', { A: poisson(5, 0.5), b: randomVector(25, 1), spd: true }],
  ['nonsymmetric and dominant', { A: convection(4, 2, 0.5), b: randomVector(16, 1) }],
  [
    'SPD, not dominant',
    { A: diffusion(4, 10, 1), b: randomVector(16, 2), c: randomVector(16, 3), spd: true },
  ],
]

describe.each(problems)('compareGradients: %s', (name, problem) => {
  const rows = compareGradients(problem)
  const row = (method: string) => rows.find(({ method: own }) => own.startsWith(method))!
  it('implicit is right to rounding, at any conditioning; unrolled to the end nearly; truncated is another gradient', () => {
    expect(row('implicit').error).toBeLessThan(1e-12)
    expect(row('unrolled').error).toBeLessThan(1e-5)
    expect(row('truncated').error).toBeGreaterThan(10 * row('implicit').error)
  })
  it('finite differences are no ground truth', () => {
    const [forward, central] = [row('finite differences, forward'), row('finite differences, central')]
    expect(forward.error).toBeGreaterThan(1e-9)
    expect(central.error).toBeLessThan(forward.error)
    expect(central.error).toBeGreaterThan(row('implicit').error)
  })
  it('implicit keeps less than unrolled', () => {
    expect(row('implicit').bytes).toBeLessThan(row('unrolled').bytes)
  })
  it('the local gradient is there where A is dominant, within its tolerance', () => {
    if (name.includes('not dominant')) return
    expect(row('local').error).toBeLessThan(1e-6)
    expect(row('local').note).toMatch(/ℓ¹ error ≤ \d\.\de-/)
  })
  it('one stochastic draw is far off, the mean of many is not: it is unbiased', () => {
    const { error, note } = row('stochastic')
    expect(error).toBeGreaterThan(0.1)
    expect(Number(/draws (\S+)/.exec(note!)![1])).toBeLessThan(error / 3)
  })
  it('prints a table', () => {
    expect(comparisonTable(rows).split('\n')).toHaveLength(rows.length + 2)
  })
})
