import type { StepContext } from '../context.ts'
import { createStepControl } from '../stepControl.ts'
import type { StepDerivative, Stepper } from '../stepper.ts'
import type { StepRecord } from '../steps.ts'
import { type VectorField, withTimeDerivative } from '../vectorField.ts'

/** A one-step method (t, h, y) ↦ y₁ without an error estimate or dense output of its own; its parts are as in Stepper. */
export interface OneStepMap
  extends Pick<Required<Stepper>, 'name' | 'width' | 'start' | 'record' | 'load' | 'resume' | 'advance'> {
  /** False, with the obstacle noted, where there is no y1. */
  step(t: number, h: number, y: Float64Array, y1: Float64Array): boolean
  derivative(record: StepRecord, times: boolean): MapDerivative
}

export type MapDerivative = Omit<StepDerivative, 'interpolateVjp' | 'interpolateJvp'>

/** The weights of y₁, h·f(y), h·f(y₁) in Hermite's cubic; that of y is 1 less the first. */
const cubic = (s: number) => [s * s * (3 - 2 * s), s * (1 - s) * (1 - s), -s * s * (1 - s)] as const
/** Their derivatives. */
const cubicSlope = (s: number) => [6 * s * (1 - s), (1 - s) * (1 - 3 * s), s * (3 * s - 2)] as const

/**
 * A stepper for fixed steps from a one-step method, with Hermite's cubic for dense output. The slopes f(t, y) at both
 * ends are evaluated only where dense output is asked for. A recorded step is the map's numbers, then the slope at its
 * end.
 */
export function createHermiteStepper(map: OneStepMap, context: StepContext): Stepper {
  const n = context.field.dimension
  const slope = new Float64Array(n)
  const slope1 = new Float64Array(n)
  const loaded = new Float64Array(n)
  const loaded1 = new Float64Array(n)
  let slopeKnown = false
  let slope1Known = false
  let t = 0
  let h = 0
  let y: Float64Array = loaded
  let y1: Float64Array = loaded1

  return {
    name: map.name,
    control: createStepControl(0, 0),
    width: map.width + n,
    start(t0, y0) {
      slopeKnown = map.start(t0, y0) && context.evaluate(t0, y0, slope)
      if (slopeKnown) slope1.set(slope)
      return slopeKnown
    },
    firstStep: (_t, _y, _direction, most) => most,
    attempt(fromTime, size, from, to) {
      t = fromTime
      h = size
      y = from
      y1 = to
      slope1Known = false
      if (!map.step(t, h, y, y1)) return Number.NaN
      for (let m = 0; m < n; m++)
        if (!Number.isFinite(y1[m])) {
          context.overflow(t + h, y1)
          return Number.NaN
        }
      return 0
    },
    complete(dense) {
      if (!dense) return true
      slope1Known = (slopeKnown || context.evaluate(t, y, slope)) && context.evaluate(t + h, y1, slope1)
      return slope1Known
    },
    interpolate(theta, out) {
      const [toEnd, first, last] = cubic(theta)
      for (let m = 0; m < n; m++)
        out[m] = y[m] + toEnd * (y1[m] - y[m]) + h * (first * slope[m] + last * slope1[m])
    },
    record(target, offset) {
      map.record(target, offset)
      for (let m = 0, to = offset + map.width; m < n; m++) target[to + m] = slope1[m]
    },
    load(record, step) {
      map.load(record, step)
      h = record.h[step]
      y = loaded
      y1 = loaded1
      for (let m = 0; m < n; m++) {
        loaded[m] = record.y[step * n + m]
        loaded1[m] = record.y[(step + 1) * n + m]
        slope[m] = record.dense[step * record.width + map.width + m]
        slope1[m] = record.dense[(step + 1) * record.width + map.width + m]
      }
    },
    resume(record, step, previous, source, offset) {
      map.resume(record, step, previous, source, offset)
      for (let m = 0; m < n; m++) slope[m] = record.dense[step * record.width + map.width + m]
      slopeKnown = true
    },
    advance() {
      map.advance()
      slopeKnown = slope1Known
      if (slopeKnown) slope.set(slope1)
    },
    derivative: (record, times) => hermiteDerivative(context.field, map, record, times),
  }
}

