import type { Solution } from '../ode/solution.ts'
import type { StepDerivative } from '../ode/stepper.ts'
import type { VectorField } from '../ode/vectorField.ts'
import { checkLength } from './checkLength.ts'
import { differentiableSteps, eventGradient, jumpVjp } from './stepDerivative.ts'

/** ∂L/∂ of one of solution.events: of its time, and of the states before and after (n each). */
export interface EventCotangent {
  readonly t?: number
  readonly y?: Float64Array
  readonly after?: Float64Array
}

/** What L depends on beside the saved states, and what else it is differentiated by. */
export interface AdjointExtras {
  /** For each of solution.events, or undefined where L does not depend on it. */
  readonly events?: readonly (EventCotangent | undefined)[]
  /**
   * Added to: ∂L/∂ of each of the times asked for (T, as `solution.t`), t0 and t1 among them, where the states at these
   * times are all that L depends on. The field then needs `timeDerivative`.
   */
  readonly gradTimes?: Float64Array
}

/**
 * The discrete adjoint: the exact derivative, to rounding, of the numbers that the integrator computed, with the accepted
 * steps frozen. A scalar L of the saved states has `cotangents` = ∂L/∂y (row-major T×n, as `solution.y`); added to `gradY0`
 * (n) is ∂L/∂y0 and to `gradTheta` (p) ∂L/∂θ. θ must be what it was in the forward run.
 *
 * The steps are gone through backwards; what a step's derivative is, its family of methods says (`StepDerivative`). Times
 * on the grid of steps stay where they are, but for events, t0 and t1: where such a time moves, the steps beside it get
 * longer or shorter. The size of a step that ends at an event is where g(t + h, y₁) = 0; with the multiplier ν of that
 * equation L + ν·g is stationary in h, which is the saltation matrix of the event in discrete form.
 *
 *     adjoint(field, solution, cotangents, gradY0, gradTheta, { gradTimes })
 *
 * @throws Error where the field has no `vjp`, or an event lacks derivatives.
 * @throws RangeError where an array has the wrong length.
 */
