import { describe, expect, it } from 'vitest'
import { compileSystem } from '../problem/problem.ts'
import { parseScene } from '../scene/index.ts'
import { compareSolveGradients, type GradientRow } from './solveGradients.ts'
import { systemMatrices } from './systemMatrices.ts'
import { compareTrajectoryGradients } from './trajectoryGradients.ts'

const errorOf = (rows: readonly GradientRow[], method: string): number =>
  rows.find(row => row.method.startsWith(method))!.error

/** tridiag(lower, 5/2, −1). */
const tridiagonal = (n: number, lower: number) =>
  Float64Array.from({ length: n * n }, (_, k) => {
    const offset = (k % n) - Math.floor(k / n)
    return offset === 0 ? 2.5 : offset === 1 ? -1 : offset === -1 ? lower : 0
  })

describe('gradients of a linear solve', () => {
  it.each([
    ['spd', -1],
    ['general', 0.5],
  ] as const)(
    '%s: implicit and fully unrolled are exact, truncated is not, differences are in between',
    (structure, lower) => {
      const n = 8
      const b = Float64Array.from({ length: n }, (_, i) => Math.cos(i))
      const rows = compareSolveGradients(tridiagonal(n, lower), b, structure)
      expect(errorOf(rows, 'implicit')).toBeLessThan(1e-14)
      expect(errorOf(rows, 'unrolled')).toBeLessThan(1e-8)
      expect(errorOf(rows, 'truncated')).toBeGreaterThan(1e-4)
      expect(errorOf(rows, 'finite differences, central')).toBeLessThan(1e-8)
      expect(errorOf(rows, 'finite differences, forward')).toBeGreaterThan(
        errorOf(rows, 'finite differences, central'),
      )
    },
  )
})

describe('gradients of a scene', () => {
  const scene = parseScene(
    `version: 1
name: inertia
system:
  type: lagrangian
  parameters: {m: 1, k: 2}
  coordinates: {a: {start: 1, rate: 0.3}}
  kinetic: 0.5*m*(1 + a^2)*a_dot^2
  potential: 0.5*k*a^2
learn: {parameters: [m, k]}
solver: {span: [0, 1], rtol: 1.0e-6}
`,
    'inertia.yaml',
  )

  it('finds the matrix of the scene: M(q) and its force', async () => {
    const { field, model } = await compileSystem(scene, true)
    const [{ A, b, structure }] = systemMatrices(field, 0, model.start)
    expect(structure).toBe('spd')
    expect(A[0]).toBeCloseTo(2, 14) // m·(1 + a²)
    expect(b[0]).toBeCloseTo(-2 - 0.09, 14) // −k·a − m·a·ȧ²
  })

  it('tangents and the discrete adjoint are the complex step; θ is left as it was', async () => {
    const system = await compileSystem(scene, true)
    const theta = system.field.parameters.slice()
    const { rows, steps } = compareTrajectoryGradients(scene, system)
    expect(steps).toBeGreaterThan(3)
    expect(errorOf(rows, 'tangents')).toBeLessThan(1e-12)
    expect(errorOf(rows, 'discrete adjoint')).toBeLessThan(1e-12)
    expect(errorOf(rows, 'finite differences')).toBeGreaterThan(1e-12)
    for (const { bytes, milliseconds } of rows) expect(Math.min(bytes, milliseconds)).toBeGreaterThan(0)
    expect(system.field.parameters).toEqual(theta)
  })

  it.each(['dop853', 'radau5', 'bdf'])('%s: tangents and the discrete adjoint agree', async method => {
    const solver = { ...scene.solver, method: method as typeof scene.solver.method }
    const { rows } = compareTrajectoryGradients({ ...scene, solver }, await compileSystem(scene, true))
    expect(rows[0].note).toContain('reference')
    expect(errorOf(rows, 'discrete adjoint')).toBeLessThan(1e-12)
    expect(errorOf(rows, 'finite differences')).toBeLessThan(1e-4)
  })
})
