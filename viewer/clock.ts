/** The one clock that the bodies, the plots and the timeline share. Times are seconds of the simulation. */
export interface Clock {
  /** Current time, brought up to date by `tick` and by every command. */
  readonly time: number
  readonly start: number
  readonly end: number
  readonly playing: boolean
  /** In units of `pace`. */
  readonly speed: number
  /** Seconds of the simulation that pass in one second at speed 1: one, unless it is very long or very short. */
  readonly pace: number
  readonly loop: boolean
  /** None, A, or A and B (A < B): where both are set, a loop runs from A to B. */
  readonly marks: readonly number[]
  play(): void
  pause(): void
  toggle(): void
  /** Jumps to a time, held within the span; playing goes on from there. */
  seek(time: number): void
  setSpeed(speed: number): void
  setLoop(loop: boolean): void
  /** Sets A at the time now; when A is set, B (and loops between them); when both are, clears them. */
  mark(): void
  /** Sets the marks at once; times outside the span, and more than two, are left out. */
  setMarks(marks: readonly number[]): void
  /** A new span; the time is kept where it still lies inside. */
  setSpan(start: number, end: number): void
  /** Brings `time` up to `now()`. Past the end it wraps around or, without loop, stops there. */
  tick(): number
  /** Calls back after every change (not every tick that only moves time); returns the unsubscriber. */
  subscribe(listener: () => void): () => void
}

export const slowest = 0.1
export const fastest = 10

/** Nobody waits for minutes, nor sees milliseconds: beyond these a span is played in about 20 s, or 5 s. */
const [shortest, longest] = [0.5, 150]

/** A round pace for a span, in seconds of the simulation per second. */
export function paceOf(duration: number): number {
  if (!(duration > 0) || (duration >= shortest && duration <= longest)) return 1
  const pace = duration / (duration > longest ? 20 : 5)
  const power = 10 ** Math.floor(Math.log10(pace))
  return power * ([5, 2, 1].find(step => step * power <= pace) ?? 1)
}

/**
 * A clock over [start, end]. While it plays, `time = anchor + speed·pace·(now − anchored at)`: no error accumulates over frames.
 *
 * @param now seconds of a monotonic wall clock
 */
export function createClock(now: () => number, start = 0, end = 0): Clock {
  let span = { start, end }
  let time = start
  let speed = 1
  let playing = false
  let loop = true
  let marks: readonly number[] = []
  let anchor = { time: start, now: now() }
  const listeners = new Set<() => void>()

  const within = (value: number): number => Math.min(Math.max(value, span.start), span.end)
  const place = (value: number): void => {
    time = within(value)
    anchor = { time, now: now() }
  }
  const announce = (): void => {
    for (const listener of [...listeners]) listener()
  }

  const tick = (): number => {
    if (!playing) return time
    const elapsed = anchor.time + speed * clock.pace * (now() - anchor.now)
    const { start: from, end: to } = loop && marks.length === 2 ? { start: marks[0], end: marks[1] } : span
    if (elapsed < to) time = elapsed
    else if (loop && to > from) time = from + ((elapsed - from) % (to - from))
    else {
      playing = false
      place(span.end)
      announce()
    }
    return time
  }

  /** Every command starts from where the clock is now, and tells its listeners. */
  const command = (change: () => void): void => {
    tick()
    change()
    announce()
  }

  const clock: Clock = {
    get time() {
      return time
    },
    get start() {
      return span.start
    },
    get end() {
      return span.end
    },
    get playing() {
      return playing
    },
    get speed() {
      return speed
    },
    get pace() {
      return paceOf(span.end - span.start)
    },
    get loop() {
      return loop
    },
    get marks() {
      return marks
    },
    play: () =>
      command(() => {
        place(time >= span.end ? span.start : time)
        playing = span.end > span.start
      }),
    pause: () =>
      command(() => {
        playing = false
      }),
    toggle: () => (playing ? clock.pause() : clock.play()),
    seek: value => {
      if (!Number.isFinite(value)) return
      command(() => place(value))
    },
    setSpeed: value => {
      if (!Number.isFinite(value)) return
      command(() => {
        place(time)
        speed = Math.min(Math.max(value, slowest), fastest)
      })
    },
    setLoop: value =>
      command(() => {
        place(time)
        loop = value
      }),
    mark: () => clock.setMarks(marks.length === 2 ? [] : [...marks, tick()]),
    setMarks: values =>
      command(() => {
        place(time)
        marks = [...new Set(values)]
          .filter(value => value >= span.start && value <= span.end)
          .slice(0, 2)
          .sort((a, b) => a - b)
        if (marks.length === 2) loop = true
      }),
    setSpan: (from, to) =>
      command(() => {
        span = { start: from, end: Math.max(from, to) }
        marks = marks.every(value => value >= span.start && value <= span.end) ? marks : []
        place(time)
        if (span.end === span.start) playing = false
      }),
    tick,
    subscribe: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  return clock
}
