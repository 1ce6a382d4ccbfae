import { describe, expect, it } from 'vitest'
import { methodNames, symplectic } from '../methods/index.ts'
import { odeint } from '../odeint.ts'
import { fieldOf } from '../testing/problems.ts'
import { density, elementaryWeightsOf, treesOfSize } from '../testing/rootedTrees.ts'
import { compositions } from './composition.ts'
import { gaussMethods } from './gauss.ts'

type Name = keyof typeof symplectic
const names = Object.keys(symplectic) as Name[]
const orders: Record<Name, number> = {
  leapfrog: 2,
  yoshida4: 4,
  yoshida6: 6,
  implicitMidpoint: 2,
  gauss4: 4,
  gauss6: 6,
}

/** Two oscillators, one of them stiffening, coupled: H = (p·p + q·q)/2 + q₀⁴/4 + q₀·q₁²/5; state [q, p]. */
const oscillators = fieldOf(4, [], (_t, y, _theta, dydt) => {
  const q0 = y[0]
  const q1 = y[1]
  dydt[0] = y[2]
  dydt[1] = y[3]
  dydt[2] = -q0 - q0 * q0 * q0 - (q1 * q1) / 5
  dydt[3] = -q1 - (2 / 5) * q0 * q1
})
const energy = ([q0, q1, p0, p1]: ArrayLike<number> & Iterable<number>) =>
  (p0 * p0 + p1 * p1 + q0 * q0 + q1 * q1) / 2 + q0 ** 4 / 4 + (q0 * q1 * q1) / 5
const y0 = [0.3, 0.5, 0.2, -0.1]

/** One oscillator that stiffens: H = p²/2 + q²/2 + q⁴/4. */
const duffing = fieldOf(2, [], (_t, y, _theta, dydt) => {
  const q = y[0]
  dydt[0] = y[1]
  dydt[1] = -q - q * q * q
})
const duffingEnergy = ([q, p]: ArrayLike<number> & Iterable<number>) => (p * p + q * q) / 2 + q ** 4 / 4

/** The pendulum with a momentum that is no velocity, driven in time: q̇ = p/2, ṗ = −sin q + cos(t)/3. */
const driven = fieldOf(2, [], (t, [q, p], _theta, dydt) => {
  dydt[0] = p / 2
  dydt[1] = -Math.sin(q) + Math.cos(t) / 3
})

it.each(Object.values(gaussMethods))('$name satisfies the conditions of its order', ({ a, b, order }) => {
  const phi = elementaryWeightsOf(a)
  const defect = (tree: Parameters<typeof phi>[0]) =>
    Math.abs(phi(tree).reduce((sum, value, i) => sum + b[i] * value, 0) - 1 / density(tree))
  for (let size = 1; size <= order; size++)
    for (const tree of treesOfSize(size)) expect(defect(tree)).toBeLessThan(1e-15)
  expect(Math.max(...treesOfSize(order + 1).map(defect))).toBeGreaterThan(1e-5)
})

it.each(Object.values(compositions))(
  '$name: substeps are symmetric, add up, and cancel odd powers',
  method => {
    const w: readonly number[] = method.substeps
    const power = (e: number) => w.reduce((sum, value) => sum + value ** e, 0)
    expect(Array.from(w).reverse()).toEqual(w)
    expect(power(1)).toBeCloseTo(1, 15)
    for (let e = 3; e < method.order; e += 2) expect(Math.abs(power(e))).toBeLessThan(1e-14)
  },
)

