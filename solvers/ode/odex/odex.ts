import { createStepContext } from '../context.ts'
import { createEventFinder } from '../events.ts'
import * as failures from '../failure.ts'
import type { IntegratorOptions, TimePlan } from '../options.ts'
import type { Failure, Solution } from '../solution.ts'
import {
  beginSaving,
  countAccepted,
  createSavedStates,
  recording,
  saveState,
  solutionOf,
} from '../solutionOf.ts'
import type { Stepper } from '../stepper.ts'
import { appendStep, beginSteps, createStepRecord } from '../steps.ts'
import type { VectorField } from '../vectorField.ts'
import { barycentric, nodeCount, nodes } from './chebyshev.ts'
import { createColumnCounter } from './columnCounter.ts'
import { createExtrapolation } from './extrapolationStep.ts'
import { createOdexSolver } from './package.ts'

/** A sentinel: the integration ends inside of a call of the right-hand side, which odex has no other way to. */
class Stopped {
  readonly failure: Failure
  constructor(failure: Failure) {
    this.failure = failure
  }
}

/**
 * The extrapolation code ODEX of Hairer & Wanner (*Solving ODEs I*, II.9), as the npm package `odex`, behind the
 * interface of the other methods. Its dense output is a polynomial of degree at most 19 per step; it is kept as values
 * at Chebyshev points. The package tells neither its stages nor how many columns a step took; these are counted from its
 * evaluations, and the step is then a Runge–Kutta method that is known (`extrapolationTableau`): for derivatives, and to
 * end a step at an event.
 *
 * Where the derivative does not exist inside a trial step, odex is given one so large that its error control rejects
 * the step and tries a smaller one.
 */
