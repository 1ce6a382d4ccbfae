import { describe, expect, it } from 'vitest'
import { complex } from '../../solvers/adjoint/testing/complexReplay.ts'
import { parseScene } from '../scene/index.ts'
import { along, simulate, trajectoryOf } from '../simulate.ts'
import { complexField } from '../testing/complexField.ts'
import { parsed } from '../testing/parsed.ts'
import { compileSystem } from './problem.ts'

const precise = '{method: dop853, span: [0, 2], rtol: 1.0e-12, atol: 1.0e-13}'
const scene = (system: string, solver = precise, more = '') =>
  parseScene(`{version: 1, name: test, system: ${system}, solver: ${solver}${more}}`, 'test.yaml')

const pendulum = `{type: rigid-bodies, parameters: {m1: 1, m2: 0.8, l1: 1, l2: 0.8},
  bodies: {
    upper: {joints: {a: {start: 2.1}}, inertial: {mass: m1, pos: [0, -l1, 0]}},
    lower: {parent: upper, pos: [0, -l1, 0], joints: {b: {start: -2.45}}, inertial: {mass: m2, pos: [0, -l2, 0]}}},
  sites: {tip: {body: lower, pos: [0, -l2, 0]}}}`

describe('a scene of rigid bodies', () => {
  it('a double pendulum moves as the lagrangian one does, whose second angle is the sum of the joints’', async () => {
    const bodies = scene(pendulum)
    const energies = scene(
      `{type: lagrangian, parameters: {m1: 1, m2: 0.8, l1: 1, l2: 0.8, g: 9.81},
        coordinates: {a: {start: 2.1}, b: {start: -0.35}},
        kinetic: 0.5*(m1+m2)*l1^2*a_dot^2 + 0.5*m2*l2^2*b_dot^2 + m2*l1*l2*a_dot*b_dot*cos(a-b),
        potential: -(m1+m2)*g*l1*cos(a) - m2*g*l2*cos(b)}`,
    )
    const [system, expected] = [await compileSystem(bodies, false), await compileSystem(energies, false)]
    expect(system.field.names).toEqual(['a', 'b', 'a_dot', 'b_dot'])
    const [own, theirs] = [simulate(bodies, system), simulate(energies, expected)]
    own.t.forEach((_, k) => {
      const [a, b, u, v] = own.y.subarray(4 * k, 4 * k + 4)
      ;[a, a + b, u, u + v].forEach((value, i) => {
        expect(Math.abs(value - theirs.y[4 * k + i])).toBeLessThan(1e-9)
      })
    })
    const energy = along(system.energy!, own.t, own.y)
    for (const e of energy) expect(Math.abs(e - energy[0])).toBeLessThan(1e-9)
    expect(Math.abs(energy[0] - along(expected.energy!, theirs.t, theirs.y)[0])).toBeLessThan(1e-12)
  })

  it('its bodies and sites are drawn where they are, turned as they are', async () => {
    const bodies = scene(pendulum)
    const system = await compileSystem(bodies, false)
    const solution = simulate(bodies, system)
    const { series, meta } = trajectoryOf(bodies, system, solution)
    const [a, b] = solution.y.slice(-4)
    const last = (name: string, count: number) => [...series[name].data.slice(-count)]
    const elbow = [Math.sin(a), -Math.cos(a), 0]
    const tip = [elbow[0] + 0.8 * Math.sin(a + b), elbow[1] - 0.8 * Math.cos(a + b), 0]
    last('point:lower', 3).forEach((x, i) => {
      expect(Math.abs(x - elbow[i])).toBeLessThan(1e-14)
    })
    last('point:tip', 3).forEach((x, i) => {
      expect(Math.abs(x - tip[i])).toBeLessThan(1e-14)
    })
    const half = (a + b) / 2
    last('quaternion:lower', 4).forEach((x, i) => {
      expect(Math.abs(x - [Math.cos(half), 0, 0, Math.sin(half)][i])).toBeLessThan(1e-14)
    })
    expect(meta.viewer?.rods).toEqual([
      ['world', 'upper'],
      ['upper', 'lower'],
      ['lower', 'tip'],
    ])
    expect(meta.units).toMatchObject({ a: 'rad', a_dot: 'rad/s' })
  })

  it('springs, friction, motors and rotors act on a joint: (m + J)·ẍ = F − kx − cẋ − μ·tanh(ẋ/v) − mg', async () => {
    const slider = scene(
      `{type: rigid-bodies, parameters: {k: 30, c: 0.4, mu: 0.7, F: 2}, friction_speed: 0.05,
        bodies: {cart: {joints: {x: {type: slide, axis: [0, 2, 0], damping: c, frictionloss: mu, armature: 0.5, stiffness: k, springref: 0.1}},
          inertial: {mass: 1.5}}},
        forces: {x: F*sin(t)*x_dot}}`,
    )
    const { field } = await compileSystem(slider, false)
    const rates = new Float64Array(2)
    field.evaluate(0.9, Float64Array.of(0.3, 0.04), rates)
    const force = 2 * Math.sin(0.9) * 0.04 - 30 * 0.2 - 0.4 * 0.04 - 0.7 * Math.tanh(0.8) - 1.5 * 9.81
    expect(rates[0]).toBe(0.04)
    expect(Math.abs(rates[1] - force / 2)).toBeLessThan(1e-14)
  })

  it('a top turns about its axis as Euler’s equations say', async () => {
    // Three hinges through the centre of mass; spin about the body’s axes is ω, without torque: I·ω̇ = −ω × Iω.
    const top = scene(
      `{type: rigid-bodies, gravity: [0, 0, 0], bodies: {top: {
        joints: {a: {axis: [1, 0, 0], start: 0.3, rate: 0.5}, b: {axis: [0, 1, 0], start: 0.2, rate: -0.4}, c: {start: 0.1, rate: 1.5}},
        inertial: {mass: 2, diaginertia: [1, 2, 2.5]}}}}`,
    )
    const system = await compileSystem(top, false)
    const { t, y } = simulate(top, system)
    const moments = [1, 2, 2.5]
    /** |Iω|, constant in space: with R = Rx(a)·Ry(b)·Rz(c), ω = RzᵀRyᵀ·(ȧ, 0, 0) + Rzᵀ·(0, ḃ, 0) + (0, 0, ċ). */
    const length = (k: number) => {
      const [, b, c, u, v, w] = y.subarray(6 * k, 6 * k + 6)
      const [sb, cb, sc, cc] = [Math.sin(b), Math.cos(b), Math.sin(c), Math.cos(c)]
      const omega = [cb * cc * u + sc * v, -cb * sc * u + cc * v, sb * u + w]
      return Math.hypot(...omega.map((x, i) => moments[i] * x))
    }
    t.forEach((_, k) => {
      expect(Math.abs(length(k) - length(0))).toBeLessThan(1e-10)
    })
  })

  it('inertias by moments about turned axes, or in full, are the same', async () => {
    const [c, s] = [Math.cos(0.35), Math.sin(0.35)] // half of 0.7 rad about z
    const [C, S] = [Math.cos(0.7), Math.sin(0.7)]
    const body = (inertia: string) =>
      scene(
        `{type: rigid-bodies, bodies: {b: {joints: {a: {axis: [1, 0, 0]}}, inertial: {mass: 1, ${inertia}}}}}`,
      )
    const mass = async (inertia: string) => {
      const { massMatrix } = await compileSystem(body(inertia), false)
      return along(massMatrix!, Float64Array.of(0), new Float64Array(2))[0]
    }
    const full = [C * C + 2 * S * S, S * S + 2 * C * C, 2.5, -C * S, 0, 0]
    const turned = await mass(`quat: [${c}, 0, 0, ${s}], diaginertia: [1, 2, 2.5]`)
    expect(turned).toBeCloseTo(C * C + 2 * S * S, 14)
    expect(await mass(`fullinertia: [${full}]`)).toBeCloseTo(turned, 14)
  })

  it('coordinates of bodies and sites can be observed', async () => {
    const observed = scene(pendulum, precise, ', data: {simulate: {}, observe: {height: tip.y, a: a}}')
    const { observation } = await compileSystem(observed, false)
    const value = along(observation, Float64Array.of(0), Float64Array.of(0.4, 0.5, 0, 0))
    expect(value[0]).toBeCloseTo(-Math.cos(0.4) - 0.8 * Math.cos(0.9), 14)
    expect(value[1]).toBe(0.4)
  })

  it('a learned force takes the place of a motor, beside everything else', async () => {
    // A network without hidden layers is linear: weight w and bias c give the torque w·a + c on a mass of 2 at 1 m.
    const learned = scene(
      `{type: rigid-bodies, bodies: {b: {joints: {a: {damping: 0.3}}, inertial: {mass: 2, pos: [0, -1, 0]}}}, forces: {a: 100}}`,
      precise,
      ', learn: {forces: {a: {network: {inputs: [a], hidden: []}}}}',
    )
    const { field } = await compileSystem(learned, true)
    const [weight, bias] = [0.7, -0.2]
    field.parameters.set([weight, bias])
    const rates = new Float64Array(2)
    field.evaluate(0, Float64Array.of(0.4, 0.5), rates)
    const torque = weight * 0.4 + bias - 0.3 * 0.5 - 2 * 9.81 * Math.sin(0.4)
    expect(Math.abs(rates[1] - torque / 2)).toBeLessThan(1e-14)
  })

  it('masses, lengths and friction are found from motion: the gradient is the complex step’s', async () => {
    const arm = pendulum
      .replace('mass: m2', 'mass: m2, diaginertia: [0, 0, 0.01]')
      .replace('b: {start: -2.45}', 'b: {start: -2.45, damping: 0.1, frictionloss: m1/10}')
    const learned = scene(arm, precise, ', learn: {parameters: [m1, m2, l1, l2]}')
    const { field } = await compileSystem(learned, true)
    const y = Float64Array.of(0.4, 0.5, -0.3, 0.02)
    const cotangent = Float64Array.of(0.3, -0.2, 0.7, 0.5)
    const [gradY, gradTheta] = [new Float64Array(4), new Float64Array(4)]
    field.vjp(0, y, cotangent, gradY, gradTheta)
    const rates = complexField(field)
    const theta = [...field.parameters]
    const step = 1e-30
    theta.forEach((_, k) => {
      const moved = theta.map((value, i) => complex(value, i === k ? step : 0))
      const change = rates(
        0,
        Array.from(y, value => complex(value)),
        moved,
      )
      const slope = change.reduce((sum, { im }, i) => sum + (cotangent[i] * im) / step, 0)
      expect(Math.abs(slope - gradTheta[k])).toBeLessThan(1e-12 * Math.max(1, Math.abs(slope)))
    })
  })

  it('mistakes are named: trees, names, joints, formulas', () => {
    const mistakes =
      (bodies: string, more = '') =>
      () =>
        parsed(`{type: rigid-bodies, parameters: {m: 1}, bodies: ${bodies}${more}}`)
    const swing = 'joints: {a: {}}, inertial: {mass: m}'
    expect(mistakes(`{b: {parent: c, ${swing}}}`)).toThrow(/bodies\.b\.parent: no body "c"/)
    expect(mistakes(`{b: {parent: c, ${swing}}, c: {parent: b}}`)).toThrow(/"b" hangs on itself/)
    expect(mistakes(`{b: {${swing}}, c: {joints: {a: {}, m: {axis: [0, 0, 0]}}}}`)).toThrow(
      /joints\.a: "a" is a joint already[\s\S]*joints\.m: "m" is a parameter already[\s\S]*an axis needs a direction/,
    )
    expect(mistakes(`{b: {${swing}}}`, ', sites: {b: {body: d}}, forces: {b: q}')).toThrow(
      /sites\.b: "b" is a body already[\s\S]*no body "d"[\s\S]*forces\.b: no joint "b"[\s\S]*unknown name "q"/,
    )
    expect(mistakes('{b: {inertial: {mass: 1}}}')).toThrow(/at least one body with a joint/)
    expect(mistakes('{b: {joints: {a: {type: ball}}}}')).toThrow(/no type "ball"/)
  })
})
