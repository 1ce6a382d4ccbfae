import { describe, expect, it } from 'vitest'
import { odeint } from '../odeint.ts'
import type { VectorField } from '../vectorField.ts'
import { bandedLayout, denseLayout } from './linear/index.ts'
import { positiveRange } from './positiveMass.ts'
import { createRangeOfMass } from './rangeOfMass.ts'
import { chemicalAkzo, pendulum, transistor } from './testing/daeProblems.ts'
import { singularMass, variableMass } from './testing/massProblems.ts'
import { robertsonDae, type StiffProblem } from './testing/stiffProblems.ts'

const methods = ['radau5', 'kvaerno3', 'kvaerno4', 'kvaerno5', 'rodas5p', 'bdf'] as const

const problems: StiffProblem[] = [
  {
    name: 'Robertson as a DAE',
    field: robertsonDae(),
    y0: [1, 0, 0],
    t1: 1e5,
    reference: [0.017865921142099464, 7.274751468436319e-8, 0.9821340061103858],
    scale: [1e-2, 1e-7, 1],
  },
  chemicalAkzo,
  transistor,
]

describe.each(methods)('%s', method => {
  it.each(problems)('$name has its reference end, within ten tolerances', problem => {
    const { field, y0, t1, reference, scale = 1 } = problem
    for (const rtol of [1e-4, 1e-7]) {
      const atol = reference.map((_, i) => rtol * (typeof scale === 'number' ? scale : scale[i]))
      const { y, failure } = odeint(field, y0, [0, t1], { method, rtol, atol })
      expect(failure?.message).toBeUndefined()
      reference.forEach((value, i) => {
        expect(Math.abs(y[y0.length + i] - value)).toBeLessThan(10 * (atol[i] + rtol * Math.abs(value)))
      })
    }
  })

  it('the pendulum of index 1 keeps its length and its energy, and its force is that of the angle', () => {
    const { y, failure } = odeint(pendulum, [1, 0, 0, 0, 0], [0, 1.3], { method, rtol: 1e-8, atol: 1e-8 })
    expect(failure?.message).toBeUndefined()
    const [x, z, u, v, force] = y.subarray(5)
    expect(x * x + z * z).toBeCloseTo(1, 5)
    expect((u * u + v * v) / 2 + 9.81 * z).toBeCloseTo(0, 5)
    // λ·L² = v² − g·z = −3·g·z, by the energy
    expect(force).toBeCloseTo(-3 * 9.81 * z, 4)
  })

  it('the dense output, whose order is lower, comes near to the algebraic equation', () => {
    const field = singularMass()
    const solution = odeint(field, [1, 0.8, 0.3], [0, 2], { method, rtol: 1e-7, atol: 1e-7 })
    const dydt = new Float64Array(3)
    for (let t = 0; t <= 2; t += 0.013) {
      field.evaluate(t, solution.at(t), dydt)
      expect(Math.abs(dydt[2] - dydt[1] - dydt[0])).toBeLessThan(2e-5)
    }
  })
})

describe('initial values', () => {
  it('become consistent by the algebraic components alone', () => {
    const { y } = odeint(robertsonDae(), [0.9, 1e-5, 0.7], [0, 1], { method: 'radau5' })
    expect(y[0]).toBe(0.9)
    expect(y[1]).toBe(1e-5)
    expect(y[2]).toBeCloseTo(1 - 0.9 - 1e-5, 14)
  })

  it('become consistent along the null space of M, where no component is algebraic by itself', () => {
    const field = singularMass()
    const y0 = [1, 0.8, 0.3]
    const { y } = odeint(field, y0, [0, 1], { method: 'kvaerno5' })
    const dydt = new Float64Array(3)
    field.evaluate(0, y.slice(0, 3), dydt)
    expect(dydt[2] - dydt[1] - dydt[0]).toBeCloseTo(0, 14)
    const m = new Float64Array(9)
    field.mass!(0, y, m)
    for (const i of [0, 3, 6])
      expect(m[i] * (y[0] - y0[0]) + m[i + 1] * (y[1] - y0[1]) + m[i + 2] * (y[2] - y0[2])).toBeCloseTo(0, 14)
  })

  it('that cannot be are a failure with the place', () => {
    // 0 = y² + 1
    const impossible: VectorField = {
      ...robertsonDae(),
      evaluate: (_t, [, , z], out) => out.set([0, 0, z * z + 1]),
      jacobian: (_t, [, , z], out) => out.set([0, 0, 0, 0, 0, 0, 0, 0, 2 * z]),
    }
    const { failure } = odeint(impossible, [1, 0, 0.4], [0, 1], { method: 'radau5' })
    expect(failure?.message).toMatch(/no consistent initial values.*y\[2\] moves most/)
  })

  it('of an index above 1 are refused by name', () => {
    // 0 = y₁ determines nothing about y₃
    const index2: VectorField = {
      ...robertsonDae(),
      evaluate: (_t, [x, y, z], out) => out.set([y, z, x]),
      jacobian: (_t, _y, out) => out.set([0, 1, 0, 0, 0, 1, 1, 0, 0]),
    }
    for (const method of methods) {
      const { failure } = odeint(index2, [0, 0, 1], [0, 1], { method })
      expect(failure).toMatchObject({ reason: 'singular-matrix' })
      expect(failure?.message).toMatch(/index 1/)
    }
  })

  it('of a singular mass matrix that is not constant are refused by name', () => {
    const { massIsConstant: _, ...field } = robertsonDae()
    const { failure } = odeint(field, [1, 0, 0], [0, 1], { method: 'radau5' })
    expect(failure?.message).toMatch(/massIsConstant/)
  })
})

