import type { StepContext } from '../context.ts'
import * as failures from '../failure.ts'
import type { Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { combine } from '../tableau.ts'
import { type VectorField, withTimeDerivative } from '../vectorField.ts'
import { createHermiteStepper, type MapDerivative, type OneStepMap } from './hermiteStepper.ts'

/**
 * The Gauss methods, Runge–Kutta collocation of order 2s at Gauss' points (Hairer, Lubich & Wanner, *Geometric Numerical
 * Integration*, II.1.3, VI.4), symplectic and symmetric for every system:
 *
 *     k_i = f(t + c_i·h, y + h·Σ a_ij·k_j),    y₁ = y + h·Σ b_i·k_i
 */
export interface GaussMethod {
  readonly name: string
  readonly source: string
  readonly order: number
  readonly c: readonly number[]
  readonly a: readonly (readonly number[])[]
  readonly b: readonly number[]
}

const r3 = Math.sqrt(3)
const r15 = Math.sqrt(15)
const source = 'J. C. Butcher, Implicit Runge–Kutta processes, Math. Comp. 18 (1964) 50–64; HLW, Table II.1.1'

export const gaussMethods = {
  implicitMidpoint: { name: 'implicitMidpoint', source, order: 2, c: [1 / 2], a: [[1 / 2]], b: [1] },
  gauss4: {
    name: 'gauss4',
    source,
    order: 4,
    c: [1 / 2 - r3 / 6, 1 / 2 + r3 / 6],
    a: [
      [1 / 4, 1 / 4 - r3 / 6],
      [1 / 4 + r3 / 6, 1 / 4],
    ],
    b: [1 / 2, 1 / 2],
  },
  gauss6: {
    name: 'gauss6',
    source,
    order: 6,
    c: [1 / 2 - r15 / 10, 1 / 2, 1 / 2 + r15 / 10],
    a: [
      [5 / 36, 2 / 9 - r15 / 15, 5 / 36 - r15 / 30],
      [5 / 36 + r15 / 24, 2 / 9, 5 / 36 - r15 / 24],
      [5 / 36 + r15 / 30, 2 / 9 + r15 / 15, 5 / 36],
    ],
    b: [5 / 18, 4 / 9, 5 / 18],
  },
} as const satisfies Record<string, GaussMethod>

/** Iterations before a fixed point counts as not found. */
const mostIterations = 60

export const createGauss = (method: GaussMethod, context: StepContext): Stepper =>
  createHermiteStepper(gaussMap(method, context), context)

const flat = (method: GaussMethod) => ({
  s: method.b.length,
  a: Float64Array.from(method.a.flat()),
  b: Float64Array.from(method.b),
  c: Float64Array.from(method.c),
})

/** The stages are found by fixed-point iteration to rounding, from the collocation polynomial of the step before. */
function gaussMap(method: GaussMethod, context: StepContext): OneStepMap {
  const { field } = context
  const n = field.dimension
  const { s, a, b, c } = flat(method)
  const k = new Float64Array(s * n)
  const before = new Float64Array(s * n)
  const state = new Float64Array(n)
  const slope = new Float64Array(n)
  const lagrange = new Float64Array(s)
  /** Size of the step before; 0 at the start. */
  let previous = 0

  /** k ← the polynomial of the step before, at the points of the next. */
  function extrapolate(h: number): void {
    if (previous === 0) return
    for (let i = 0; i < s; i++) {
      const at = 1 + (c[i] * h) / previous
      for (let j = 0; j < s; j++) {
        lagrange[j] = 1
        for (let l = 0; l < s; l++) if (l !== j) lagrange[j] *= (at - c[l]) / (c[j] - c[l])
      }
      for (let m = 0; m < n; m++) {
        let sum = 0
        for (let j = 0; j < s; j++) sum += lagrange[j] * before[j * n + m]
        k[i * n + m] = sum
      }
    }
  }

  return {
    name: method.name,
    width: s * n,
    start(t, y) {
      previous = 0
      if (!context.evaluate(t, y, slope)) return false
      for (let i = 0; i < s; i++) before.set(slope, i * n)
      k.set(before)
      return true
    },
    step(t, h, y, y1) {
      k.set(before)
      extrapolate(h)
      let size = 0
      for (let m = 0; m < n; m++) size = Math.max(size, Math.abs(y[m]))
      let last = Infinity
      for (let iteration = 0; ; iteration++) {
        let change = 0
        for (let i = 0; i < s; i++) {
          combine(y, h, a, i * s, s, k, state)
          if (!context.evaluate(t + c[i] * h, state, slope)) return false
          for (let m = 0, to = i * n; m < n; m++, to++) {
            const move = Math.abs(h * (slope[m] - k[to]))
            if (move > change) {
              change = move
              context.dominant = m
            }
            k[to] = slope[m]
          }
        }
        // at rounding the changes no longer shrink
        if (change <= 1e-16 * size || (change >= last && change <= 1e-12 * (size + change))) break
        if (iteration === mostIterations) {
          context.obstacle = failures.fixedPointDiverged(field, t, h, context.dominant)
          return false
        }
        last = change
      }
      combine(y, h, b, 0, s, k, y1)
      previous = h
      return true
    },
    resume(record, step, size) {
      previous = size
      for (let i = 0; i < s * n; i++) before[i] = record.dense[step * record.width + i]
    },
    advance() {
      before.set(k)
    },
    record(target, offset) {
      for (let i = 0; i < s * n; i++) target[offset + i] = k[i]
    },
    load() {},
    derivative: (record, times) => gaussDerivative(field, method, record, times),
  }
}

/**
 * The stages' cotangents solve a linear system, κ_i = κ⁰_i + h·Σ_j a_ji·(∂f/∂y(Y_j))ᵀκ_j, and their tangents its transpose;
 * both by the same fixed-point iteration that found the stages, to rounding.
 */
function gaussDerivative(
  field: VectorField,
  method: GaussMethod,
  record: StepRecord,
  times: boolean,
): MapDerivative {
  const n = field.dimension
  const { s, a, b, c } = flat(method)
  const timeDerivative = times ? withTimeDerivative(field) : undefined
  const rows = () => Array.from({ length: s }, () => new Float64Array(n))
  const k = new Float64Array(s * n)
  const [states, kappa, mu] = [rows(), rows(), rows()]
  const tangents = new Float64Array(s * n)
  const tangent = Array.from({ length: s }, (_, i) => tangents.subarray(i * n, (i + 1) * n))
  const y = new Float64Array(n)
  const given = new Float64Array(n)
  const fixed = rows()
  const next = new Float64Array(n)
  const ofTime = new Float64Array(n)
  const scratch = new Float64Array(field.parameterCount)
  const timeCotangent = { t: 0, h: 0 }
  let t = 0
  let h = 0

  /** Repeats `sweep`, which gives the largest change and the largest value, until the changes are those of rounding. */
  function iterate(sweep: () => readonly [change: number, size: number]): void {
    let last = Infinity
    for (let iteration = 0; iteration < mostIterations; iteration++) {
      const [change, size] = sweep()
      if (change <= 1e-16 * size || (change >= last && change <= 1e-10 * size)) return
      last = change
    }
    throw new Error(
      `the derivative of a step by '${method.name}' at t = ${t} is not found by iteration: take a smaller fixedStep`,
    )
  }

  return {
    timeCotangent,
    load(step) {
      t = record.t[step]
      h = record.h[step]
      for (let m = 0; m < n; m++) y[m] = record.y[step * n + m]
      for (let i = 0; i < s * n; i++) k[i] = record.dense[(step + 1) * record.width + i]
      for (let i = 0; i < s; i++) combine(y, h, a, i * s, s, k, states[i])
    },
    beginVjp() {},
    stepVjp(lambda1, lambda, gradTheta) {
      for (let i = 0; i < s; i++) for (let m = 0; m < n; m++) kappa[i][m] = h * b[i] * lambda1[m]
      for (const row of mu) row.fill(0)
      iterate(() => {
        let change = 0
        let size = 0
        for (let i = s - 1; i >= 0; i--) {
          for (let m = 0; m < n; m++) {
            let sum = b[i] * lambda1[m]
            for (let j = 0; j < s; j++) sum += a[j * s + i] * mu[j][m]
            kappa[i][m] = h * sum
          }
          next.fill(0)
          field.vjp!(t + c[i] * h, states[i], kappa[i], next, scratch)
          for (let m = 0; m < n; m++) {
            change = Math.max(change, Math.abs(next[m] - mu[i][m]))
            size = Math.max(size, Math.abs(next[m]))
            mu[i][m] = next[m]
          }
        }
        return [change, size]
      })
      for (let m = 0; m < n; m++) lambda[m] += lambda1[m]
      for (let i = 0; i < s; i++) {
        mu[i].fill(0)
        field.vjp!(t + c[i] * h, states[i], kappa[i], mu[i], gradTheta)
        for (let m = 0; m < n; m++) lambda[m] += mu[i][m]
        if (!timeDerivative) continue
        timeDerivative(t + c[i] * h, states[i], ofTime)
        for (let m = 0; m < n; m++) {
          timeCotangent.t += kappa[i][m] * ofTime[m]
          timeCotangent.h += c[i] * kappa[i][m] * ofTime[m] + b[i] * lambda1[m] * k[i * n + m]
          timeCotangent.h += (mu[i][m] * (states[i][m] - y[m])) / h
        }
      }
    },
    startVjp() {},
    startJvp() {},
    stepJvp(dt, dh, dy, dtheta, dy1) {
      tangents.fill(0)
      // what does not change from sweep to sweep: δy + δh·Σ a_ij·k_j
      for (let i = 0; i < s; i++) {
        combine(dy, dh, a, i * s, s, k, fixed[i])
        fixed[i].set(dh === 0 ? dy : fixed[i])
      }
      iterate(() => {
        let change = 0
        let size = 0
        for (let i = 0; i < s; i++) {
          const time = t + c[i] * h
          combine(fixed[i], h, a, i * s, s, tangents, given)
          field.jvp!(time, states[i], given, dtheta, next)
          const dtime = dt + c[i] * dh
          if (timeDerivative && dtime !== 0) {
            timeDerivative(time, states[i], ofTime)
            for (let m = 0; m < n; m++) next[m] += dtime * ofTime[m]
          }
          for (let m = 0; m < n; m++) {
            change = Math.max(change, Math.abs(next[m] - tangent[i][m]))
            size = Math.max(size, Math.abs(next[m]))
            tangent[i][m] = next[m]
          }
        }
        return [change, size]
      })
      combine(dy, h, b, 0, s, tangents, dy1)
      if (dh !== 0) combine(dy1, dh, b, 0, s, k, dy1)
    },
  }
}