/** The derivatives of the map, and of Hermite's cubic on its ends and their slopes f(t, y), f(t₁, y₁). */
function hermiteDerivative(
  field: VectorField,
  map: OneStepMap,
  record: StepRecord,
  times: boolean,
): StepDerivative {
  const n = field.dimension
  const inner = map.derivative(record, times)
  const timeDerivative = times ? withTimeDerivative(field) : undefined
  const vector = () => new Float64Array(n)
  const [y, y1, slope, slope1, ofTime] = [vector(), vector(), vector(), vector(), vector()]
  const [toY1, toSlope, toSlope1] = [vector(), vector(), vector()]
  const [dSlope, dSlope1] = [vector(), vector()]
  let [dy, dy1]: [Float64Array, Float64Array] = [y, y1]
  let t = 0
  let h = 0
  let asked = false
  let stepTangents: { dt: number; dh: number; dtheta: Float64Array } | undefined

  /** lambda += cotangentᵀ·∂f/∂y; gives cotangentᵀ·∂f/∂t. */
  function slopeVjp(
    time: number,
    at: Float64Array,
    cotangent: Float64Array,
    lambda: Float64Array,
    gradTheta: Float64Array,
  ): number {
    field.vjp!(time, at, cotangent, lambda, gradTheta)
    if (!timeDerivative) return 0
    timeDerivative(time, at, ofTime)
    return dot(cotangent, ofTime)
  }

  function slopeJvp(
    time: number,
    at: Float64Array,
    dtime: number,
    dat: Float64Array,
    out: Float64Array,
  ): void {
    field.jvp!(time, at, dat, stepTangents!.dtheta, out)
    if (dtime === 0 || !timeDerivative) return
    timeDerivative(time, at, ofTime)
    for (let m = 0; m < n; m++) out[m] += dtime * ofTime[m]
  }

  return {
    ...inner,
    load(step) {
      inner.load(step)
      t = record.t[step]
      h = record.h[step]
      for (let m = 0; m < n; m++) {
        y[m] = record.y[step * n + m]
        y1[m] = record.y[(step + 1) * n + m]
        slope[m] = record.dense[step * record.width + map.width + m]
        slope1[m] = record.dense[(step + 1) * record.width + map.width + m]
      }
    },
    interpolateVjp(theta, cotangent, lambda) {
      const [toEnd, first, last] = cubic(theta)
      asked = true
      for (let m = 0; m < n; m++) {
        lambda[m] += (1 - toEnd) * cotangent[m]
        toY1[m] += toEnd * cotangent[m]
        toSlope[m] += h * first * cotangent[m]
        toSlope1[m] += h * last * cotangent[m]
      }
      if (!times) return 0
      const [dToEnd, dFirst, dLast] = cubicSlope(theta)
      let byFraction = 0
      for (let m = 0; m < n; m++) {
        inner.timeCotangent.h += cotangent[m] * (first * slope[m] + last * slope1[m])
        byFraction += cotangent[m] * (dToEnd * (y1[m] - y[m]) + h * (dFirst * slope[m] + dLast * slope1[m]))
      }
      return byFraction
    },
    stepVjp(lambda1, lambda, gradTheta) {
      if (asked) {
        for (let m = 0; m < n; m++) lambda1[m] += toY1[m]
        const byEnd = slopeVjp(t + h, y1, toSlope1, lambda1, gradTheta)
        inner.timeCotangent.h += byEnd
        inner.timeCotangent.t += byEnd + slopeVjp(t, y, toSlope, lambda, gradTheta)
        for (const kept of [toY1, toSlope, toSlope1]) kept.fill(0)
        asked = false
      }
      inner.stepVjp(lambda1, lambda, gradTheta)
    },
    stepJvp(dt, dh, tangent, dtheta, tangent1) {
      inner.stepJvp(dt, dh, tangent, dtheta, tangent1)
      stepTangents = { dt, dh, dtheta }
      dy = tangent
      dy1 = tangent1
    },
    interpolateJvp(theta, dfraction, out) {
      const { dt, dh } = stepTangents!
      const [toEnd, first, last] = cubic(theta)
      const [dToEnd, dFirst, dLast] = cubicSlope(theta)
      slopeJvp(t, y, dt, dy, dSlope)
      slopeJvp(t + h, y1, dt + dh, dy1, dSlope1)
      for (let m = 0; m < n; m++)
        out[m] =
          dy[m] +
          toEnd * (dy1[m] - dy[m]) +
          h * (first * dSlope[m] + last * dSlope1[m]) +
          dh * (first * slope[m] + last * slope1[m]) +
          dfraction * (dToEnd * (y1[m] - y[m]) + h * (dFirst * slope[m] + dLast * slope1[m]))
    },
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let m = 0; m < a.length; m++) sum += a[m] * b[m]
  return sum
}
