import type { Checkpoints } from './checkpoints.ts'
import type { StateEvent } from './events.ts'
import type { Steps } from './solution.ts'
import type { Stepper } from './stepper.ts'

/**
 * The accepted steps while they are recorded. `dense` holds what a stepper records: slot 0 what `start` left, slot j + 1
 * what step j left, of `width` numbers each.
 */
export interface StepRecord extends Steps {
  count: number
  generation: number
  t: Float64Array
  h: Float64Array
  y: Float64Array
  dense: Float64Array
  readonly n: number
  readonly width: number
  /** What made the steps, and can load them. */
  readonly stepper?: Stepper
  /** The events that were looked for, if any. */
  readonly events?: readonly StateEvent[]
  /** Where memory is bounded: in place of the steps themselves, of which there are then none here. */
  readonly checkpoints?: Checkpoints
}

const initialCapacity = 64

/** @param width numbers per step that dense output needs; 0 records the states only. */
export const createStepRecord = (
  n: number,
  width: number,
  stepper?: Stepper,
  events?: readonly StateEvent[],
  capacity = initialCapacity,
): StepRecord => ({
  count: 0,
  generation: 0,
  t: new Float64Array(capacity + 1),
  h: new Float64Array(capacity),
  y: new Float64Array((capacity + 1) * n),
  dense: new Float64Array((capacity + 1) * width),
  n,
  width,
  stepper,
  events,
})

/** Starts over, in the same memory. */
export function beginSteps(record: StepRecord, t: number, y: Float64Array): void {
  record.count = 0
  record.generation++
  record.t[0] = t
  record.y.set(y)
}

const grown = (old: Float64Array, length: number) => {
  const next = new Float64Array(length)
  next.set(old)
  return next
}

/** Appends a step of size h that arrived at (t, y). Gives where in record.dense its slot begins. */
export function appendStep(record: StepRecord, h: number, t: number, y: Float64Array): number {
  const { n, width, count } = record
  if (count === record.h.length) {
    const capacity = 2 * count
    record.t = grown(record.t, capacity + 1)
    record.h = grown(record.h, capacity)
    record.y = grown(record.y, (capacity + 1) * n)
    record.dense = grown(record.dense, (capacity + 1) * width)
  }
  const next = count + 1
  record.count = next
  record.h[count] = h
  record.t[next] = t
  const states = record.y
  for (let m = 0, at = next * n; m < n; m++) states[at + m] = y[m]
  return next * width
}

/** The step j with t in (t[j], t[j + 1]], in the direction of time; 0 for the initial time. Binary search. */
export function stepAt(steps: Steps, t: number): number {
  const direction = steps.h[0] < 0 ? -1 : 1
  let low = 0
  let high = steps.count - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((t - steps.t[middle + 1]) * direction <= 0) high = middle
    else low = middle + 1
  }
  return low
}
