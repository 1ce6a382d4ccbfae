import { describe, expect, it } from 'vitest'
import { odeint } from '../ode/index.ts'
import { compositions } from '../ode/symplectic/composition.ts'
import { gaussMethods } from '../ode/symplectic/gauss.ts'
import { fieldOf } from '../ode/testing/problems.ts'
import { adjoint } from './discreteAdjoint.ts'
import { tangent } from './tangent.ts'
import { type Complex, complex, minus, plus, times } from './testing/complexReplay.ts'
import { randomNumbers } from './testing/differentiable.ts'

/** q̇ = p/μ, ṗ = −k·sin q + a·cos t, θ = (μ, k, a). */
const pendulum = fieldOf(
  2,
  [1.2, 1.7, 0.4],
  (t, [q, p], [mu, k, a], dydt) => {
    dydt[0] = p / mu
    dydt[1] = -k * Math.sin(q) + a * Math.cos(t)
  },
  (t, [q, p], [mu, k], fy, ftheta) => {
    fy.set([0, 1 / mu, -k * Math.cos(q), 0])
    ftheta.set([-p / (mu * mu), 0, 0, 0, -Math.sin(q), Math.cos(t)])
  },
)
const epsilon = 1e-30
const scale = (factor: number, z: Complex) => complex(factor * z.re, factor * z.im)
const sine = (z: Complex) => complex(Math.sin(z.re), z.im * Math.cos(z.re))
const inverse = (z: Complex) => complex(1 / z.re, -z.im / (z.re * z.re))
const rate = (t: number, [q, p]: Complex[], [mu, k, a]: Complex[]): Complex[] => [
  times(p, inverse(mu)),
  minus(scale(Math.cos(t), a), times(k, sine(q))),
]

type Step = (t: number, h: number, y: Complex[], theta: Complex[]) => Complex[]

const compositionStep =
  (substeps: readonly number[]): Step =>
  (t, h, [q, p], theta) => {
    let time = t
    for (const w of substeps) {
      p = plus(p, scale((w * h) / 2, rate(time, [q, p], theta)[1]))
      time += w * h
      q = plus(q, scale(w * h, rate(time, [q, p], theta)[0]))
      p = plus(p, scale((w * h) / 2, rate(time, [q, p], theta)[1]))
    }
    return [q, p]
  }
const gaussStep =
  ({ a, b, c }: { a: readonly (readonly number[])[]; b: readonly number[]; c: readonly number[] }): Step =>
  (t, h, y, theta) => {
    const combined = (weights: readonly number[], k: Complex[][]) =>
      y.map((value, m) => plus(value, ...weights.map((w, j) => scale(h * w, k[j][m]))))
    let k = b.map(() => rate(t, y, theta))
    for (let i = 0; i < 80; i++) k = c.map((ci, j) => rate(t + ci * h, combined(a[j], k), theta))
    return combined(b, k)
  }
const steps = {
  ...Object.fromEntries(
    Object.values(compositions).map(({ name, substeps }) => [name, compositionStep(substeps)]),
  ),
  ...Object.fromEntries(Object.values(gaussMethods).map(method => [method.name, gaussStep(method)])),
} as Record<keyof typeof compositions | keyof typeof gaussMethods, Step>

describe.each(Object.keys(steps) as (keyof typeof steps)[])('%s', method => {
  const h = 0.17
  const y0 = [0.8, 0.3]
  const random = randomNumbers(9)
  const vector = (length: number) => Float64Array.from({ length }, random)
  /** The states after each step in complex arithmetic; Hermite's cubic between them at the fraction given. */
  const replay = (count: number, dy0: ArrayLike<number>, dtheta: ArrayLike<number>, fraction: number) => {
    const theta = Array.from(pendulum.parameters, (value, j) => complex(value, epsilon * dtheta[j]))
    let y = y0.map((value, m) => complex(value, epsilon * dy0[m]))
    const out: number[] = y.map(({ im }) => im / epsilon)
    for (let i = 0; i < count; i++) {
      const y1 = steps[method](i * h, h, y, theta)
      const [s, f0, f1] = [fraction, rate(i * h, y, theta), rate((i + 1) * h, y1, theta)]
      y.forEach((value, m) => {
        const inside = plus(
          scale(1 - s * s * (3 - 2 * s), value),
          scale(s * s * (3 - 2 * s), y1[m]),
          scale(h * s * (1 - s) * (1 - s), f0[m]),
          scale(-h * s * s * (1 - s), f1[m]),
        )
        out.push((fraction === 1 ? y1[m] : inside).im / epsilon)
      })
      y = y1
    }
    return out
  }
  it.each([1, 0.3])('adjoint and tangent are the complex step, at fraction %d of each step', fraction => {
    const count = 30
    const times = [0, ...Array.from({ length: count }, (_, i) => (i + fraction) * h), (count + 0.5) * h]
    const solution = odeint(pendulum, y0, times, { method, fixedStep: h })
    const cotangents = vector(solution.y.length).fill(0, solution.y.length - 2)
    const [dy0, dtheta] = [vector(2), vector(3)]
    const exact = replay(count, dy0, dtheta, fraction)
    const dy = tangent(pendulum, solution, dy0, dtheta)
    const size = Math.max(...exact.map(Math.abs))
    exact.forEach((value, i) => {
      expect(Math.abs(dy[i] - value) / size).toBeLessThan(1e-12)
    })
    const [gradY0, gradTheta] = [new Float64Array(2), new Float64Array(3)]
    adjoint(pendulum, solution, cotangents, gradY0, gradTheta)
    const sum = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((total, value, i) => total + value * b[i], 0)
    const forward = sum(exact, cotangents)
    expect(Math.abs(sum(gradY0, dy0) + sum(gradTheta, dtheta) - forward) / size).toBeLessThan(1e-12)
  })
})
