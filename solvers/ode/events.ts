import type { StepContext } from './context.ts'
import * as failures from './failure.ts'
import type { Failure } from './solution.ts'
import type { Stepper } from './stepper.ts'

/**
 * Something that happens where g(t, y) changes its sign. It is counted; or it ends the integration; or the integration
 * starts again from a state that jumps.
 */
export interface StateEvent {
  /** g(t, y); it may read θ from field.parameters. */
  when(t: number, y: Float64Array): number
  /** Only from − to + as time goes on in the direction of integration, or only from + to −; default both. */
  readonly direction?: 'rising' | 'falling'
  /** Ends the integration; default false. */
  readonly terminal?: boolean
  /** y ← the state after the event (an impact, a switch), in place. */
  apply?(t: number, y: Float64Array): void
  /** gradY += cotangent·∂g/∂y, gradTheta += cotangent·∂g/∂θ; gives cotangent·∂g/∂t. Derivatives need it. */
  whenVjp?(
    t: number,
    y: Float64Array,
    cotangent: number,
    gradY: Float64Array,
    gradTheta: Float64Array,
  ): number
  /** gradY += cotangentᵀ·∂(after)/∂y, gradTheta += cotangentᵀ·∂(after)/∂θ; gives cotangentᵀ·∂(after)/∂t. */
  applyVjp?(
    t: number,
    y: Float64Array,
    cotangent: Float64Array,
    gradY: Float64Array,
    gradTheta: Float64Array,
  ): number
}

/** An event that happened. */
export interface EventRecord {
  /** Which of options.events. */
  readonly event: number
  readonly t: number
  /** The states before and after; the same where the event has no `apply`. */
  readonly y: Float64Array
  readonly after: Float64Array
  /** The accepted step in which, or at whose end, it lies. */
  readonly step: number
  /**
   * 'grazing': g touches zero, to within 10·rtol of the largest |g| so far, and keeps its sign: a contact that the smallest
   * change makes a crossing or none. It is reported, never acted upon, and has no derivative.
   */
  readonly kind: 'crossing' | 'grazing'
}

export interface EventFinder {
  /** What has happened since the last reset. */
  readonly found: EventRecord[]
  /** The event that stopped the search last, if any. */
  readonly cutting: StateEvent
  /** Why there is no going on: an event that happens again and again in no time, a g that is no number. */
  readonly failure: Failure | undefined
  /** Forgets the last integration. */
  reset(): void
  /** Begins an integration, or goes on after a jump. */
  begin(t: number, y: Float64Array): void
  /**
   * Looks through the completed step from t by h. Gives the fraction θ of the first event that is terminal or jumps, NaN
   * if there is none; notes the others up to there.
   */
  search(t: number, h: number, step: number): number
  /** Tries the step again so that it ends at the event found at the fraction θ; its size, or NaN where that fails. */
  arrive(t: number, h: number, fraction: number, y: Float64Array, y1: Float64Array): number
  /** Notes the event that stopped the search, at time t; y becomes the state after it. */
  happen(t: number, y: Float64Array, step: number): void
}

/** Fractions of a step at which g is looked at. */
const samples = [0, 0.25, 0.5, 0.75, 1] as const
/** Fractions just after the beginning, which tell to which side g leaves a zero, if only for as short. */
const justAfter = [1e-13, 1e-11, 1e-9, 1e-7, 1e-5, 1e-3] as const
const golden = (Math.sqrt(5) - 1) / 2

/**
 * Events are looked for on dense output: sign changes between five points of each step, also on both sides of a minimum
 * of |g| between them; the root by the Illinois method (Dowell & Jarratt, BIT 11 (1971) 168–174). A step that an event ends
 * is then taken again, with the size at which g(t + h, y₁) = 0 for y₁ itself, so that a step is a step and what is
 * differentiated is what was computed.
 */
