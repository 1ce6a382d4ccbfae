import type { EventRecord, StateEvent } from './events.ts'
import type { IntegratorOptions, TimePlan } from './options.ts'
import type { Failure, Solution, Statistics } from './solution.ts'
import { type StepRecord, stepAt } from './steps.ts'

/** The saved states of a run, in memory that is used again by the next; or handed over one by one, and not kept. */
export interface SavedStates {
  /** Number of saved times reached. */
  count: number
  y: Float64Array
  times: Float64Array
  readonly handOver?: (t: number, y: Float64Array) => void
}

export const createSavedStates = (handOver?: SavedStates['handOver']): SavedStates => ({
  count: 0,
  y: new Float64Array(0),
  times: new Float64Array(0),
  handOver,
})

export function beginSaving(saved: SavedStates, plan: TimePlan, y0: Float64Array): void {
  saved.count = 0
  if (!plan.saveAt) return
  saved.times = plan.saveAt
  const length = plan.saveAt.length * y0.length
  if (!saved.handOver && saved.y.length < length) saved.y = new Float64Array(length)
  saveState(saved, y0)
}

export function saveState(saved: SavedStates, y: Float64Array): void {
  if (saved.handOver) {
    saved.handOver(saved.times[saved.count++], y)
    return
  }
  const out = saved.y
  const n = y.length
  for (let m = 0, at = saved.count * n; m < n; m++) out[at + m] = y[m]
  saved.count++
}

export const newStatistics = (): Statistics => ({
  evaluations: 0,
  accepted: 0,
  rejected: 0,
  jacobians: 0,
  factorisations: 0,
  linearSolves: 0,
  newtonIterations: 0,
  smallestStep: Infinity,
  largestStep: 0,
})

export function countAccepted(statistics: Statistics, h: number): void {
  const size = Math.abs(h)
  statistics.accepted++
  if (size < statistics.smallestStep) statistics.smallestStep = size
  if (size > statistics.largestStep) statistics.largestStep = size
}

/** What is to be recorded: everything; checkpoints; the states, because they are the output; or nothing. */
export const recording = (options: IntegratorOptions, plan: TimePlan) =>
  options.memory !== undefined
    ? 'checkpoints'
    : (options.keepSteps ?? true)
      ? 'dense'
      : plan.saveAt
        ? 'nothing'
        : 'states'

/** Assembles the solution. `interpolate` writes the state at a time t that is neither end of step j. */
export function solutionOf(
  method: string,
  plan: TimePlan,
  saved: SavedStates,
  record: StepRecord,
  recorded: ReturnType<typeof recording>,
  statistics: Statistics,
  failure: Failure | undefined,
  interpolate: (step: number, t: number, out: Float64Array) => void,
  events: { list: readonly StateEvent[]; found: readonly EventRecord[] } = { list: [], found: [] },
): Solution {
  const { n, generation } = record
  const count = plan.saveAt ? saved.count : record.count + 1
  const last = events.found.at(-1)
  const checkKept = () => {
    if (recorded !== 'dense' && recorded !== 'checkpoints')
      throw new Error('the steps of this solution were not kept: integrate without keepSteps: false')
    if (record.generation !== generation)
      throw new Error(
        'the steps of this solution are no longer there: its integrator was used again and reuses the memory. ' +
          'Use them before the next integrate(), or call odeint, which gives each solution its own memory',
      )
  }
  return {
    dimension: n,
    t: (plan.saveAt ?? record.t).subarray(0, count),
    y: (plan.saveAt ? saved.y : record.y).subarray(0, count * n),
    success: failure === undefined,
    failure,
    statistics,
    method,
    events: events.found,
    terminated: last?.kind === 'crossing' && (events.list[last.event].terminal ?? false),
    get steps() {
      checkKept()
      return record
    },
    at(t, out = new Float64Array(n)) {
      checkKept()
      if (recorded === 'checkpoints')
        throw new Error(
          'under a bound on memory there is no dense output afterwards: ask for the times, or leave it out',
        )
      const first = record.t[0]
      const last = record.t[record.count]
      if (!(t >= Math.min(first, last) && t <= Math.max(first, last)))
        throw new RangeError(`t = ${t} is outside of the times integrated over, ${first} to ${last}`)
      const step = t === first ? -1 : stepAt(record, t)
      if (t === record.t[step + 1]) out.set(record.y.subarray((step + 1) * n, (step + 2) * n))
      else interpolate(step, t, out)
      return out
    },
  }
}
