import type { StepContext } from './context.ts'
import type { EventRecord, StateEvent } from './events.ts'
import { newStatistics } from './solutionOf.ts'
import type { Stepper } from './stepper.ts'
import { appendStep, beginSteps, createStepRecord, type StepRecord } from './steps.ts'

/**
 * The accepted steps of an integration within a bound on memory. Going forward, the size of every step is kept (16 bytes)
 * and, of every 2^k-th step, what it started from: a checkpoint; k grows whenever they fill their half of the memory. Going
 * backward, the steps between two checkpoints are computed again, with the same numbers, in a window of steps; where they
 * do not fit in, with more checkpoints on the way, placed by the binomial rule (Griewank & Walther, *Revolve*, ACM TOMS 26
 * (2000) 19–45).
 */
export interface Checkpoints {
  /** Number of steps. */
  readonly count: number
  /** The steps that `backward` visits, a window at a time: local index j is step `first + j` of the integration. */
  readonly window: StepRecord
  /** Forgets the last integration; the stepper has just been started. */
  begin(t: number, y: Float64Array): void
  /** Notes a trial of the step to come: of methods with a memory, those that are rejected are taken again, too. */
  tried(h: number): void
  /** Notes the step that the stepper has just completed, or its new start (h = 0). */
  append(h: number, t: number, y: Float64Array): void
  /** The step after it is about to be tried. */
  advanced(): void
  /** Visits all steps, last to first. */
  backward(events: readonly EventRecord[], visit: (local: number, step: number) => void): void
  /** Bytes of checkpoints and window in use at most. */
  readonly bytes: number
}

const bytesPerNumber = 8
const units: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 }

/** Bytes of '64MB', '1.5 GB' or a number of them. @throws RangeError */
export function bytesOf(memory: string | number): number {
  const [, amount, unit] = /^([\d.]+)\s*([kKMG]?B)$/.exec(String(memory)) ?? []
  const bytes = typeof memory === 'number' ? memory : Number(amount) * (units[unit] ?? Number.NaN)
  if (bytes > 0 && bytes < Infinity) return bytes
  throw new RangeError(`memory must be a number of bytes or as '64MB', not '${memory}'`)
}

/** The number of steps that c checkpoints, each step computed at most r + 1 times, reverse: the binomial (c + r over c). */
function reversible(c: number, r: number): number {
  let product = 1
  for (let i = 1; i <= r; i++) product = (product * (c + i)) / i
  return product
}

