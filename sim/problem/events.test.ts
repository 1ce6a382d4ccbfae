import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adjoint, tangent } from '../../solvers/adjoint/index.ts'
import { odeint } from '../../solvers/ode/index.ts'
import { parseScene } from '../scene/index.ts'
import { simulate, solverOptions, trajectoryOf } from '../simulate.ts'
import { trainScene } from '../train.ts'
import { compileSystem } from './problem.ts'

const scene = (events: string, rest = '') =>
  parseScene(
    `
version: 1
name: ball
system:
  type: equations
  parameters: {g: 9.5, bounce: 0.75, rise: 0.3}
  state: {y: 1.1, v: 0.4}
  derivatives: {y: v, v: -g}
events:
  ${events}
learn: {parameters: {g: {}, bounce: {}, rise: {}}}
solver: {method: tsit5, span: [0, 1], rtol: 1.0e-10, atol: 1.0e-12}
${rest}`,
    'ball.yaml',
  )

/** After one bounce on a floor that rises as rise·t: all is quadratic in time. */
function closedForm([y0, v0, g, bounce, rise]: readonly number[], T: number) {
  const relative = v0 - rise
  const t = (relative + Math.sqrt(relative * relative + 2 * g * y0)) / g
  const after = rise - bounce * (v0 - g * t - rise)
  const s = T - t
  return [rise * t + after * s - (g * s * s) / 2, after - g * s, t]
}

const floor = 'floor: {when: y - rise*t, direction: falling, apply: {v: rise - bounce*(v - rise)}}'

describe('events of a scene', () => {
  it('happen when the closed form says, and are named in the trajectory', async () => {
    const ball = scene(floor)
    const system = await compileSystem(ball, false)
    const solution = simulate(ball, system)
    const [y, v, time] = closedForm([1.1, 0.4, 9.5, 0.75, 0.3], 1)
    expect(solution.y.at(-2)).toBeCloseTo(y, 10)
    expect(solution.y.at(-1)).toBeCloseTo(v, 10)
    const { events } = trajectoryOf(ball, system, solution).meta
    expect(events).toEqual([{ name: 'floor', t: expect.closeTo(time, 10) }])
  })

  it('are differentiated, by the start and the parameters of both formulas, time included: adjoint and tangent', async () => {
    const ball = scene(floor)
    const { field, events } = await compileSystem(ball, true)
    const at = [1.1, 0.4, 9.5, 0.75, 0.3]
    const solution = odeint(field, Float64Array.of(1.1, 0.4), [0, 1], { ...solverOptions(ball), events })
    expect(solution.events).toHaveLength(1)
    const weights = [0.7, -0.3]
    const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(3)]
    adjoint(field, solution, Float64Array.of(0, 0, ...weights), gradY0, gradTheta)
    const gradient = [...gradY0, ...gradTheta]
    at.forEach((value, k) => {
      const step = 1e-6 * value
      const moved = (sign: number) => closedForm(at.with(k, value + sign * step), 1)
      const expected = weights.reduce((sum, w, i) => sum + w * (moved(1)[i] - moved(-1)[i]), 0) / (2 * step)
      expect(gradient[k]).toBeCloseTo(expected, 6)
      const unit = Float64Array.from(at, (_, i) => Number(i === k))
      const dy = tangent(field, solution, unit.slice(0, 2), unit.slice(2))
      expect(weights[0] * dy[2] + weights[1] * dy[3]).toBeCloseTo(gradient[k], 11)
    })
  })

  it('may end the simulation', async () => {
    const ball = scene('top: {when: v, direction: falling, terminal: true}')
    const solution = simulate(ball, await compileSystem(ball, false))
    expect(solution.events).toMatchObject([{ t: expect.closeTo(0.4 / 9.5, 10) }])
    expect(solution.t.at(-1)).toBeCloseTo(0.042, 10)
  })

  it('train to the same bits on one thread and on two', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'neurode-events-'))
    const rest = `data: {simulate: {trajectories: 4, vary: {y: [0.8, 1.2]}, noise: 1.0e-3}, split: [1, 0, 0]}
training: {optimizer: {type: levenberg-marquardt}, epochs: 8}`
    const text = rest
    const results = await Promise.all(
      [1, 2].map(async threads => {
        const trained = await trainScene(scene(floor, rest), {
          text,
          out: join(folder, `${threads}`),
          threads,
        })
        return [...trained.system.field.parameters]
      }),
    )
    rmSync(folder, { recursive: true })
    expect(results[1]).toEqual(results[0])
    expect(results[0][1]).toBeCloseTo(0.75, 1)
  })

  it('are checked: names, states that jump, ends of trajectories that data go beyond', () => {
    expect(() => scene('floor: {when: hight, apply: {w: -v}}')).toThrow(
      /events\.floor\.when: unknown name "hight"[\s\S]*events\.floor\.apply\.w: no state "w"/,
    )
    expect(() => scene('top: {when: v, terminal: true}', 'training: {epochs: 1}')).toThrow(
      /leave it out for training/,
    )
  })
})
