import type { StepContext } from '../context.ts'
import type { Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { type VectorField, withTimeDerivative } from '../vectorField.ts'
import { createHermiteStepper, type MapDerivative, type OneStepMap } from './hermiteStepper.ts'

/**
 * The method kick – drift – kick and its symmetric compositions (Hairer, Lubich & Wanner, *Geometric Numerical
 * Integration*, I.1.4, II.4, V.3), for separable systems. The state is [q, v] with as many positions q as velocities (or
 * momenta) v, and the field is
 *
 *     q̇ = g(t, v)      v̇ = F(t, q)
 *
 * With substeps w_1 … w_s (Σ w_i = 1) of size w_i·h, where neighbouring kicks are taken together:
 *
 *     v += h·b_{i−1}·F(q),   q += h·w_i·g(v),   i = 1 … s;    v += h·b_s·F(q);    b_i = (w_i + w_{i+1})/2
 */
export interface Composition {
  readonly name: string
  readonly source: string
  readonly order: number
  readonly substeps: readonly number[]
}

const cubeRoot = 1.2599210498948732
const yoshida4Outer = 1 / (2 - cubeRoot)

export const compositions = {
  leapfrog: {
    name: 'leapfrog',
    source:
      'C. Störmer (1907), L. Verlet, Phys. Rev. 159 (1967) 98–103: velocity Verlet, kick – drift – kick',
    order: 2,
    substeps: [1],
  },
  yoshida4: {
    name: 'yoshida4',
    source:
      'H. Yoshida, Phys. Lett. A 150 (1990) 262–268, (2.11); E. Forest & R. D. Ruth, Physica D 43 (1990)',
    order: 4,
    substeps: [yoshida4Outer, -cubeRoot * yoshida4Outer, yoshida4Outer],
  },
  yoshida6: {
    name: 'yoshida6',
    source: 'H. Yoshida, Phys. Lett. A 150 (1990) 262–268, solution A of order 6, with more digits',
    order: 6,
    substeps: symmetric(0.7845136104775573, 0.23557321335935813, -1.177679984178871),
  },
} as const satisfies Record<string, Composition>

/** w_3, w_2, w_1, w_0, w_1, w_2, w_3 with w_0 such that the sum is 1. */
function symmetric(...outer: number[]): readonly number[] {
  const middle = 1 - 2 * outer.reduce((sum, w) => sum + w, 0)
  return [...outer, middle, ...outer.toReversed()]
}

/** @throws RangeError where n is odd. */
export function createComposition(composition: Composition, context: StepContext): Stepper {
  return createHermiteStepper(compositionMap(composition, context), context)
}

function compositionMap({ name, substeps }: Composition, context: StepContext): OneStepMap {
  const { field } = context
  const n = field.dimension
  const d = n / 2
  if (!Number.isInteger(d))
    throw new RangeError(`method '${name}' needs a state [q, v] of two halves, this one has ${n} components`)
  const s = substeps.length
  const kicks = Float64Array.from(
    { length: s + 1 },
    (_, i) => ((substeps[i - 1] ?? 0) + (substeps[i] ?? 0)) / 2,
  )
  /** Fractions of the step at which the positions have arrived. */
  const c = Float64Array.from(substeps, (_, i) => substeps.slice(0, i + 1).reduce((sum, w) => sum + w, 0))
  c[s - 1] = 1

  /** k_i = (g(v), F(q)) of substep i = 1 … s; of k_0 only F(q) is there. */
  const k = new Float64Array((s + 1) * n)
  const slopes = Array.from({ length: s + 1 }, (_, i) => k.subarray(i * n, (i + 1) * n))
  const q = new Float64Array(d)

  /** Whether g is independent of q and F of v, as far as one other state tells. */
  function isSeparable(t: number, y: Float64Array): boolean {
    const [other, atOther, here] = [y.slice(), new Float64Array(n), slopes[0]]
    const agree = (from: number) =>
      atOther.subarray(from, from + d).every((value, m) => value === here[from + m])
    for (const half of [0, d]) {
      other.set(y)
      for (let m = half; m < half + d; m++) other[m] += 1e-3 * (1 + Math.abs(y[m]))
      // the rate of a half may depend on the other half only
      if (context.evaluate(t, other, atOther) && !agree(half)) return false
    }
    context.obstacle = undefined
    return true
  }

  return {
    name,
    width: s * n,
    start(t, y) {
      if (!context.evaluate(t, y, slopes[0])) return false
      if (!isSeparable(t, y))
        throw new Error(
          `method '${name}' needs a separable system: state [q, v], dq/dt a function of v alone, dv/dt of q alone. ` +
            "This field is not (friction, a magnetic force or gyroscopic terms?): use 'gauss4' or 'implicitMidpoint'",
        )
      slopes[s].set(slopes[0])
      return true
    },
    step(t, h, y, y1) {
      y1.set(y)
      for (let i = 1; i <= s; i++) {
        const kick = h * kicks[i - 1]
        const drift = h * substeps[i - 1]
        const [force, slope] = [slopes[i - 1], slopes[i]]
        for (let m = 0; m < d; m++) {
          q[m] = y1[m]
          y1[d + m] += kick * force[d + m]
          y1[m] = q[m] + drift * y1[d + m] // right if g(v) = v, as it mostly is; one evaluation is then enough
        }
        const time = t + c[i - 1] * h
        if (!context.evaluate(time, y1, slope)) return false
        let guessed = true
        for (let m = 0; m < d; m++) if (slope[m] !== y1[d + m]) guessed = false
        if (guessed) continue
        for (let m = 0; m < d; m++) y1[m] = q[m] + drift * slope[m]
        if (!context.evaluate(time, y1, slope)) return false
      }
      for (let m = 0; m < d; m++) y1[d + m] += h * kicks[s] * slopes[s][d + m]
      return true
    },
    resume(record, step) {
      for (let m = 0, from = step * record.width + (s - 1) * n; m < n; m++)
        slopes[0][m] = record.dense[from + m]
    },
    advance() {
      slopes[0].set(slopes[s])
    },
    record(target, offset) {
      for (let i = 0; i < s * n; i++) target[offset + i] = k[n + i]
    },
    load(record, step) {
      loadSlopes(record, step, s, k)
    },
    derivative: (record, times) => compositionDerivative(field, substeps, kicks, c, record, times),
  }
}

/** k ← k_0 … k_s of a recorded step; k_0 is the k_s of the slot before. */
function loadSlopes(record: StepRecord, step: number, s: number, k: Float64Array): void {
  const { n, width, dense } = record
  for (let m = 0; m < n; m++) k[m] = dense[step * width + (s - 1) * n + m]
  for (let i = 0; i < s * n; i++) k[n + i] = dense[(step + 1) * width + i]
}

/** Kicks and drifts, each differentiated as it stands; the cotangent or tangent of F(q) at a shared end is carried. */
function compositionDerivative(
  field: VectorField,
  substeps: readonly number[],
  kicks: Float64Array,
  c: Float64Array,
  record: StepRecord,
  times: boolean,
): MapDerivative {
  const n = field.dimension
  const d = n / 2
  const s = substeps.length
  const timeDerivative = times ? withTimeDerivative(field) : undefined
  const k = new Float64Array((s + 1) * n)
  /** The states at which k_1 … k_s were evaluated. */
  const states = Array.from({ length: s + 1 }, () => new Float64Array(n))
  const cotangent = new Float64Array(n)
  const force = new Float64Array(n) // cotangent, or tangent, of (0, F(q)) at the shared end
  const tangent = new Float64Array(n)
  const ofTime = new Float64Array(n)
  const timeCotangent = { t: 0, h: 0 }
  let t = 0
  let h = 0

  /** lambda += cotangentᵀ·∂f/∂y at fraction `fraction`, with the parts of θ and of times. */
  function product(
    fraction: number,
    state: Float64Array,
    lambda: Float64Array,
    gradTheta: Float64Array,
  ): void {
    const time = t + fraction * h
    field.vjp!(time, state, cotangent, lambda, gradTheta)
    if (!timeDerivative) return
    timeDerivative(time, state, ofTime)
    let change = 0
    for (let m = 0; m < n; m++) change += cotangent[m] * ofTime[m]
    timeCotangent.t += change
    timeCotangent.h += fraction * change
  }

  function tangentOf(
    time: number,
    state: Float64Array,
    dtime: number,
    dy: Float64Array,
    dtheta: Float64Array,
    out: Float64Array,
  ): void {
    field.jvp!(time, state, dy, dtheta, out)
    if (dtime === 0 || !timeDerivative) return
    timeDerivative(time, state, ofTime)
    for (let m = 0; m < n; m++) out[m] += dtime * ofTime[m]
  }

  return {
    timeCotangent,
    load(step) {
      t = record.t[step]
      h = record.h[step]
      loadSlopes(record, step, s, k)
      for (let m = 0; m < n; m++) states[0][m] = record.y[step * n + m]
      for (let i = 1; i <= s; i++)
        for (let m = 0; m < d; m++) {
          states[i][m] = states[i - 1][m] + h * substeps[i - 1] * k[i * n + m]
          states[i][d + m] = states[i - 1][d + m] + h * kicks[i - 1] * k[(i - 1) * n + d + m]
        }
    },
    beginVjp() {
      force.fill(0)
    },
    stepVjp(lambda1, lambda, gradTheta) {
      for (let i = s; i >= 1; i--) {
        const slope = k.subarray(i * n, (i + 1) * n)
        cotangent.fill(0)
        for (let m = d; m < n; m++) {
          cotangent[m] = h * kicks[i] * lambda1[m] + (i === s ? force[m] : 0)
          if (times) timeCotangent.h += kicks[i] * lambda1[m] * slope[m]
        }
        product(c[i - 1], states[i], lambda1, gradTheta)
        cotangent.fill(0)
        for (let m = 0; m < d; m++) {
          cotangent[m] = h * substeps[i - 1] * lambda1[m]
          if (times) timeCotangent.h += substeps[i - 1] * lambda1[m] * slope[m]
        }
        product(c[i - 1], states[i], lambda1, gradTheta)
      }
      for (let m = d; m < n; m++) {
        force[m] = h * kicks[0] * lambda1[m]
        if (times) timeCotangent.h += kicks[0] * lambda1[m] * k[m]
      }
      for (let m = 0; m < n; m++) lambda[m] += lambda1[m]
    },
    startVjp(time, y, lambda, gradTheta) {
      cotangent.set(force)
      t = time
      product(0, y, lambda, gradTheta)
    },
    startJvp(time, y, dt, dy, dtheta) {
      tangentOf(time, y, dt, dy, dtheta, force)
    },
    stepJvp(dt, dh, dy, dtheta, dy1) {
      dy1.set(dy)
      for (let i = 1; i <= s; i++) {
        for (let m = d; m < n; m++) dy1[m] += kicks[i - 1] * (h * force[m] + dh * k[(i - 1) * n + m])
        const time = t + c[i - 1] * h
        const dtime = dt + c[i - 1] * dh
        tangentOf(time, states[i], dtime, dy1, dtheta, tangent) // g(v): its first half
        for (let m = 0; m < d; m++) dy1[m] += substeps[i - 1] * (h * tangent[m] + dh * k[i * n + m])
        tangentOf(time, states[i], dtime, dy1, dtheta, force) // F(q): its second half
      }
      for (let m = d; m < n; m++) dy1[m] += kicks[s] * (h * force[m] + dh * k[s * n + m])
    },
  }
}
