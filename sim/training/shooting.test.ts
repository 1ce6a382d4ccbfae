import { describe, expect, it } from 'vitest'
import { distance, uniform } from '../../compiler/testing/numbers.ts'
import { complex, complexStep } from '../../solvers/adjoint/testing/complexReplay.ts'
import { odeint, tsit5 } from '../../solvers/ode/index.ts'
import { createTeam } from '../parallel/team.ts'
import { complexField, complexFunction } from '../testing/complexField.ts'
import { createShooting } from './shooting.ts'
import { observedSeries, pendulumProblem } from './testing/pendulum.ts'
import { cutWindows } from './windows.ts'
import { createWindowTeam } from './windowTeam.ts'

const [n, p] = [2, 3]
const random = uniform(2)

/** Two series in several windows, with values missing, whole samples among them, at the ends of windows too. */
const series = observedSeries(2, 30, 0.01)
for (const k of [3, 10, 11, 20, 29, 58, 59]) series[0].values[k] = Number.NaN
const problem = pendulumProblem(series)
const windows = cutWindows(series, 1)
const shooting = createShooting(problem)
const team = createTeam({ threads: 1 })
const { objective, leastSquares } = createWindowTeam(problem, shooting, windows, team)
const { size, residualCount } = leastSquares
const x = Float64Array.from({ length: size }, random)
x.set([1.3, 0.2, 0.9])

const residuals = new Float64Array(residualCount)
const jacobian = new Float64Array(residualCount * size)
leastSquares.evaluate(x, residuals, jacobian)
const gradient = new Float64Array(size)
const loss = objective.evaluate(x, gradient)
const measured = series.flatMap(({ values }) => [...values]).filter(value => !Number.isNaN(value)).length

/** ∂r/∂x·v by complex step through the frozen steps of each window, in the order of the residuals. */
function oracle(direction: Float64Array): number[] {
  const { field, observation, scales, continuity, stateScales, ode } = problem
  const part = (array: Float64Array, k: number) => array.slice(p + k * n, p + (k + 1) * n)
  const dtheta = direction.slice(0, p)
  const observe = complexFunction(observation, field.blocks)
  return windows.flatMap(({ series: index, begin, end, next }, k) => {
    const { t, values } = series[index]
    const solution = odeint(field, part(x, k), t.slice(begin, end + 1), ode)
    const dy = complexStep(complexField(field), tsit5, solution, x.slice(0, p), part(direction, k), dtheta)
    const rows: number[] = []
    for (let i = begin; i < end + (next < 0 ? 1 : 0); i++) {
      const at = (i - begin) * n
      const y = Array.from({ length: n }, (_, m) => complex(solution.y[at + m], 1e-30 * dy[at + m]))
      const theta = Array.from(dtheta, (d, m) => complex(x[m], 1e-30 * d))
      observe(t[i], y, theta).forEach(({ im }, j) => {
        rows.push(Number.isNaN(values[2 * i + j]) ? 0 : im / 1e-30 / scales[j])
      })
    }
    if (next < 0) return rows
    const gap = part(direction, next).map((d, m) => dy[(end - begin) * n + m] - d)
    return [...rows, ...gap.map((d, m) => (continuity * d) / stateScales[m])]
  })
}

