import { bytesOf, createCheckpoints } from './checkpoints.ts'
import type { StepContext } from './context.ts'
import { createEventFinder } from './events.ts'
import * as failures from './failure.ts'
import type { IntegratorOptions, TimePlan } from './options.ts'
import type { Failure, Solution } from './solution.ts'
import {
  beginSaving,
  countAccepted,
  createSavedStates,
  recording,
  saveState,
  solutionOf,
} from './solutionOf.ts'
import type { Stepper } from './stepper.ts'
import { appendStep, beginSteps, createStepRecord, type StepRecord } from './steps.ts'

/**
 * The loop around any stepper: trial steps, their size, saved states, recorded steps, progress and failures. Memory is
 * reused by each call of what is returned; a step allocates nothing.
 */
export function createDriver(
  method: Stepper,
  context: StepContext,
  options: IntegratorOptions,
): (y0: ArrayLike<number>, plan: TimePlan) => Solution {
  const { field } = context
  const { control } = method
  const n = field.dimension
  const { maxStep = Infinity, maxSteps = 100_000, fixedStep, onProgress } = options
  const y = new Float64Array(n)
  const y1 = new Float64Array(n)
  const state = new Float64Array(n)
  const saved = createSavedStates(options.onSaved)
  const checkpoints =
    options.memory === undefined
      ? undefined
      : createCheckpoints(method, context, bytesOf(options.memory), options.events)
  const stepper = checkpoints ? noting(method, checkpoints.tried) : method
  const finder = options.events?.length ? createEventFinder(options.events, stepper, context) : undefined
  const keeps = (options.keepSteps ?? true) && !checkpoints
  const record: StepRecord = {
    ...createStepRecord(n, keeps ? stepper.width : 0, stepper, options.events),
    checkpoints,
  }
  let t = 0
  /** Steps so far, those of size 0 included. */
  let appended = 0
  let h = 0

  /** The failure that the last obstacle amounts to, or a step that is too small for its own sake. */
  const stuck = () => context.obstacle ?? failures.stepTooSmall(field, t, h, context.dominant)

  /** Saves the states at the times in (t, t1], for the step that has just been completed. */
  function saveUpTo(t1: number, saveAt: Float64Array, direction: number): void {
    while (saved.count < saveAt.length && (saveAt[saved.count] - t1) * direction <= 0) {
      const time = saveAt[saved.count]
      if (time === t1) saveState(saved, y1)
      else {
        stepper.interpolate((time - t) / h, state)
        saveState(saved, state)
      }
    }
  }

  function run(plan: TimePlan, recorded: ReturnType<typeof recording>): Failure | undefined {
    const { stop, saveAt } = plan
    const direction = Math.sign(stop - t)
    const started = stepper.start(t, y)
    beginSaving(saved, plan, y)
    beginSteps(record, t, y)
    if (!started) return stuck()
    if (recorded === 'dense') stepper.record(record.dense, 0)
    checkpoints?.begin(t, y)
    const most = Math.min(maxStep, Math.abs(stop - t))
    h = direction * Math.min(fixedStep ?? options.firstStep ?? stepper.firstStep(t, y, direction, most), most)
    finder?.begin(t, y)
    let origin = t
    let originTrial = 0
    appended = 0
    for (let trials = 0; ; trials++) {
      if (0.1 * Math.abs(h) <= Math.abs(t) * Number.EPSILON) return stuck()
      if (trials === maxSteps) return failures.tooManySteps(field, t, stop, maxSteps, context.dominant)
      const last = (t + 1.01 * h - stop) * direction >= 0
      if (last) h = stop - t
      let t1 = last ? stop : fixedStep ? origin + (trials - originTrial + 1) * h : t + h
      context.obstacle = undefined
      let error = stepper.attempt(t, h, y, y1)
      if (fixedStep && error > 1) error = 1
      if (error <= 1) {
        const between = saveAt !== null && (saveAt[saved.count] - t1) * direction < 0
        const dense = recorded === 'dense' || recorded === 'checkpoints' || between || finder !== undefined
        if (!stepper.complete(dense)) error = Number.NaN
      }
      const tried = h
      let cut = false
      if (finder && error <= 1) {
        const fraction = finder.search(t, h, appended)
        if (finder.failure) return finder.failure
        cut = !Number.isNaN(fraction)
        if (cut) {
          h = finder.arrive(t, h, fraction, y, y1)
          t1 = t + h
          if (Number.isNaN(h)) error = h
        }
      }
      if (!(error <= 1)) {
        if (fixedStep) return stuck()
        context.statistics.rejected++
        h = tried * control.reject(error)
        continue
      }
      if (saveAt) saveUpTo(t1, saveAt, direction)
      append(recorded, h, t1, y1)
      countAccepted(context.statistics, h)
      stepper.advance()
      checkpoints?.advanced()
      t = t1
      y.set(y1)
      if (cut) {
        finder!.happen(t, y, appended - 1)
        if (finder!.cutting.terminal) return undefined
        if (!stepper.start(t, y)) return stuck()
        append(recorded, 0, t, y)
        checkpoints?.advanced()
        finder!.begin(t, y)
        origin = t
        originTrial = trials + 1
        h = tried
      } else if (last) return undefined
      else if (!fixedStep) h = direction * Math.min(Math.abs(h) * control.accept(error), maxStep)
      if (onProgress && onProgress(t, context.statistics) === false) return failures.cancelled(t)
    }
  }

  /** Records what the stepper has just completed: a step, or (h = 0) a new start. */
  function append(
    recorded: ReturnType<typeof recording>,
    size: number,
    t1: number,
    state1: Float64Array,
  ): void {
    appended++
    if (recorded === 'checkpoints') checkpoints!.append(size, t1, state1)
    if (recorded === 'nothing' || recorded === 'checkpoints') return
    const slot = appendStep(record, size, t1, state1)
    if (recorded === 'dense') stepper.record(record.dense, slot)
  }

  function interpolate(step: number, time: number, out: Float64Array): void {
    stepper.load(record, step)
    stepper.interpolate((time - record.t[step]) / record.h[step], out)
  }

  return (y0, plan) => {
    context.reset()
    control.reset()
    finder?.reset()
    if (checkpoints && !plan.saveAt)
      throw new RangeError(
        'memory needs the times to save at (a list, or saveEvery): each step would be kept otherwise',
      )
    t = plan.start
    y.set(y0)
    const recorded = recording(options, plan)
    const failure = run(plan, recorded)
    const events = finder ? { list: options.events!, found: finder.found.slice() } : undefined
    return solutionOf(
      stepper.name,
      plan,
      saved,
      record,
      recorded,
      context.statistics,
      failure,
      interpolate,
      events,
    )
  }
}

/** The same stepper, whose trials are noted. */
const noting = (stepper: Stepper, tried: (h: number) => void): Stepper => ({
  ...stepper,
  attempt(t, h, y, y1) {
    tried(h)
    return stepper.attempt(t, h, y, y1)
  },
})