export function createEventFinder(
  events: readonly StateEvent[],
  stepper: Stepper,
  context: StepContext,
): EventFinder {
  const state = new Float64Array(context.field.dimension)
  /** g at the beginning of the step, and whether it is (near) zero there because the event has just been. */
  const before = new Float64Array(events.length)
  const justBeen = new Uint8Array(events.length)
  /** The largest |g| seen, which a grazing contact is small beside. */
  const largest = new Float64Array(events.length)
  /** The side, ±1, to which g left its zero after the event; 0 before it has happened. */
  const leftTo = new Int8Array(events.length)
  const sampled = new Float64Array(samples.length)
  const quiet = new Uint8Array(events.length)
  let failure: Failure | undefined
  const found: EventRecord[] = []
  let cuttingIndex = 0
  let t = 0
  let h = 0

  /** A root of g between a and b, where it has opposite signs, to rounding. */
  function root(g: (theta: number) => number, a: number, ga: number, b: number, gb: number): number {
    for (let iteration = 0; iteration < 100 && Math.abs(b - a) > 1e-15; iteration++) {
      const x = b - (gb * (b - a)) / (gb - ga)
      const gx = g(x)
      if (gx === 0 || x === b) return x
      if (gx < 0 !== gb < 0) {
        a = b
        ga = gb
      } else ga /= 2
      b = x
      gb = gx
    }
    return b
  }

  /** Where g is least between a and b; golden section, which needs no smoothness. */
  function leastBetween(g: (theta: number) => number, a: number, b: number): number {
    let left = b - golden * (b - a)
    let right = a + golden * (b - a)
    let gLeft = g(left)
    let gRight = g(right)
    while (b - a > 1e-8) {
      if (gLeft < gRight) {
        b = right
        right = left
        gRight = gLeft
        left = b - golden * (b - a)
        gLeft = g(left)
      } else {
        a = left
        left = right
        gLeft = gRight
        right = a + golden * (b - a)
        gRight = g(right)
      }
    }
    return (a + b) / 2
  }

  const counts = (event: StateEvent, from: number, to: number) =>
    from < 0 !== to < 0 && (event.direction === undefined || (event.direction === 'rising') === to > from)

  function note(event: number, theta: number, step: number, kind: EventRecord['kind']): void {
    stepper.interpolate(theta, state)
    const y = state.slice()
    found.push({ event, t: t + theta * h, y, after: y, step, kind })
  }

  function evaluated(event: StateEvent, time: number, y: Float64Array): number {
    const value = event.when(time, y)
    if (Number.isNaN(value)) failure ??= failures.eventNotNumber(time, events.indexOf(event))
    return value
  }

  function at(event: StateEvent, theta: number): number {
    stepper.interpolate(theta, state)
    return evaluated(event, t + theta * h, state)
  }

  /**
   * g along the step at some fractions θ, and as a function of θ. Right after the event g is zero to rounding: then that
   * root is divided out, so that the next is found however near it is (a ball that comes to rest).
   */
  function along(index: number): { points: [theta: number, g: number][]; g: (theta: number) => number } {
    const event = events[index]
    const g0 = before[index]
    const plain = (theta: number) => at(event, theta)
    const pointsOf = (g: (theta: number) => number, fractions: readonly number[]) =>
      fractions.map((theta): [number, number] => [theta, g(theta)])
    const later = samples.slice(1)
    const rate = Math.abs((plain(justAfter[5]) - g0) / (justAfter[5] * h))
    const noise = Number.EPSILON * (64 * largest[index] + 16 * Math.abs(t) * rate)
    if (!justBeen[index] || Math.abs(g0) > noise)
      return { points: [[0, g0], ...pointsOf(plain, later)], g: plain }
    const first = justAfter.filter(theta => Math.abs(plain(theta) - g0) > noise)
    const deflated = (theta: number) => (plain(theta) - g0) / theta
    const points = pointsOf(deflated, [...first, ...later])
    const side = points[0][1] < 0 ? -1 : 1
    // what was thrown back so far goes through now: it was thrown back by less than rounding
    if (event.apply && event.direction && leftTo[index] === -side) failure = failures.eventsAccumulate(t)
    leftTo[index] = side
    return { points, g: deflated }
  }

  /** Whether the parabola through three points far apart equally has a least |g| between them, and near zero. */
  function mayTouch(a: number, m: number, b: number): boolean {
    const sign = m < 0 ? -1 : 1
    if (a < 0 !== m < 0 || m < 0 !== b < 0) return false
    const curvature = a - 2 * m + b
    if (sign * curvature <= 0 || Math.abs(a - b) > 2 * Math.abs(curvature)) return false
    const vertex = m - ((b - a) * (b - a)) / (8 * curvature)
    return sign * vertex <= 0.3 * Math.min(Math.abs(a), Math.abs(m), Math.abs(b))
  }

  /** Whether nothing happens to one event in the step, as in most; then the next begins. Nothing is allocated. */
  function isQuiet(index: number): boolean {
    if (justBeen[index]) return false
    sampled[0] = before[index]
    for (let i = 1; i < samples.length; i++) sampled[i] = at(events[index], samples[i])
    for (let i = 1; i < samples.length; i++) {
      if (sampled[i - 1] < 0 !== sampled[i] < 0) return false
      if (i + 1 < samples.length && mayTouch(sampled[i - 1], sampled[i], sampled[i + 1])) return false
    }
    for (let i = 0; i < samples.length; i++) largest[index] = Math.max(largest[index], Math.abs(sampled[i]))
    before[index] = sampled[samples.length - 1]
    return true
  }

  /** All roots and grazing contacts of one event in the step, in order. */
  function rootsOf(index: number): { theta: number; kind: EventRecord['kind'] }[] {
    const event = events[index]
    const result: { theta: number; kind: EventRecord['kind'] }[] = []
    const { points, g } = along(index)
    for (const [, value] of points) largest[index] = Math.max(largest[index], Math.abs(value))
    before[index] = at(event, 1)
    // of three samples that are equally far apart (right after the event the first is missing)
    const even = points.slice(points[0][0] === 0 ? 0 : -4)
    for (let i = 1; i + 1 < even.length; i++) {
      const [[left, a], [, m], [right, b]] = even.slice(i - 1)
      if (!mayTouch(a, m, b)) continue
      const sign = m < 0 ? -1 : 1
      const theta = leastBetween(x => sign * g(x), left, right)
      const least = g(theta)
      if (points.concat(result.map(p => [p.theta, 0])).some(([other]) => Math.abs(other - theta) < 1e-6))
        continue
      if (least < 0 !== m < 0) points.push([theta, least])
      else if (Math.abs(least) <= 10 * context.rtol * largest[index]) result.push({ theta, kind: 'grazing' })
    }
    points.sort(([a], [b]) => a - b)
    for (let i = 1; i < points.length; i++) {
      const [a, ga] = points[i - 1]
      const [b, gb] = points[i]
      if (counts(event, ga, gb)) result.push({ theta: root(g, a, ga, b, gb), kind: 'crossing' })
    }
    return result.sort((p, q) => p.theta - q.theta)
  }

  return {
    found,
    get failure() {
      return failure
    },
    get cutting() {
      return events[cuttingIndex]
    },
    reset() {
      found.length = 0
      justBeen.fill(0)
      largest.fill(0)
      leftTo.fill(0)
      failure = undefined
    },
    begin(time, y) {
      for (let i = 0; i < events.length; i++) {
        before[i] = evaluated(events[i], time, y)
        if (before[i] === 0) justBeen[i] = 1
      }
    },
    search(time, size, step) {
      t = time
      h = size
      let cut = Number.NaN
      let loud = false
      for (let i = 0; i < events.length; i++) {
        quiet[i] = isQuiet(i) ? 1 : 0
        loud ||= quiet[i] === 0
      }
      if (!loud) return cut
      const roots = events.map((_, i) => (quiet[i] ? [] : rootsOf(i)))
      roots.forEach((list, i) => {
        if (!events[i].terminal && !events[i].apply) return
        const first = list.find(({ kind }) => kind === 'crossing')
        if (first && !(first.theta >= cut)) {
          cut = first.theta
          cuttingIndex = i
        }
      })
      const inOrder = roots.flatMap((list, i) => list.map(entry => ({ ...entry, i })))
      inOrder.sort((p, q) => p.theta - q.theta)
      for (const { i, theta, kind } of inOrder) {
        const acts = kind === 'crossing' && (events[i].terminal || events[i].apply)
        if (!acts && !(theta > cut)) note(i, theta, step, kind)
      }
      justBeen.fill(0)
      return cut
    },
    arrive(time, size, fraction, y, y1) {
      const event = events[cuttingIndex]
      const near = 1e-4
      const slope =
        (at(event, Math.min(1, fraction + near)) - at(event, Math.max(0, fraction - near))) /
        ((Math.min(1, fraction + near) - Math.max(0, fraction - near)) * size)
      let arrived = fraction * size
      let last = Infinity
      for (let iteration = 0; iteration < 12; iteration++) {
        if (!(stepper.attempt(time, arrived, y, y1) < Infinity)) return Number.NaN
        const correction = evaluated(event, time + arrived, y1) / slope
        const distance = Math.abs(correction)
        // at rounding the corrections no longer shrink; nor do they where g only grazes
        if (!(distance < last / 2) || distance > Math.abs(size)) break
        if (distance <= 2 * Number.EPSILON * Math.max(Math.abs(time), Math.abs(arrived))) break
        last = distance
        arrived -= correction
        if (!(arrived / size > 0)) return Number.NaN
      }
      return stepper.complete(true) ? arrived : Number.NaN
    },
    happen(time, y, step) {
      const event = events[cuttingIndex]
      const reached = y.slice()
      event.apply?.(time, y)
      found.push({ event: cuttingIndex, t: time, y: reached, after: y.slice(), step, kind: 'crossing' })
      justBeen[cuttingIndex] = 1
    },
  }
}