describe('multiple shooting', () => {
  it('has a loss that is ½Σr², a mean over the measured values', () => {
    expect(shooting.measuredValues(windows)).toBe(measured)
    expect(loss).toBeCloseTo(0.5 * residuals.reduce((sum, r) => sum + r * r, 0), 13)
    expect(residuals.filter(r => r === 0).length).toBe(2 * 60 - measured)
  })

  it('has the Jacobian that complex step gives, for θ and for every initial state', () => {
    for (let column = 0; column < size; column++) {
      const unit = new Float64Array(size)
      unit[column] = 1
      const expected = Float64Array.from(oracle(unit), value => value / Math.sqrt(measured))
      const actual = Float64Array.from({ length: residualCount }, (_, row) => jacobian[row * size + column])
      expect(distance([actual], [expected]), `column ${column}`).toBeLessThan(1e-12)
    }
  })

  it('has the gradient Jᵀr: the adjoint is the transpose of the sensitivities', () => {
    const expected = Float64Array.from({ length: size }, (_, column) =>
      residuals.reduce((sum, r, row) => sum + r * jacobian[row * size + column], 0),
    )
    expect(distance([gradient], [expected])).toBeLessThan(1e-13)
  })

  it('has the loss without continuity window by window', () => {
    const free = createShooting({ ...problem, continuity: 1e-300 })
    const z = (k: number) => x.slice(p + k * n, p + (k + 1) * n)
    windows.forEach((window, k) => {
      const next = window.next < 0 ? null : z(window.next)
      const [a, b, theta] = [new Float64Array(n), new Float64Array(n), new Float64Array(p)]
      const { loss } = free.gradient(window, z(k), next, a, next && b, theta)
      expect(shooting.loss(window, z(k))).toBeCloseTo(loss, 14)
    })
  })

  it('does not exist where a trajectory fails, and says why', () => {
    const wild = x.slice()
    wild[1] = -1e9 // damping that blows up
    const cut = { ...problem, ode: { ...problem.ode, maxSteps: 50 } }
    const failing = createShooting(cut)
    const functions = createWindowTeam(cut, failing, windows, team)
    expect(functions.objective.evaluate(wild, gradient.slice())).toBe(Infinity)
    expect(functions.leastSquares.evaluate(wild, residuals.slice(), null)).toBe(false)
    problem.field.parameters.set(wild.subarray(0, p))
    const [a, theta] = [new Float64Array(n), new Float64Array(p)]
    const result = failing.gradient(windows[0], Float64Array.of(1, 1), null, a, null, theta)
    expect(result).toMatchObject({ loss: Infinity, failure: expect.stringContaining('50 steps') })
    expect([...a, ...theta].every(value => value === 0)).toBe(true)
    expect(failing.states(windows[0], Float64Array.of(1, 1))).toBeNull()
    expect(failing.loss(windows[0], Float64Array.of(1, 1))).toBe(Infinity)
  })

  it('has the same bits on several threads', async () => {
    const three = createTeam({ threads: 3 })
    const many = createWindowTeam(problem, shooting, windows, three)
    const one = createWindowTeam(problem, shooting, windows, team)
    many.losses(x)
    await new Promise(resolve => setTimeout(resolve, 500)) // until they have come up
    const results = [one, many].map(({ losses, objective, leastSquares }) => {
      const g = new Float64Array(size)
      const [r, J] = [new Float64Array(residualCount), new Float64Array(residualCount * size)]
      return [losses(x).slice(), objective.evaluate(x, g), g, leastSquares.evaluate(x, r, J), r, J]
    })
    three.close()
    expect(results[1]).toEqual(results[0])
  })

  it('has the gradient of some windows alone, and leaves the others', () => {
    const functions = createWindowTeam(problem, shooting, windows, team)
    const part = new Float64Array(size).fill(7)
    const which = [1, 4]
    functions.gradient(x, which, part)
    const expected = new Float64Array(size).fill(7)
    const theta = expected.subarray(0, p).fill(0)
    for (const k of which) {
      expected.fill(0, p + k * n, p + (k + 1) * n)
      const { next } = windows[k]
      if (next >= 0) expected.fill(0, p + next * n, p + (next + 1) * n)
    }
    const z = (array: Float64Array, k: number) => array.subarray(p + k * n, p + (k + 1) * n)
    problem.field.parameters.set(x.subarray(0, p))
    for (const k of which) {
      const { next } = windows[k]
      const [nextState, nextGradient] = next < 0 ? [null, null] : [z(x, next), z(expected, next)]
      shooting.gradient(windows[k], z(x, k), nextState, z(expected, k), nextGradient, theta)
    }
    expect(distance([part], [expected])).toBeLessThan(1e-14)
  })
})
