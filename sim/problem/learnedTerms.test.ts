import { describe, expect, it } from 'vitest'
import { complexStep } from '../../compiler/testing/complexStep.ts'
import { uniform } from '../../compiler/testing/numbers.ts'
import { loadScene } from '../scene/index.ts'
import { parsed } from '../testing/parsed.ts'
import { compileSystem } from './problem.ts'

const random = uniform(23)
const network = (inputs: string) => `network: {inputs: [${inputs}], hidden: [5]}`
const mechanics =
  '{type: lagrangian, parameters: {m: 2, c: 0.3}, coordinates: {q: {start: 1}, r: {start: -1}}, ' +
  'kinetic: 0.5*m*(q_dot^2 + r_dot^2), potential: cos(q) + r^2, dissipation: 0.5*c*q_dot^2, forces: {q: sin(t)}}'
const equations = '{type: equations, parameters: {k: 3}, state: {x: 1, v: 2}, derivatives: {x: v, v: -k*x}}'

const everything = `learn:
  parameters: {c: {start: 0.5, positive: true}, m: {min: 1, max: 4}, s: {start: 1}}
  mass_matrix: {floor: 0.5, ${network('cos(q), r')}}
  potential: {${network('q, r*s')}}
  dissipation: {${network('q_dot, r_dot, c')}}
  forces: {r: {${network('t, q, q_dot')}}}
data: {simulate: {}, observe: {w: s*q_dot*m}}`

/** dy/dt at (t, y). */
async function rates(system: string, learn: string, t: number, y: readonly number[], seed = 0) {
  const { field } = await compileSystem(parsed(system, learn), true, seed)
  const dydt = new Float64Array(y.length)
  field.evaluate(t, Float64Array.from(y), dydt)
  return { field, dydt: [...dydt] }
}