describe.each(names)('%s', method => {
  const order = orders[method]
  it.each([
    ['an autonomous system', oscillators, y0],
    ['a driven pendulum whose momentum is no velocity', driven, [0.4, 0.3]],
  ] as const)('is of its order for %s', (_name, field, start) => {
    const exact = odeint(field, start, [0, 3], { method: 'vern9', rtol: 1e-14, atol: 1e-14 }).y
    const n = start.length
    const error = (fixedStep: number) => {
      const { y } = odeint(field, start, [0, 3], { method, fixedStep })
      return Math.hypot(...y.subarray(n).map((value, m) => value - exact[n + m]))
    }
    const observed = Math.log2(error(1 / 8) / error(1 / 16))
    expect(observed).toBeGreaterThan(order - 0.35)
    expect(observed).toBeLessThan(order + 0.7)
  })
  it('has dense output of order 3 that joins with one derivative', () => {
    const error = (fixedStep: number) => {
      const { at, steps } = odeint(driven, [0.4, 0.3], [0, fixedStep], { method, fixedStep })
      const [start, end] = [steps.y.slice(0, 2), steps.y.slice(2, 4)]
      // of Hermite's cubic alone: against a chord of the solution through the middle
      const exact = odeint(driven, start, [0, fixedStep / 2], { method: 'vern9', rtol: 1e-14, atol: 1e-14 })
      expect(Array.from(at(fixedStep))).toEqual(Array.from(end))
      return Math.hypot(at(fixedStep / 2)[0] - exact.y[2], at(fixedStep / 2)[1] - exact.y[3])
    }
    expect(Math.log2(error(1 / 4) / error(1 / 8))).toBeGreaterThan(Math.min(3.7, order + 0.6))
  })
  it('is reversible: it finds back to rounding', () => {
    const options = { method, fixedStep: 0.1 }
    const there = odeint(oscillators, y0, [0, 50], options).y.subarray(4)
    const back = odeint(oscillators, there, [50, 0], options).y.subarray(4)
    back.forEach((value, m) => {
      expect(Math.abs(value - y0[m])).toBeLessThan(1e-12)
    })
  })
  it('keeps the energy over 100 000 periods', () => {
    const period = 2 * Math.PI
    const fixedStep = order === 2 ? period / 16 : method.startsWith('yoshida') ? period / 8 : period / 5
    let worst = 0
    let late = 0
    const end = 1e5 * period
    const last = { y: [0.5, 0.2] as ArrayLike<number>, t: 0 }
    const drift = () => Math.abs(duffingEnergy(Array.from(last.y)) - duffingEnergy([0.5, 0.2]))
    const stretch = 1e3 * period
    for (let i = 0; i < 100; i++) {
      const options = { method, fixedStep, keepSteps: false, maxSteps: 1e6 }
      const span = Array.from({ length: 11 }, (_, j) => last.t + (stretch * j) / 10)
      const { y, t } = odeint(duffing, last.y, span, options)
      last.y = y.slice(-2)
      last.t = t[t.length - 1]
      for (let j = 1; j < 11; j++) {
        last.y = y.slice(2 * j, 2 * j + 2)
        if (i < 10) worst = Math.max(worst, drift())
        else late = Math.max(late, drift())
      }
    }
    expect(last.t).toBeCloseTo(end, 3)
    expect(worst).toBeLessThan(0.02)
    expect(late).toBeLessThan(1.5 * worst) // nothing accumulates
  })
})

it('classical Runge–Kutta loses the energy that these keep', () => {
  const options = { fixedStep: (2 * Math.PI) / 8, keepSteps: false }
  const { y } = odeint(oscillators, y0, [0, 2000], { ...options, method: 'rk4' })
  expect(energy(y.slice(4))).toBeLessThan(0.8 * energy(y0))
})

it('what cannot be integrated is refused, and what to do instead is said', () => {
  const damped = fieldOf(2, [], (_t, [q, v], _theta, dydt) => {
    dydt[0] = v
    dydt[1] = -q - 0.1 * v
  })
  expect(() => odeint(damped, [1, 0], [0, 1], { method: 'leapfrog', fixedStep: 0.1 })).toThrow(
    "'leapfrog' needs a separable system",
  )
  expect(odeint(damped, [1, 0], [0, 1], { method: 'gauss4', fixedStep: 0.1 }).success).toBe(true)
  const odd = fieldOf(1, [], (_t, [y], _theta, dydt) => {
    dydt[0] = -y
  })
  expect(() => odeint(odd, [1], [0, 1], { method: 'yoshida4', fixedStep: 0.1 })).toThrow('two halves')
  expect(() => odeint(odd, [1], [0, 1], { method: 'gauss4' })).toThrow('give fixedStep')
  const stiff = fieldOf(1, [], (_t, [y], _theta, dydt) => {
    dydt[0] = -1000 * y
  })
  const { failure } = odeint(stiff, [1], [0, 1], { method: 'gauss6', fixedStep: 0.1 })
  expect(failure?.message).toMatch(/stages of the step from t = 0 by 0.1 .* smaller fixedStep/)
  expect(methodNames).toEqual(expect.arrayContaining(names))
})
