import { describe, expect, it } from 'vitest'
import { createStepContext } from '../context.ts'
import { lotkaVolterra } from '../testing/problems.ts'
import type { VectorField } from '../vectorField.ts'
import { createJacobian } from './jacobian.ts'
import { denseLayout, layoutOf } from './linear/index.ts'
import { brusselator, brusselatorStart, hires } from './testing/stiffProblems.ts'

/** ∂f/∂y, n×n, and how often f was evaluated. */
function jacobianOf(field: VectorField, y: Float64Array) {
  const context = createStepContext(field, {})
  const n = field.dimension
  const layout = layoutOf(n, [field.jacobianPattern])
  const values = new Float64Array(layout.length)
  expect(createJacobian(context, layout)(0, y, values)).toBe(true)
  const dense = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = Math.max(0, i - layout.lower); j <= Math.min(n - 1, i + layout.upper); j++)
      dense[i * n + j] = values[layout.index(i, j)]
  return { dense, layout, evaluations: context.statistics.evaluations }
}

describe.each([
  ['HIRES', hires(), Float64Array.of(0.7, 0.1, 0.2, 0.3, 0.01, 0.02, 0.3, 0.0057)],
  ['the Brusselator, banded', brusselator(20), Float64Array.from(brusselatorStart(20))],
])('the Jacobian of %s', (_name, field, y) => {
  const { jacobian, jvp, vjp, ...bare } = field
  const exact = new Float64Array(field.dimension ** 2)
  jacobian(0, y, exact)

  it('is the same by jacobian, jvp and vjp', () => {
    for (const given of [{ jacobian }, { jvp }, { vjp }]) {
      const { dense } = jacobianOf({ ...bare, ...given }, y)
      dense.forEach((value, at) => {
        expect(value).toBeCloseTo(exact[at], 9)
      })
    }
  })

  it('is nearly that by differences, coloured where there is a pattern', () => {
    const { dense, layout, evaluations } = jacobianOf(bare, y)
    dense.forEach((value, at) => {
      expect(Math.abs(value - exact[at])).toBeLessThan(1e-4 * (1 + Math.abs(exact[at])))
    })
    if (field.jacobianPattern) {
      expect(layout).toMatchObject({ kind: 'banded', lower: 2, upper: 2 })
      expect(evaluations).toBeLessThanOrEqual(6)
    }
  })
})

it('a derivative that is not there leaves the obstacle', () => {
  const context = createStepContext(
    { ...lotkaVolterra(), jvp: undefined, vjp: undefined, evaluate: (_t, _y, out) => out.fill(Number.NaN) },
    {},
  )
  expect(createJacobian(context, denseLayout(2))(0, Float64Array.of(1, 1), new Float64Array(4))).toBe(false)
  expect(context.obstacle?.reason).toBe('non-finite')
})