it.each(['radau5', 'kvaerno3', 'kvaerno4', 'kvaerno5', 'bdf'] as const)(
  'a mass matrix that depends on the state: %s agrees with the equations solved for ẏ',
  method => {
    const field = variableMass()
    const inverted: VectorField = {
      dimension: 2,
      parameterCount: 0,
      parameters: new Float64Array(0),
      evaluate(t, y, out) {
        field.evaluate(t, y, out)
        const m = new Float64Array(4)
        field.mass!(t, y, m)
        const determinant = m[0] * m[3] - m[1] * m[2]
        out.set([
          (m[3] * out[0] - m[1] * out[1]) / determinant,
          (m[0] * out[1] - m[2] * out[0]) / determinant,
        ])
      },
    }
    const reference = odeint(inverted, [1, 0.8], [0, 3], {
      method: 'dopri5',
      rtol: 1e-12,
      atol: 1e-12,
    }).y.slice(2)
    const { massJvp: _, ...without } = field
    const { massVjp: __, ...bare } = without
    for (const given of [field, without, bare]) {
      const { y } = odeint(given, [1, 0.8], [0, 3], { method, rtol: 1e-8, atol: 1e-8 })
      reference.forEach((value, i) => {
        expect(Math.abs(y[2 + i] - value)).toBeLessThan(1e-7)
      })
    }
  },
)

it('a method that takes no mass matrix says which do', () => {
  for (const method of ['tsit5', 'odex', undefined] as const)
    expect(() => odeint(robertsonDae(), [1, 0, 0], [0, 1], { method })).toThrow(
      /takes no mass matrix: use 'radau5'/,
    )
})

describe('the range of a mass matrix', () => {
  it.each([
    ['regular', 2, [2, 1, 1, 3], 2],
    ['diagonal', 3, [1, 0, 0, 0, 0, 0, 0, 0, 2], 2],
    ['zero', 2, [0, 0, 0, 0], 0],
    ['of rank 2 without zero rows', 3, [1, 0.5, 0, 0.3, 1, 0.2, 1.3, 1.5, 0.2], 2],
  ])('%s', (_name, n, entries, rank) => {
    const m = Float64Array.from(entries)
    const range = createRangeOfMass(n, m)
    expect(range.rank).toBe(rank)
    const times = (x: Float64Array, transposed = false) =>
      Float64Array.from({ length: n }, (_, i) =>
        x.reduce((sum, value, j) => sum + value * m[transposed ? j * n + i : i * n + j], 0),
      )
    for (let k = 0; k < n - rank; k++) {
      for (const value of times(range.leftNull.slice(k * n, (k + 1) * n), true))
        expect(value).toBeCloseTo(0, 14)
      for (const value of times(range.rightNull.slice(k * n, (k + 1) * n))) expect(value).toBeCloseTo(0, 14)
    }
    const b = times(Float64Array.from({ length: n }, (_, i) => 1 + i))
    const x = new Float64Array(n)
    range.solve(b, x)
    times(x).forEach((value, i) => {
      expect(value).toBeCloseTo(b[i], 13)
    })
    // ⟨solve(b), w⟩ = ⟨b, solveᵀ(w)⟩ for every b
    const w = Float64Array.from({ length: n }, (_, i) => 0.3 - i)
    const back = new Float64Array(n)
    range.solveTransposed(w, back)
    const dot = (p: Float64Array, q: Float64Array) => p.reduce((sum, value, i) => sum + value * q[i], 0)
    const anything = Float64Array.from({ length: n }, (_, i) => Math.cos(5 * i))
    range.solve(anything, x)
    expect(dot(x, w)).toBeCloseTo(dot(anything, back), 13)
  })
})

describe('a mass matrix whose symmetric part is positive definite', () => {
  it.each([denseLayout(6), bandedLayout(6, 2, 1)])('is solved with in its layout, $kind', layout => {
    const { n, lower, upper } = layout
    const [dense, values] = [new Float64Array(n * n), new Float64Array(layout.length)]
    for (let i = 0; i < n; i++)
      for (let j = Math.max(0, i - lower); j <= Math.min(n - 1, i + upper); j++) {
        dense[i * n + j] = i === j ? 4 : Math.sin(3 * i + j)
        values[layout.index(i, j)] = dense[i * n + j]
      }
    const [banded, pivoted] = [positiveRange(layout, values)!, createRangeOfMass(n, dense)]
    expect(banded.rank).toBe(n)
    const b = Float64Array.from({ length: n }, (_, i) => Math.cos(2 * i))
    const [x, y] = [new Float64Array(n), new Float64Array(n)]
    for (const solve of ['solve', 'solveTransposed'] as const) {
      banded[solve](b, x)
      pivoted[solve](b, y)
      x.forEach((value, i) => {
        expect(value).toBeCloseTo(y[i], 14)
      })
    }
  })

  it.each([
    ['singular', [1, 1, 1, 1]],
    ['singular but for rounding', [1, 1, 1, 1 + 2e-16]],
    ['indefinite', [1, 0, 0, -1]],
  ])('a %s one is left to full pivoting', (_name, entries) => {
    expect(positiveRange(denseLayout(2), Float64Array.from(entries))).toBeNull()
  })
})
