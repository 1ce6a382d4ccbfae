import { describe, expect, it } from 'vitest'
import { uniform } from '../../compiler/testing/numbers.ts'
import { createTeam } from '../parallel/team.ts'
import { createShooting, robustifier } from './shooting.ts'
import { observedSeries, pendulumProblem } from './testing/pendulum.ts'
import { cutWindows } from './windows.ts'
import { createWindowTeam } from './windowTeam.ts'

describe('Huber’s loss', () => {
  it('is half the square of the residual that stands for it, and the slope its derivative', () => {
    const delta = 0.7
    const { residual, slope } = robustifier(delta)
    for (const r of [-5, -0.71, -0.7, -0.1, 0, 0.3, 0.7, 0.8, 40]) {
      const size = Math.abs(r)
      const rho = size <= delta ? 0.5 * r * r : delta * (size - delta / 2)
      expect(0.5 * residual(r) ** 2).toBeCloseTo(rho, 12)
      expect(Math.sign(residual(r))).toBe(Math.sign(r))
      const h = 1e-6
      if (Math.abs(size - delta) > 1e-3)
        expect(slope(r)).toBeCloseTo((residual(r + h) - residual(r - h)) / (2 * h), 8)
    }
  })

  it('the gradient of a shooting problem is Jᵀr, and agrees with differences of its loss', () => {
    const series = observedSeries(2, 30, 0.01)
    for (const k of [4, 17, 33]) series[0].values[k] += 3
    const problem = { ...pendulumProblem(series), huber: 0.05 }
    const windows = cutWindows(series, 1)
    const team = createWindowTeam(problem, createShooting(problem), windows, createTeam({ threads: 1 }))
    const { objective, leastSquares } = team
    const x = Float64Array.from({ length: leastSquares.size }, uniform(5))
    x.set([1.3, 0.2, 0.9])
    const residuals = new Float64Array(leastSquares.residualCount)
    const jacobian = new Float64Array(leastSquares.residualCount * leastSquares.size)
    leastSquares.evaluate(x, residuals, jacobian)
    const gradient = new Float64Array(leastSquares.size)
    const loss = objective.evaluate(x, gradient)
    const squares = residuals.reduce((sum, r) => sum + r * r, 0)
    const values = (0.5 * squares) / loss
    for (let column = 0; column < leastSquares.size; column += 3) {
      let product = 0
      for (let row = 0; row < leastSquares.residualCount; row++)
        product += jacobian[row * leastSquares.size + column] * residuals[row]
      expect(gradient[column]).toBeCloseTo(product / values, 10)
      const h = 1e-6
      const at = (sign: number) =>
        objective.evaluate(x.with(column, x[column] + sign * h), new Float64Array(x.length))
      expect(gradient[column]).toBeCloseTo((at(1) - at(-1)) / (2 * h), 5)
    }
  })
})