describe('what is learned', () => {
  it('is θ: physical parameters, then networks, by name', async () => {
    const { field, model } = await compileSystem(parsed(mechanics, everything), true)
    const layers = ['0.kernel', '0.bias', '1.kernel', '1.bias']
    expect(field.blocks.map(({ name }) => name)).toEqual([
      ...['c', 'm', 's'],
      ...['mass_matrix', 'potential', 'dissipation', 'forces.r'].flatMap(term =>
        layers.map(l => `${term}.${l}`),
      ),
    ])
    expect(model.scalars.map(({ name }) => name)).toEqual(['c', 'm', 's'])
    const weights = (inputs: number, outputs: number) => (inputs + 1) * 5 + (5 + 1) * outputs
    expect(field.parameterCount).toBe(3 + weights(2, 3) + weights(2, 1) + weights(3, 1) + weights(3, 1))
    expect(model.scalars.map(({ value }, k) => value(field.parameters[k]))).toEqual([
      expect.closeTo(0.5, 14),
      expect.closeTo(2, 14),
      1,
    ])
  })

  it.each([
    ['all terms of a lagrangian system', mechanics, everything],
    [
      'derivatives and parameters of equations',
      equations,
      `learn: {parameters: [k], derivatives: {v: {${network('x, v, t, k')}}}}`,
    ],
  ])('has the gradient of complex step: %s', async (_name, system, learn) => {
    const { field, energy, observation } = await compileSystem(parsed(system, learn), true, 3)
    const n = field.dimension
    for (const f of [field, observation, ...(energy ? [energy] : [])]) {
      const size = f === field ? n : (f as typeof observation).size
      const [t, y] = [0.7, Float64Array.from({ length: n }, random)]
      const [tangentY, tangentTheta, cotangent] = [n, field.parameterCount, size].map(length =>
        Float64Array.from({ length }, random),
      )
      const parts = (theta: Float64Array) =>
        field.blocks.map(({ offset, size }) => theta.slice(offset, offset + size))
      const [expected] = complexStep(
        f.graph,
        [Float64Array.of(t), y, ...parts(field.parameters)],
        [Float64Array.of(0), tangentY, ...parts(tangentTheta)],
      )
      const forward = new Float64Array(size)
      f.jvp(t, y, tangentY, tangentTheta, forward)
      const [gradY, gradTheta] = [new Float64Array(n), new Float64Array(field.parameterCount)]
      f.vjp(t, y, cotangent, gradY, gradTheta)
      const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0)
      const scale = Math.max(1, ...expected.map(Math.abs))
      expected.forEach((value, i) => {
        expect(Math.abs(forward[i] - value) / scale).toBeLessThan(1e-11)
      })
      const reverse = dot(gradY, tangentY) + dot(gradTheta, tangentTheta)
      expect(Math.abs(reverse - dot(cotangent, expected)) / scale).toBeLessThan(1e-11)
    }
  })

  it('takes the place of its formula, which then plays no part', async () => {
    const y = [0.3, -0.4, 0.5, 0.6]
    const changes: [string, string, string][] = [
      [`potential: {${network('q')}}`, 'cos(q) + r^2', '17*q*r'],
      [`dissipation: {${network('q_dot')}}`, '0.5*c*q_dot^2', '7*r_dot^2'],
      [`forces: {q: {${network('q')}}}`, 'sin(t)', '9'],
      [`mass_matrix: {${network('q')}}`, '0.5*m*(q_dot^2 + r_dot^2)', '7*q_dot^2 + r_dot^2'],
    ]
    for (const [term, formula, other] of changes) {
      const learned = await rates(mechanics, `learn: {${term}}`, 1, y)
      const replaced = await rates(mechanics.replace(formula, other), `learn: {${term}}`, 1, y)
      const without = await rates(mechanics, '', 1, y)
      expect(replaced.dydt).toEqual(learned.dydt)
      expect(without.dydt).not.toEqual(learned.dydt)
    }
    const learn = `learn: {derivatives: {v: {${network('x')}}}}`
    const learned = await rates(equations, learn, 0, [1, 2])
    expect((await rates(equations.replace('-k*x', 'x^3'), learn, 0, [1, 2])).dydt).toEqual(learned.dydt)
    expect(learned.dydt[0]).toBe(2)
  })

  it('a force or a dissipation may be learned where the system has none', async () => {
    const bare = mechanics.replace(/, dissipation.*$/, '}')
    const y = [0.3, -0.4, 0.5, 0.6]
    const none = await rates(bare, '', 1, y)
    const force = await rates(bare, `learn: {forces: {r: {${network('q')}}}}`, 1, y)
    const friction = await rates(bare, `learn: {dissipation: {${network('r_dot')}}}`, 1, y)
    for (const { dydt } of [force, friction]) {
      expect(dydt.slice(0, 3)).toEqual(none.dydt.slice(0, 3))
      expect(dydt[3]).not.toBe(none.dydt[3])
    }
  })

  it('a learned potential acts by its gradient, a learned dissipation by its gradient in the rates', async () => {
    // networks without hidden layers are linear: weights w give the force −w/m
    const linear = (inputs: string) => `network: {inputs: [${inputs}], hidden: []}`
    const free =
      '{type: lagrangian, parameters: {m: 2}, coordinates: {q: {}}, kinetic: 0.5*m*q_dot^2, potential: 0*q}'
    for (const term of [`potential: {${linear('q')}}`, `dissipation: {${linear('q_dot')}}`]) {
      const { field, dydt } = await rates(free, `learn: {${term}}`, 0, [0.3, 0.4])
      expect(dydt[1]).toBeCloseTo(-field.parameters[0] / 2, 15)
    }
    const { field, dydt } = await rates(free, `learn: {forces: {q: {${linear('q')}}}}`, 0, [0.3, 0.4])
    expect(dydt[1]).toBeCloseTo((0.3 * field.parameters[0]) / 2, 15)
  })

  it('begins from the seed', async () => {
    const scene = parsed(mechanics, everything)
    const [a, b, c] = await Promise.all([1, 1, 2].map(seed => compileSystem(scene, true, seed)))
    expect(a.field.parameters).toEqual(b.field.parameters)
    expect(a.field.parameters).not.toEqual(c.field.parameters)
  })
})

describe('the ground truth', () => {
  it.each(['double-pendulum', 'real-pendulum', 'variable-inertia'])(
    'does not depend on `learn`: %s',
    async name => {
      const scene = loadScene(name)
      const { learn: _, data: _data, ...without } = scene
      const [a, b] = await Promise.all([scene, without].map(s => compileSystem(s, false)))
      expect(a.field.parameterCount).toBe(0)
      const n = a.field.dimension
      const y = Float64Array.from({ length: n }, random)
      const [first, second] = [new Float64Array(n), new Float64Array(n)]
      a.field.evaluate(0.3, y, first)
      b.field.evaluate(0.3, y, second)
      expect(first).toEqual(second)
    },
  )

  it('has the system’s parameters, not the first guesses of those to be learned', async () => {
    const learn = 'learn: {parameters: {k: {start: 1}}}'
    const { field } = await compileSystem(parsed(equations, learn), false)
    const rate = new Float64Array(2)
    field.evaluate(0, Float64Array.of(1, 2), rate)
    expect(rate[1]).toBe(-3)
    expect((await rates(equations, learn, 0, [1, 2])).dydt[1]).toBe(-1)
  })
})