/** @throws RangeError where the memory holds too few steps. */
export function createCheckpoints(
  stepper: Stepper,
  context: StepContext,
  memory: number,
  events: readonly StateEvent[] | undefined,
): Checkpoints {
  const n = context.field.dimension
  const { width, memory: remembered = 0 } = stepper
  const size = n + width + remembered
  const capacity = Math.floor(memory / (bytesPerNumber * (size + 2)))
  if (capacity < 8)
    throw new RangeError(
      `memory: ${memory} bytes hold ${capacity} steps of ${bytesPerNumber * (size + 2)} bytes; at least 8 are needed`,
    )
  const forward = capacity >> 1
  const windowSize = capacity >> 2
  const inner = capacity - forward - (windowSize + 1) // a window has a slot more, for what it starts from
  const window = createStepRecord(n, width, stepper, events, windowSize)
  /** Checkpoints in the order of time: which step each comes before, and its state and slot. */
  const steps: number[] = []
  const stored: Float64Array[] = []
  const spare: Float64Array[] = []
  let stride = 1
  let count = 0
  /** Sizes that were tried so far for the step to come, and for the steps whose last trial was not the only one. */
  let trials: number[] = []
  const repeated = new Map<number, number[]>()
  /** The checkpoint that was stored last, until what the stepper remembers is in it, too. */
  let incomplete: Float64Array | undefined
  let t = new Float64Array(64)
  let h = new Float64Array(64)
  let allocated = 0

  const y = new Float64Array(n)
  const y1 = new Float64Array(n)

  /** Makes room for some more checkpoints, one of them at least. */
  function allocate(): void {
    const more = Math.max(1, Math.min(64, forward + inner - allocated))
    const chunk = new Float64Array(more * size)
    for (let i = 0; i < more; i++) spare.push(chunk.subarray(i * size, (i + 1) * size))
    allocated += more
  }

  function store(step: number, state: Float64Array): void {
    if (spare.length === 0) allocate()
    const block = spare.pop()!
    block.set(state)
    stepper.record(block, n)
    steps.push(step)
    stored.push(block)
    incomplete = block
  }

  function complete(): void {
    if (incomplete && remembered > 0) stepper.remember!(incomplete, n + width)
    incomplete = undefined
  }

  function thin(): void {
    stride *= 2
    let kept = 0
    for (let i = 0; i < steps.length; i++)
      if (steps[i] % stride === 0) {
        steps[kept] = steps[i]
        ;[stored[kept], stored[i]] = [stored[i], stored[kept]]
        kept++
      }
    spare.push(...stored.splice(kept))
    steps.length = kept
  }

  /** Makes the last checkpoint the beginning of the window, and the stepper go on from there. */
  function restore(): number {
    const step = steps[steps.length - 1]
    const block = stored[stored.length - 1]
    y.set(block.subarray(0, n))
    beginSteps(window, t[step], y)
    window.dense.set(block.subarray(n, n + width))
    stepper.resume(window, 0, step > 0 ? h[step - 1] : 0, block, n + width)
    return step
  }

  /** Takes a step again. */
  function again(step: number, jumps: ReadonlyMap<number, StateEvent>): void {
    if (h[step] === 0) {
      jumps.get(step - 1)!.apply!(t[step], y)
      stepper.start(t[step], y)
      return
    }
    for (const size of repeated.get(step) ?? []) stepper.attempt(t[step], size, y, y1)
    stepper.attempt(t[step], h[step], y, y1)
    stepper.complete(true)
  }

  /** After `again`, and what is done with the completed step. */
  function goOn(step: number): void {
    if (h[step] === 0) return
    stepper.advance()
    y.set(y1)
  }

  return {
    window,
    get count() {
      return count
    },
    get bytes() {
      return bytesPerNumber * (allocated * size + window.dense.length + window.y.length + 2 * windowSize)
    },
    begin(start, state) {
      spare.push(...stored.splice(0))
      steps.length = 0
      stride = 1
      count = 0
      repeated.clear()
      trials = []
      t[0] = start
      store(0, state)
      complete()
    },
    tried(size) {
      if (remembered > 0) trials.push(size)
    },
    append(stepSize, time, state) {
      if (count + 2 > t.length) {
        const grown = [new Float64Array(2 * t.length), new Float64Array(2 * t.length)]
        grown[0].set(t)
        grown[1].set(h)
        ;[t, h] = grown
      }
      if (trials.length > 1) {
        repeated.set(count, trials.slice(0, -1))
        trials = []
      } else trials.length = 0
      h[count] = stepSize
      t[++count] = time
      if (count % stride !== 0) return
      if (stored.length === forward) thin()
      if (count % stride === 0) store(count, state)
    },
    advanced: complete,
    backward(happened, visit) {
      const jumps = new Map<number, StateEvent>()
      for (const { event, step, kind } of happened)
        if (kind === 'crossing' && events?.[event].apply) jumps.set(step, events[event])
      const statistics = context.statistics
      context.statistics = newStatistics()
      /** Visits the steps from the last checkpoint up to `to`, with `free` more checkpoints to place. */
      const reverse = (to: number, free: number): void => {
        const from = restore()
        if (to - from <= windowSize) {
          for (let step = from; step < to; step++) {
            again(step, jumps)
            const slot = appendStep(window, h[step], t[step + 1], h[step] === 0 ? y : y1)
            stepper.record(window.dense, slot)
            goOn(step)
          }
          for (let step = to - 1; step >= from; step--) visit(step - from, step)
          return
        }
        const pieces = Math.ceil((to - from) / windowSize)
        let repeats = 1
        while (reversible(free, repeats) < pieces && repeats < pieces) repeats++
        const right = free > 0 ? Math.max(1, Math.floor(reversible(free - 1, repeats))) : 1
        const middle = Math.max(from + 1, to - Math.min(right, pieces - 1) * windowSize)
        for (let step = from; step < middle; step++) {
          again(step, jumps)
          if (step < middle - 1) goOn(step)
        }
        store(middle, h[middle - 1] === 0 ? y : y1)
        goOn(middle - 1)
        complete()
        reverse(to, Math.max(0, free - 1))
        spare.push(stored.pop()!)
        steps.pop()
        reverse(middle, free)
      }
      const kept = [...steps]
      const blocks = [...stored]
      for (let to = count; steps.length > 0; ) {
        const from = steps[steps.length - 1]
        if (from < to) reverse(to, inner)
        to = from
        steps.pop()
        stored.pop()
      }
      steps.push(...kept)
      stored.push(...blocks)
      context.statistics = statistics
    },
  }
}
