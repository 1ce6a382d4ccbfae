import type { Solution } from '../ode/solution.ts'
import type { StepRecord } from '../ode/steps.ts'
import type { VectorField } from '../ode/vectorField.ts'
import { checkLength } from './checkLength.ts'
import { differentiableSteps, dot, eventGradient, jumpVjp } from './stepDerivative.ts'

/** The derivatives of one of solution.events: of its time, and of the states before and after. */
export interface EventTangent {
  readonly t: number
  readonly y: Float64Array
  readonly after: Float64Array
}

export interface TangentExtras {
  /** δt0 and δt1; default 0. They need field.timeDerivative. */
  readonly t0?: number
  readonly t1?: number
  /** Appended to: the derivatives of solution.events, in their order (undefined for grazing contacts). */
  readonly events?: (EventTangent | undefined)[]
}

/**
 * Forward sensitivity: the exact derivative, to rounding, of the saved states in the direction (δy0, δθ), with the
 * accepted steps frozen; the transpose of `adjoint`. Null is the zero direction. Gives δy (row-major T×n, as
 * `solution.y`), written to `out` if that is given. θ must be what it was in the forward run.
 *
 * @throws Error where the field has no `jvp`, or an event lacks derivatives.
 * @throws RangeError where an array has the wrong length.
 */
export function tangent(
  field: VectorField,
  solution: Solution,
  y0Tangent: Float64Array | null,
  thetaTangent: Float64Array | null,
  out = new Float64Array(solution.y.length),
  { t0 = 0, t1: stopTangent = 0, events: eventTangents }: TangentExtras = {},
): Float64Array {
  if (!field.jvp) throw new Error('the tangent needs field.jvp, which this vector field does not have')
  const n = field.dimension
  const p = field.parameterCount
  const y = new Float64Array(n) // δy
  const theta = thetaTangent ?? new Float64Array(p) // δθ
  if (y0Tangent) {
    checkLength('y0Tangent', y0Tangent, n)
    y.set(y0Tangent)
  }
  checkLength('thetaTangent', theta, p)
  checkLength('out', out, solution.y.length)
  if ((solution.steps as StepRecord).checkpoints)
    throw new Error('there is no tangent under a bound on memory: integrate without it, or use the adjoint')
  const { steps, derivative: derivativeOf, eventAt, hasCuts } = differentiableSteps(solution)
  const timesMove = hasCuts || t0 !== 0 || stopTangent !== 0 || eventTangents !== undefined
  const derivative = derivativeOf(timesMove)
  const times = solution.t
  const y1 = new Float64Array(n) // for a step whose size is held
  const arrived = new Float64Array(n)
  const inner = new Float64Array(n)
  const bySize = new Float64Array(n) // ∂/∂h
  const zero = new Float64Array(Math.max(n, p))
  const direction = Math.sign(steps.h[0])
  /** How the time moves at which the current step begins. */
  let dt = t0
  if (steps.count > 0) derivative.startJvp(steps.t[0], steps.y.subarray(0, n), dt, y, theta)
  out.set(y)
  let saved = 1

  for (let step = 0; step < steps.count && (saved < times.length || eventTangents); step++) {
    const t = steps.t[step]
    const t1 = steps.t[step + 1]
    const h = steps.h[step]
    if (h === 0) {
      const { index, event } = eventAt(step - 1)!
      const before = solution.events[index].y
      jump(event, t, before)
      if (saved < times.length && times[saved] === t && times[saved - 1] === t) out.set(y, saved++ * n)
      derivative.startJvp(t, steps.y.slice((step + 1) * n, (step + 2) * n), dt, y, theta)
      if (eventTangents) eventTangents[index] = { ...eventTangents[index]!, after: y.slice() }
      continue
    }
    derivative.load(step)
    const ended = eventAt(step)
    const last = step === steps.count - 1
    let dh = (last && !ended ? stopTangent : 0) - dt
    derivative.stepJvp(dt, ended ? 0 : dh, y, theta, y1)
    let probe: typeof derivative | undefined
    if (ended) {
      // g(t + h, y₁) = 0 determines how the step's size moves
      probe = derivativeOf(true)
      probe.load(step)
      probe.stepJvp(0, 1, zero.subarray(0, n), zero.subarray(0, p), bySize)
      const gradient = eventGradient(ended.event, t1, solution.events[ended.index].y, p)
      const change = gradient.t * dt + dot(gradient.y, y1) + dot(gradient.theta, theta)
      dh = -change / (gradient.t + dot(gradient.y, bySize))
      for (let m = 0; m < n; m++) arrived[m] = y1[m] + dh * bySize[m]
    } else arrived.set(y1)
    /** inner ← δu at a time within the step that moves by dtime. */
    const inside = (time: number, dtime: number) => {
      const fraction = (time - t) / h
      derivative.interpolateJvp(fraction, (dtime - dt - fraction * dh) / h, inner)
      if (!probe) return
      probe.interpolateJvp(fraction, 0, bySize)
      for (let m = 0; m < n; m++) inner[m] += dh * bySize[m]
    }
    for (; saved < times.length && (times[saved] - t1) * direction <= 0; saved++) {
      if (times[saved] !== t1) inside(times[saved], 0)
      else inner.set(arrived)
      out.set(inner, saved * n)
    }
    if (eventTangents) countedEvents(step, inside)
    if (ended && eventTangents)
      eventTangents[ended.index] = { t: dt + dh, y: arrived.slice(), after: arrived.slice() }
    dt = ended ? dt + dh : 0
    y.set(arrived)
  }
  return out

  /** y ← the derivative of the state after an event, given that of the state before; through unit cotangents. */
  function jump(event: Parameters<typeof jumpVjp>[0], t: number, before: Float64Array): void {
    const vjp = jumpVjp(event)
    const after = Float64Array.from({ length: n }, (_, i) => {
      const unit = new Float64Array(n)
      unit[i] = 1
      const row = new Float64Array(n)
      const byTheta = new Float64Array(p)
      const byTime = vjp(t, before, unit, row, byTheta)
      return dot(row, y) + dot(byTheta, theta) + byTime * dt
    })
    y.set(after)
  }

  /** The derivatives of the events that were counted within a step, whose times dense output determines. */
  function countedEvents(step: number, inside: (time: number, dtime: number) => void): void {
    solution.events.forEach(({ event, t, y: state, step: lies, kind }, index) => {
      if (lies !== step || eventAt(step)?.index === index) return
      eventTangents![index] = undefined
      if (kind === 'grazing') return
      const gradient = eventGradient(steps.events![event], t, state, p)
      inside(t, 0)
      const still = inner.slice()
      inside(t, 1)
      const rate = inner.map((value, m) => value - still[m])
      const change = dot(gradient.y, still) + dot(gradient.theta, theta)
      const dtime = -change / (gradient.t + dot(gradient.y, rate))
      const moved = still.map((value, m) => value + dtime * rate[m])
      eventTangents![index] = { t: dtime, y: moved, after: moved }
    })
  }
}
