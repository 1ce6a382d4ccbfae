import { describe, expect, it } from 'vitest'
import { uniform } from '../../compiler/testing/numbers.ts'
import { judgeSimulation } from '../judgeSimulation.ts'
import { parseScene } from '../scene/index.ts'
import { simulate } from '../simulate.ts'
import { parsed } from '../testing/parsed.ts'
import { compileSystem } from './problem.ts'

const random = uniform(9)
const close = (actual: ArrayLike<number>, expected: readonly number[]) =>
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i] - value)).toBeLessThan(1e-14 * Math.max(1, ...expected.map(Math.abs)))
  })

describe('equations', () => {
  it('are what they say: van der Pol with a time-dependent force', async () => {
    const { field, model } = await compileSystem(
      parsed(
        '{type: equations, parameters: {mu: 5}, state: {x: 2, v: 0}, derivatives: {x: v, v: mu*(1 - x^2)*v - x + sin(t)}}',
      ),
      false,
    )
    expect(model.start).toEqual(Float64Array.of(2, 0))
    expect(field.names).toEqual(['x', 'v'])
    const rate = new Float64Array(2)
    for (let k = 0; k < 10; k++) {
      const [t, x, v] = [random(), 3 * random(), 3 * random()]
      field.evaluate(t, Float64Array.of(x, v), rate)
      close(rate, [v, 5 * (1 - x * x) * v - x + Math.sin(t)])
    }
  })

  it('with a mass matrix are solved: A·dy/dt = f by Cramer’s rule, A not symmetric', async () => {
    const { field } = await compileSystem(
      parsed(
        '{type: equations, parameters: {c: 0.5}, state: {x: 1, v: 2}, derivatives: {x: v, v: -x}, mass: {x: {v: c*x}, v: {x: t, v: 1 + x^2}}}',
      ),
      false,
    )
    const rate = new Float64Array(2)
    for (let k = 0; k < 10; k++) {
      const [t, x, v] = [random(), random(), random()]
      const [b, c, d] = [0.5 * x, t, 1 + x * x]
      field.evaluate(t, Float64Array.of(x, v), rate)
      const determinant = d - b * c
      close(rate, [(d * v + b * x) / determinant, (-x - c * v) / determinant])
    }
  })

  it('without entries in `mass` for a row have the identity’s', async () => {
    const { field } = await compileSystem(
      parsed('{type: equations, state: {x: 1, v: 2}, derivatives: {x: v, v: -x}, mass: {v: {v: 4}}}'),
      false,
    )
    const rate = new Float64Array(2)
    field.evaluate(0, Float64Array.of(1, 2), rate)
    close(rate, [2, -0.25])
  })

  it('have the energy and the observations of their formulas, over states, parameters and time', async () => {
    const { energy, observation, observationNames } = await compileSystem(
      parsed(
        '{type: equations, parameters: {k: 3}, state: {x: 1, v: 0}, derivatives: {x: v, v: -k*x}, energy: 0.5*(v^2 + k*x^2)}',
        'data: {simulate: {}, observe: {w: t + k*v, z: s*x}}\nlearn: {parameters: {s: {start: 7}}}',
      ),
      false,
    )
    const value = new Float64Array(1)
    energy!.evaluate(0, Float64Array.of(2, 4), value)
    expect(value[0]).toBe(14)
    const observed = new Float64Array(2)
    observation.evaluate(10, Float64Array.of(2, 4), observed)
    expect(observationNames).toEqual(['w', 'z'])
    expect([...observed]).toEqual([22, 14])
  })
})

describe('the chemistry of Robertson', () => {
  const text = (method: string, third: string, mass = '') => `version: 1
name: rober
system:
  type: equations
  parameters: {k1: 0.04, k2: 3.0e+7, k3: 1.0e+4}
  state: {a: 1, b: 0, c: 0}
  definitions: {r1: k1*a, r2: k2*b^2, r3: k3*b*c, slow: r1 - r3}
  derivatives: {a: -slow, b: slow - r2, c: ${third}}
  ${mass}
solver: {method: ${method}, span: [0, 40], rtol: 1.0e-8, atol: 1.0e-12}
reference: {state: {a: 0.715827068719405, b: 9.185534764557764e-06, c: 0.28416374574583037}, source: quadruple precision}
criteria: [{metric: end_error, below: 10}]`

  it.each([
    ['an equation', text('kvaerno5', 'r2')],
    ['a constraint', text('kvaerno5', 'a + b + c - 1', 'mass: {c: {c: 0}}')],
  ])('comes to the published digits with %s for the third substance', async (_name, scene) => {
    const parsed = parseScene(scene, 'rober.yaml')
    const system = await compileSystem(parsed, false)
    const [verdict] = judgeSimulation(parsed, system, simulate(parsed, system))
    expect(verdict).toMatchObject({ metric: 'end_error', met: true })
    expect(verdict.value).toBeGreaterThan(0)
  })

  it('is solved for the derivatives where the method is explicit: a singular matrix is then a failure', async () => {
    const parsed = parseScene(text('tsit5', 'a + b + c - 1', 'mass: {c: {c: 0}}'), 'rober.yaml')
    const system = await compileSystem(parsed, false)
    expect(() => simulate(parsed, system)).toThrow(/singular.*at t = 0/s)
  })
})