export function adjoint(
  field: VectorField,
  solution: Solution,
  cotangents: Float64Array,
  gradY0: Float64Array,
  gradTheta: Float64Array,
  { events: eventCotangents = [], gradTimes }: AdjointExtras = {},
): void {
  if (!field.vjp) throw new Error('the adjoint needs field.vjp, which this vector field does not have')
  checkLength('cotangents', cotangents, solution.y.length)
  checkLength('gradY0', gradY0, field.dimension)
  checkLength('gradTheta', gradTheta, field.parameterCount)
  if (gradTimes) checkLength('gradTimes', gradTimes, solution.t.length)
  const { steps, count, backward, derivative: derivativeOf, eventAt, hasCuts } = differentiableSteps(solution)
  const n = field.dimension
  const p = field.parameterCount
  const times = solution.t
  const timesMove = hasCuts || gradTimes !== undefined
  const derivative = derivativeOf(timesMove)
  const lambda = new Float64Array(n) // ∂L/∂y
  const lambda1 = new Float64Array(n) // ∂L/∂y₁
  const cotangent = new Float64Array(n)
  const direction = Math.sign(solution.t[solution.t.length - 1] - solution.t[0])
  let saved = times.length - 1
  /** ∂L/∂ of the time at which the current step ends, where that is an event. */
  let endTime = 0
  const counted = solution.events.flatMap(({ step, kind }, index) =>
    eventCotangents[index] && kind === 'crossing' && eventAt(step)?.index !== index ? [index] : [],
  )

  /** Passes what L says of states within a step to `sweep`: saved states `from` … `to`, and events that were counted. */
  function inside(
    sweep: StepDerivative,
    local: number,
    step: number,
    from: number,
    to: number,
    forReal: boolean,
  ): void {
    const t = steps.t[local]
    const h = steps.h[local]
    const at = (time: number, by: Float64Array, target: Float64Array) => {
      const fraction = (time - t) / h
      const slope = sweep.interpolateVjp(fraction, by, target) / h // ∂L/∂time
      sweep.timeCotangent.t -= slope
      sweep.timeCotangent.h -= fraction * slope
      return slope
    }
    const target = forReal ? lambda : new Float64Array(n)
    for (let i = to; i >= from; i--) {
      if (times[i] === steps.t[local + 1]) continue
      for (let m = 0; m < n; m++) cotangent[m] = cotangents[i * n + m]
      const slope = at(times[i], cotangent, target)
      if (gradTimes && forReal) gradTimes[i] += slope
    }
    for (const index of counted) {
      const { event, t: time, y, step: lies } = solution.events[index]
      if (lies !== step) continue
      // g(time, u(time)) = 0 determines the time: its multiplier makes L + ν·g stationary in it
      const { t: byTime = 0, y: byState = new Float64Array(n) } = eventCotangents[index]!
      const gradient = eventGradient(steps.events![event], time, y, p)
      const probe = derivativeOf(true)
      probe.load(local)
      const rate = (by: Float64Array) => probe.interpolateVjp((time - t) / h, by, new Float64Array(n)) / h
      const nu = -(byTime + rate(byState)) / (gradient.t + rate(gradient.y))
      for (let m = 0; m < n; m++) cotangent[m] = byState[m] + nu * gradient.y[m]
      at(time, cotangent, target)
      if (forReal) for (let j = 0; j < p; j++) gradTheta[j] += nu * gradient.theta[j]
    }
  }

  /** ∂/∂h of what these cotangents of y₁ weigh, and of what is inside the step if its range is given. */
  function sizeDerivative(
    local: number,
    byEnd: Float64Array,
    within?: [step: number, from: number, to: number],
  ): number {
    const probe = derivativeOf(true)
    probe.beginVjp()
    probe.load(local)
    if (within) inside(probe, local, ...within, false)
    probe.stepVjp(byEnd.slice(), new Float64Array(n), new Float64Array(p))
    return probe.timeCotangent.h
  }

  derivative.beginVjp()
  backward((local, step) => {
    const t = steps.t[local]
    const t1 = steps.t[local + 1]
    const ended = eventAt(step)
    derivative.timeCotangent.t = 0
    derivative.timeCotangent.h = 0
    if (steps.h[local] === 0) {
      // a jump: the state after is apply(t, state before), and the method starts again
      if (saved > 0 && times[saved - 1] === t) {
        for (let m = 0; m < n; m++) lambda[m] += cotangents[saved * n + m]
        saved--
      }
      derivative.startVjp(t, steps.y.slice((local + 1) * n, (local + 2) * n), lambda, gradTheta)
      const { index, event } = eventAt(step - 1)!
      const { after } = eventCotangents[index] ?? {}
      if (after) for (let m = 0; m < n; m++) lambda[m] += after[m]
      lambda1.fill(0)
      endTime += derivative.timeCotangent.t
      endTime += jumpVjp(event)(t, solution.events[index].y, lambda, lambda1, gradTheta)
      lambda.set(lambda1)
      derivative.beginVjp()
      return
    }
    const to = saved
    while (saved >= 0 && (times[saved] - t) * direction > 0) saved--
    derivative.load(local)
    lambda1.set(lambda)
    lambda.fill(0)
    for (let i = to; i > saved; i--)
      if (times[i] === t1) for (let m = 0; m < n; m++) lambda1[m] += cotangents[i * n + m]

    let nuTime = 0
    if (ended) {
      const { t: byTime = 0, y: byState } = eventCotangents[ended.index] ?? {}
      if (byState) for (let m = 0; m < n; m++) lambda1[m] += byState[m]
      const gradient = eventGradient(ended.event, t1, solution.events[ended.index].y, p)
      const rate = gradient.t + sizeDerivative(local, gradient.y)
      const nu = -(endTime + byTime + sizeDerivative(local, lambda1, [step, saved + 1, to])) / rate
      for (let m = 0; m < n; m++) lambda1[m] += nu * gradient.y[m]
      for (let j = 0; j < p; j++) gradTheta[j] += nu * gradient.theta[j]
      nuTime = endTime + byTime + nu * gradient.t
    }
    inside(derivative, local, step, saved + 1, to, true)
    if (gradTimes && !ended) gradientOfEnd(local, step, saved + 1, to)
    derivative.stepVjp(lambda1, lambda, gradTheta)
    const { t: byStart, h: bySize } = derivative.timeCotangent
    if (gradTimes && step === count - 1 && !ended) gradTimes[times.length - 1] += bySize
    // the time at which the step begins moves at an event or at t0; what ends at a fixed time gets shorter by as much
    endTime = ended ? byStart + nuTime : byStart - bySize
    if (step === 0) start()
  })
  if (count === 0) start()
  for (let m = 0; m < n; m++) gradY0[m] += lambda[m]

  /** Of the start of the integration, when the steps at its beginning are at hand. */
  function start(): void {
    for (; saved >= 0; saved--) for (let m = 0; m < n; m++) lambda[m] += cotangents[saved * n + m]
    derivative.timeCotangent.t = 0
    derivative.startVjp(steps.t[0], steps.y.subarray(0, n), lambda, gradTheta)
    if (gradTimes) gradTimes[0] += endTime + derivative.timeCotangent.t
  }

  /** A saved time that happens to be the end of a step, but not of the last, moves on dense output. */
  function gradientOfEnd(local: number, step: number, from: number, to: number): void {
    if (step === count - 1) return
    for (let i = from; i <= to; i++) {
      if (times[i] !== steps.t[local + 1]) continue
      const probe = derivativeOf(true)
      probe.load(local)
      const by = cotangents.slice(i * n, (i + 1) * n)
      gradTimes![i] += probe.interpolateVjp(1, by, new Float64Array(n)) / steps.h[local]
    }
  }
}