export function createOdex(
  field: VectorField,
  options: IntegratorOptions,
): (y0: ArrayLike<number>, plan: TimePlan) => Solution {
  const n = field.dimension
  const { maxStep = Infinity, maxSteps = 100_000, onProgress, firstStep } = options
  const context = createStepContext(field, options)
  const { atol, rtol } = context
  const solver = createOdexSolver(n)
  solver.denseOutput = true
  solver.relativeTolerance = rtol
  solver.absoluteTolerance = Array.from(atol)
  if (Number.isFinite(maxStep)) solver.maxStepSize = maxStep

  const y = new Float64Array(n) // the last accepted state
  const y1 = new Float64Array(n)
  const state = new Float64Array(n)
  const derivative = new Float64Array(n)
  const values = new Float64Array(nodeCount * n)
  const saved = createSavedStates(options.onSaved)
  const columns = createColumnCounter()

  /** A step as the finder of events sees it: odex' dense output, or the step that was taken again. */
  let shown: ((theta: number, out: Float64Array) => void) | undefined
  const extrapolation = createExtrapolation(context)
  const stepper: Stepper = {
    ...extrapolation,
    attempt(t, h, from, to) {
      shown = undefined
      return extrapolation.attempt(t, h, from, to)
    },
    interpolate: (theta, out) => (shown ?? extrapolation.interpolate)(theta, out),
  }
  const finder = options.events?.length ? createEventFinder(options.events, stepper, context) : undefined
  /** A slot of the record: the number of columns, then the values at the nodes. */
  const slotWidth = (options.keepSteps ?? true) ? 1 + nodeCount * n : 0
  const record = createStepRecord(n, slotWidth, stepper, options.events)

  const interpolate = (step: number, t: number, out: Float64Array) =>
    barycentric(record.dense, (step + 1) * record.width + 1, (t - record.t[step]) / record.h[step], out)

  return (y0, plan) => {
    const { start, stop, saveAt } = plan
    const direction = Math.sign(stop - start)
    const rounding = 4 * Number.EPSILON * Math.max(Math.abs(start), Math.abs(stop)) // odex may miss `stop` by it
    const recorded = recording(options, plan)
    context.reset()
    const { statistics } = context
    finder?.reset()
    let t = start
    /** Steps so far, those of size 0 included. */
    let appended = 0
    /** Whether the next evaluation is the first after a start. */
    let starting = true
    let failure: Failure | undefined
    /** Size of the first trial step after an event. */
    let resumed: number | undefined
    y.set(y0)
    beginSaving(saved, plan, y)
    beginSteps(record, start, y)

    /** The component that moves fastest, as measured by its tolerance. */
    const fastest = () => {
      const speeds = derivative.map((slope, m) => Math.abs(slope) / (atol[m] + rtol * Math.abs(y[m])))
      return speeds.indexOf(speeds.reduce((a, b) => Math.max(a, b)))
    }
    const stuck = (h: number) => context.obstacle ?? failures.stepTooSmall(field, t, h, fastest())

    const evaluate = (time: number, given: number[]): number[] => {
      if (!starting && Math.abs(time - t) <= 4 * Number.EPSILON * Math.abs(t))
        throw new Stopped(stuck(time - t))
      columns.evaluated(time)
      state.set(given)
      if (context.evaluate(time, state, derivative)) {
        starting = false
        return Array.from(derivative)
      }
      if (starting) throw new Stopped(context.obstacle!)
      return Array.from(y, value => 1e20 * (1 + Math.abs(value)))
    }

    /** Takes a step from (t, y) by h to y1 into the books. */
    function append(h: number, t1: number): void {
      appended++
      if (recorded === 'nothing') return
      const slot = appendStep(record, h, t1, y1)
      if (recorded !== 'dense') return
      record.dense[slot] = columns.count
      record.dense.set(values, slot + 1)
    }

    /** Of a step by odex, or the one that was taken again in its place. False: it cannot be. */
    function accept(tried: number, t1: number): 'on' | 'again' | 'ended' {
      let h = tried
      let end = t1
      let cut = false
      if (finder) {
        const fraction = finder.search(t, h, appended)
        cut = !Number.isNaN(fraction)
        if (cut) h = finder.arrive(t, h, fraction, y, y1)
        if (finder.failure) {
          failure = finder.failure
          return 'ended'
        }
        if (Number.isNaN(h)) {
          resumed = Math.abs(tried) / 4
          if (0.1 * resumed > Math.abs(t) * Number.EPSILON) return 'again'
          failure = stuck(tried)
          return 'ended'
        }
        if (cut) end = t + h
      }
      if (recorded === 'dense') {
        for (let i = 0; i < nodeCount; i++) {
          stepper.interpolate(nodes[i], state)
          values.set(state, i * n)
        }
        values.set(y1, (nodeCount - 1) * n)
      }
      while (saveAt && saved.count < saveAt.length && (saveAt[saved.count] - end) * direction <= 0) {
        const time = saveAt[saved.count]
        if (time === end) state.set(y1)
        else stepper.interpolate((time - t) / h, state)
        saveState(saved, state)
      }
      append(h, end)
      countAccepted(statistics, h)
      t = end
      y.set(y1)
      context.obstacle = undefined
      if (cut) {
        finder!.happen(t, y, appended - 1)
        if (finder!.cutting.terminal) return 'ended'
        y1.set(y)
        append(0, t)
        resumed = Math.abs(tried)
      }
      if (onProgress && t !== stop && onProgress(t, statistics) === false) {
        failure = failures.cancelled(t)
        return 'ended'
      }
      return cut ? 'again' : 'on'
    }

    for (let next: ReturnType<typeof accept> = 'again'; next === 'again' && t !== stop; ) {
      starting = true
      finder?.begin(t, y)
      const taken = statistics.accepted
      const left = maxSteps - statistics.accepted - statistics.rejected
      solver.maxSteps = left + 1
      const trial = resumed ?? firstStep
      if (trial !== undefined) solver.initialStepSize = trial
      next = 'on'
      try {
        const { outcome, nStep } = solver.solve(
          evaluate,
          t,
          Array.from(y),
          stop,
          (_step, from, to, result, dense) => {
            if (!dense) return true // the call for the initial state
            const bad = result.findIndex(value => !Number.isFinite(value))
            if (bad >= 0) throw new Stopped(failures.nonFinite(field, to, bad, result[bad], false))
            columns.accepted(to)
            const t1 = (stop - to) * direction <= rounding ? stop : to
            y1.set(result)
            shown = (theta, out) => {
              for (let m = 0; m < n; m++) out[m] = dense(m, from + theta * (to - from))
            }
            next = accept(t1 - from, t1)
            return next === 'on'
          },
        )
        const failed = next === 'on' && outcome !== 0
        if (failed) failure = failures.tooManySteps(field, t, stop, maxSteps, fastest())
        statistics.rejected += (failed ? left : nStep) - (statistics.accepted - taken)
      } catch (error) {
        if (!(error instanceof Stopped)) throw error
        failure = error.failure
        next = 'ended'
      }
    }
    const events = finder ? { list: options.events!, found: finder.found.slice() } : undefined
    return solutionOf('odex', plan, saved, record, recorded, statistics, failure, interpolate, events)
  }
}
