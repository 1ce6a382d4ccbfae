import { describe, expect, it } from 'vitest'
import { adamState, adamStep, clipNorm } from './adam.ts'
import { lbfgsState, lbfgsStep } from './lbfgs.ts'
import { levenbergMarquardtState, levenbergMarquardtStep } from './levenbergMarquardt.ts'
import { strongWolfe } from './lineSearch.ts'
import type { LeastSquares, Objective } from './objective.ts'

/** Rosenbrock's valley in n dimensions, minimum 0 at (1, …, 1). */
const rosenbrock = (size: number): Objective => ({
  size,
  evaluate(x, gradient) {
    let value = 0
    gradient.fill(0)
    for (let i = 0; i + 1 < size; i++) {
      const [a, b] = [1 - x[i], x[i + 1] - x[i] ** 2]
      value += a * a + 100 * b * b
      gradient[i] += -2 * a - 400 * x[i] * b
      gradient[i + 1] += 200 * b
    }
    return value
  },
})

/** a·exp(−b·t) + c fitted to exact samples; the function does not exist for b < 0. */
function decay(samples: Float64Array, times: Float64Array): LeastSquares {
  return {
    size: 3,
    residualCount: times.length,
    evaluate([a, b, c], residuals, jacobian) {
      if (b < 0) return false
      times.forEach((t, i) => {
        const e = Math.exp(-b * t)
        residuals[i] = a * e + c - samples[i]
        jacobian?.set([e, -a * t * e, 1], 3 * i)
      })
      return true
    },
  }
}

describe('L-BFGS', () => {
  it.each([2, 10, 50])('finds the minimum of Rosenbrock’s function, n = %i', n => {
    const objective = rosenbrock(n)
    const x = new Float64Array(n).map((_, i) => (i % 2 ? 1 : -1.2))
    const state = lbfgsState(objective, x)
    let iterations = 0
    let last = state.value
    while (iterations < 1000 && lbfgsStep(objective, x, state)) {
      expect(state.value).toBeLessThan(last)
      last = state.value
      iterations++
    }
    expect(iterations).toBeLessThan(400)
    for (const value of x) expect(value).toBeCloseTo(1, 8)
  })

  it('ends in at most n steps, to rounding, on a quadratic with exact curvature pairs', () => {
    const diagonal = [1, 10, 100]
    const objective: Objective = {
      size: 3,
      evaluate(x, gradient) {
        x.forEach((value, i) => {
          gradient[i] = diagonal[i] * value
        })
        return 0.5 * x.reduce((sum, value, i) => sum + diagonal[i] * value * value, 0)
      },
    }
    const x = Float64Array.of(3, -2, 1)
    const state = lbfgsState(objective, x)
    for (let i = 0; i < 60; i++) if (!lbfgsStep(objective, x, state)) break
    expect(state.value).toBeLessThan(1e-20)
  })

  it('walks around a region where the function does not exist', () => {
    const objective: Objective = {
      size: 1,
      evaluate(x, gradient) {
        if (x[0] <= 0) return Infinity
        gradient[0] = 1 - 1 / x[0]
        return x[0] - Math.log(x[0])
      },
    }
    const x = Float64Array.of(8)
    const state = lbfgsState(objective, x)
    for (let i = 0; i < 50; i++) if (!lbfgsStep(objective, x, state)) break
    expect(x[0]).toBeCloseTo(1, 7)
  })
})

describe('the line search', () => {
  it('returns points with the strong Wolfe conditions', () => {
    const functions: [(a: number) => number, (a: number) => number][] = [
      [a => (a - 3) ** 2, a => 2 * (a - 3)],
      [a => -a / (a * a + 2), a => (a * a - 2) / (a * a + 2) ** 2],
      [a => (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, a => 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3],
    ] // the last two are 5.1 and 5.2 of Moré & Thuente, ACM TOMS 20 (1994)
    for (const [f, df] of functions) {
      for (const first of [1e-3, 0.1, 1, 10, 1000]) {
        const start = { step: 0, value: f(0), slope: df(0) }
        const found = strongWolfe(step => ({ step, value: f(step), slope: df(step) }), start, first)!
        expect(found.value).toBeLessThanOrEqual(start.value + 1e-4 * found.step * start.slope)
        expect(Math.abs(found.slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope))
      }
    }
  })
})

describe('Levenberg–Marquardt', () => {
  const times = Float64Array.from({ length: 30 }, (_, i) => 0.1 * i)
  const truth = [2.5, 1.3, 0.4]
  const samples = times.map(t => truth[0] * Math.exp(-truth[1] * t) + truth[2])

  it('recovers the parameters of exact data to rounding, quadratically at the end', () => {
    const problem = decay(samples, times)
    const x = Float64Array.of(1, 0.2, 0)
    const state = levenbergMarquardtState(problem, x)!
    let steps = 0
    while (steps < 100 && levenbergMarquardtStep(problem, x, state)) steps++
    expect(steps).toBeLessThan(30)
    truth.forEach((value, i) => {
      expect(x[i]).toBeCloseTo(value, 10)
    })
  })

  it('solves a linear problem in few steps to the least-squares solution', () => {
    const rows = [
      [1, 2],
      [3, 4],
      [5, 6],
      [1, -1],
    ]
    const b = [1, 2, 2, 5]
    const problem: LeastSquares = {
      size: 2,
      residualCount: 4,
      evaluate(x, residuals, jacobian) {
        rows.forEach(([p, q], i) => {
          residuals[i] = p * x[0] + q * x[1] - b[i]
          jacobian?.set([p, q], 2 * i)
        })
        return true
      },
    }
    const x = new Float64Array(2)
    const state = levenbergMarquardtState(problem, x)!
    for (let i = 0; i < 50; i++) if (!levenbergMarquardtStep(problem, x, state)) break
    const residuals = new Float64Array(4)
    problem.evaluate(x, residuals, null)
    for (const column of [0, 1]) {
      expect(rows.reduce((sum, row, i) => sum + row[column] * residuals[i], 0)).toBeCloseTo(0, 8) // it stops where a step would gain 1e-16 of the value
    }
  })

  it('says that a start where the residuals do not exist is none', () => {
    expect(levenbergMarquardtState(decay(samples, times), Float64Array.of(1, -1, 0))).toBeNull()
  })
})

describe('Adam', () => {
  it('moves by the rate at first, whatever the scale of the gradient', () => {
    for (const scale of [1e-4, 1, 1e6]) {
      const x = Float64Array.of(0)
      adamStep(x, Float64Array.of(scale), adamState(1), { rate: 0.01 })
      expect(x[0]).toBeCloseTo(-0.01, 5)
    }
  })

  it('minimises a badly scaled quadratic', () => {
    const x = Float64Array.of(1, 1)
    const state = adamState(2)
    for (let i = 0; i < 4000; i++) {
      adamStep(x, Float64Array.of(1e3 * x[0], 1e-3 * x[1]), state, { rate: 0.01 * (1 - i / 4000) })
    }
    expect(Math.hypot(x[0], x[1])).toBeLessThan(1e-3)
  })

  it('clips to the norm and keeps the direction', () => {
    const gradient = Float64Array.of(3, 4)
    expect(clipNorm(gradient, 1)).toBe(5)
    expect(gradient[0]).toBeCloseTo(0.6, 15)
    expect(gradient[1]).toBeCloseTo(0.8, 15)
  })
})
